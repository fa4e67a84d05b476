/**
 * Whether a source is busy: then it is served every few milliseconds, whatever it brings, instead
 * of at every write.
 *
 * A wake-up costs some 60 us of CPU, a look at the pipe after a rest hardly more: 50,000 single-line
 * writes a second take 5 % of a core so (bench/cpu.bench.ts). A source that brings a line every
 * millisecond is quiet, and served at once.
 */

import { REST_MS } from "./rest.ts";

/** Busy when batches have come closer together than this, on the average. */
const BUSY_MS = 0.6;
/** Where the average begins, and the most that one interval counts: some ten short ones make a source busy. */
const CALM_MS = 5;
/** What a busy source brings in a rest at the least: fewer lines come no closer together than `BUSY_MS`. */
const BUSY_LINES = REST_MS / BUSY_MS;
/** The share of the newest interval in the average. */
const WEIGHT = 0.25;

export class Pace {
  private busy = false;
  private lastMs = Number.NEGATIVE_INFINITY;
  private averageMs = CALM_MS;

  /**
   * A batch was served, and nothing more is ready.
   *
   * @param lines  lines in it
   * @param now  milliseconds on a clock that never steps; not asked while the source is busy
   */
  isBusy(lines: number, now: () => number): boolean {
    // Resting, a batch says how many lines come in a rest; otherwise intervals say it.
    if (this.busy && lines > BUSY_LINES) return true;
    const nowMs = now();
    if (this.busy) this.busy = false;
    else this.count(Math.min(CALM_MS, nowMs - this.lastMs));
    this.lastMs = nowMs;
    return this.busy;
  }

  private count(intervalMs: number): void {
    this.averageMs += WEIGHT * (intervalMs - this.averageMs);
    this.busy = this.averageMs < BUSY_MS;
    if (this.busy) this.averageMs = CALM_MS;
  }
}
