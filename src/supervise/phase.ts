/**
 * `supervise/phase`: what the 18 bytes of `status` do not tell, as one line; not there when there is nothing.
 *
 *     held db cache     the start waits for these (after)
 *     starting          `start` runs
 *     started           `start` has done its work, there is no `run`
 *     finishing         `finish` runs
 *     stopping          `stop` runs
 *     failed LABEL      given up at that time, until a command comes
 *     essential exit 3  an essential service, how it ended, and with it its supervisor
 */
import type { Ending } from "../posix/index.ts";
import { formatLabel, type Instant } from "../tai64/index.ts";
import type { Service } from "./service.ts";

export const TELLING = [
  "held",
  "starting",
  "started",
  "finishing",
  "stopping",
  "failed",
  "essential",
] as const;

export interface TellingPhase {
  readonly word: (typeof TELLING)[number];
  /** Those that are waited for, as `after` names them; when it was given up; or how an essential one ended. */
  readonly words: readonly string[];
}

/** @returns the line, without its end; undefined when there is nothing to tell */
export function phaseOf(
  service: Service,
  {
    heldBy,
    failedAt,
  }: { readonly heldBy: readonly string[]; readonly failedAt: Instant | undefined },
): string | undefined {
  const { phase, failed } = service;
  switch (phase) {
    case "held":
      return ["held", ...heldBy].join(" ");
    case "prepared":
      return "started";
    case "starting":
    case "finishing":
    case "stopping":
      return phase;
    case "down":
      return failed ? `failed ${failedAt ? formatLabel(failedAt) : ""}` : undefined;
    case "waiting":
    case "up":
    case "over":
      return undefined;
  }
}

/** @returns undefined for a line that tells nothing */
export function parsePhase(text: string): TellingPhase | undefined {
  const [word, ...words] = text.split("\n", 1)[0]?.split(" ") ?? [];
  const known = TELLING.find((one) => one === word);
  return known && { word: known, words };
}

export function essentialEnd({ code, signal }: Ending): string {
  return code === undefined ? `essential signal ${signal ?? "unknown"}` : `essential exit ${code}`;
}

/** @returns how an essential service ended; undefined for any other phase */
export function parseEssentialEnd(text: string): Ending | undefined {
  const phase = parsePhase(text);
  if (phase?.word !== "essential") return undefined;
  const [kind, what] = phase.words;
  return kind === "exit"
    ? { code: Number(what), signal: undefined }
    : { code: undefined, signal: what };
}
