/**
 * A `run` that ends well as soon as it has begun, over and over, has most likely put itself into the
 * background, where a supervisor does not see it.
 */
import type { Ending } from "../posix/index.ts";

const QUICK_MS = 1000;
/** A run may be short for once. */
const TELLING_ENDS = 3;

/** @param cause  the exit code, or a signal */
export function isQuickEnd(cause: number | string | undefined, uptimeMs: number): boolean {
  return cause === 0 && uptimeMs < QUICK_MS;
}

export const BACKGROUND_ADVICE: string =
  "if it puts itself into the background, give it the option that keeps it in the foreground, " +
  "or write the path of its pid file into the file pidfile";

/** Counts quick ends in a row. */
export class QuickEnds {
  private inRow = 0;

  /** @returns whether it is time to say something: once, until there was another kind of end */
  isTelling(ending: Ending, uptimeMs: number): boolean {
    this.inRow = isQuickEnd(ending.code, uptimeMs) ? this.inRow + 1 : 0;
    return this.inRow === TELLING_ENDS;
  }
}
