/**
 * The filter of the table. Words with blanks between, all of which are to hold of a service:
 *
 *     web          its name has this in it
 *     web*  w?b    its whole name matches: `*` is anything, `?` one character
 *     mail:*       its group is this one
 *     is:failed    its state; also is:flapping, is:stalled, is:ready
 *     -…           not so
 */
import type { ServiceView } from "../../tree/shapes.ts";

export type Seen = Omit<ServiceView, "directory">;

export function filterOf(words: string): (service: Seen) => boolean {
  const tests = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "-")
    .map(testOf);
  return (service) => tests.every((holds) => holds(service));
}

function testOf(word: string): (service: Seen) => boolean {
  if (word.startsWith("-")) {
    const holds = testOf(word.slice(1));
    return (service) => !holds(service);
  }
  if (word.startsWith("is:")) {
    const asked = word.slice("is:".length);
    return (service) => isSo(service, asked);
  }
  if (word.endsWith(":*")) {
    const group = word.slice(0, -":*".length);
    return (service) => (service.group ?? "").toLowerCase() === group;
  }
  if (/[*?]/.test(word)) {
    return (service) => matches(word, service.name.toLowerCase());
  }
  return (service) => service.name.toLowerCase().includes(word);
}

function isSo(service: Seen, asked: string): boolean {
  switch (asked) {
    case "flapping":
      return service.flapping;
    case "stalled":
      return isStalled(service);
    case "ready":
      return service.ready === true;
    default:
      return service.state === asked;
  }
}

export function isStalled({ log }: Seen): boolean {
  return (log?.stalledSeconds ?? 0) > 0;
}

/** Without going back: between two stars, the first place where a part fits is as good as any. */
function matches(glob: string, name: string): boolean {
  const [first = "", ...parts] = glob.split("*");
  const last = parts.pop();
  if (!fits(first, name, 0)) return false;
  if (last === undefined) return first.length === name.length;
  let at = first.length;
  for (const part of parts) {
    while (at + part.length <= name.length && !fits(part, name, at)) at++;
    at += part.length;
  }
  const end = name.length - last.length;
  return end >= at && fits(last, name, end);
}

function fits(part: string, name: string, at: number): boolean {
  if (at + part.length > name.length) return false;
  for (let index = 0; index < part.length; index++)
    if (part[index] !== "?" && part[index] !== name[at + index]) return false;
  return true;
}
