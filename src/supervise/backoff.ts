/**
 * How long a service that keeps dying is made to wait, where its directory has a `backoff` file.
 *
 * Deaths in a row: those by which a service that is wanted up ended by itself, with no good run among
 * them. A good run lasts at least as long as the longest delay.
 */

/** 0.76 starts a service at most once a second, whatever it does. */
export const LEAST_MS_BETWEEN_STARTS = 1000;
const FIRST_DELAY_MS = 1000;

/** @returns deaths in a row after one more, that ended a run of `uptimeMs` */
export function deathsInRow(before: number, uptimeMs: number, longestDelayMs: number): number {
  return uptimeMs >= longestDelayMs ? 1 : before + 1;
}

/** @returns from a death to the next start: one second, twice that after the second death in a row, … */
export function delayMs(inRow: number, longestDelayMs: number): number {
  return Math.min(longestDelayMs, FIRST_DELAY_MS * 2 ** Math.max(0, inRow - 1));
}
