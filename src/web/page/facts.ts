/** What is said of a service, in the table and on its own page: the same words in both. */
import type { Seen } from "./pure/filter.ts";
import { rate, roughly, size, span } from "./pure/words.ts";
import type { Services } from "./services.ts";

/** Where there is nothing to say; the table shows a dash there. */
const NOTHING = "";

/** Its state, with what it is to be where that is something else. */
export function stateWords({ state, want, waitsFor, flapping, ready }: Seen): string {
  if (flapping) return `${state}, flapping`;
  if (state === "held") return `waits for ${waitsFor.join(", ")}`;
  if (state === "down" && want === "up") return "down, starts soon";
  if (state === "up" && ready === false) return "up, not ready";
  if (state === "up" && want === "once") return "up, once";
  return state;
}

/** The class of its colour. */
export function stateClass({ state, want, flapping, ready }: Seen): string {
  if (state === "failed" || state === "unsupervised" || flapping) return "bad";
  if (state === "up") return ready === false ? "changing" : "good";
  if (state === "down" || state === "started") return want === "up" ? "changing" : "idle";
  return "changing";
}

export function readyWords({ ready }: Seen): string {
  if (ready === null) return NOTHING;
  return ready ? "yes" : "not yet";
}

/** Up for how long, or down. */
export function uptimeWords({ since, pid, state }: Seen, services: Services): string {
  if (since === null || state === "unsupervised") return NOTHING;
  const seconds = services.secondsSince(since);
  return pid === null ? `${roughly(seconds)} down` : span(seconds);
}

export function deathWords({ lastDeath }: Seen, services: Services): string {
  if (lastDeath === null) return NOTHING;
  return `${roughly(services.secondsSince(lastDeath.at))} ago: ${lastDeath.words}`;
}

export function rateWords({ log }: Seen): string {
  const lines = log?.linesPerSecond ?? null;
  return lines === null ? NOTHING : rate(lines);
}

export function bytesWords({ log }: Seen): string {
  const bytes = log?.bytes ?? null;
  return bytes === null ? NOTHING : size(bytes);
}

export function stalledWords(seen: Seen, services: Services): string {
  const seconds = services.stalledSeconds(seen);
  if (seconds === null) return NOTHING;
  return seconds === 0 ? "" : span(seconds);
}

/** The class of its colour: `fine` where it is known not to be stalled. */
export function stalledClass({ log }: Seen): string {
  const seconds = log?.stalledSeconds ?? null;
  if (seconds === null) return "unknown";
  return seconds > 0 ? "warning" : "fine";
}
