/** What services are called, and which of them a word stands for. */
import { isUtf8 } from "node:buffer";
import { compileGlob, isGlob } from "./glob.ts";
import type { ServiceView } from "./types.ts";

const MOST_GLOB_LENGTH = 1024;

/** A directory's name as text: what is no UTF-8, and control characters, as `\xNN`. */
export function nameText(name: Buffer): string {
  const text = isUtf8(name) ? name.toString() : name.toString("latin1");
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const hidden = isUtf8(name) ? /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g : /[^ -~]/g;
  return text.replace(hidden, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function matcher(pattern: string): (name: string) => boolean {
  if (!isGlob(pattern)) return (name) => name === pattern;
  if (pattern.length > MOST_GLOB_LENGTH) return () => false;
  return compileGlob(pattern);
}

/** The services that a word stands for: its name first, as a glob or a group may be one. */
export function matching(services: readonly ServiceView[], word: string): readonly ServiceView[] {
  const exact = services.filter(({ name }) => name === word);
  if (exact.length > 0) return exact;
  const colon = word.indexOf(":");
  if (colon > 0) {
    const [group, rest] = [word.slice(0, colon), word.slice(colon + 1)];
    const isMember = matcher(rest === "" ? "*" : rest);
    const members = services.filter((one) => one.group === group && isMember(one.name));
    if (members.length > 0) return members;
  }
  const isMatch = matcher(word);
  return services.filter(({ name }) => isMatch(name));
}
