/** When `run` is to be started: as late as is asked, and never within a second of the last start. */
import type { Clock } from "../posix/index.ts";
import { LEAST_MS_BETWEEN_STARTS } from "./backoff.ts";
import { Alarm, type Timers } from "./timers.ts";

export class StartTimer {
  private readonly clock: Pick<Clock, "monotonicMs">;
  private readonly alarm: Alarm;
  private readonly due: () => void;
  /** Milliseconds of the monotonic clock; a try counts. */
  private lastStart = Number.NEGATIVE_INFINITY;
  private startAt = 0;

  /** @param due  is called when the time has come; at once where it has come already */
  constructor(clock: Pick<Clock, "monotonicMs">, timers: Timers, due: () => void) {
    this.clock = clock;
    this.alarm = new Alarm(timers);
    this.due = due;
  }

  /** Sets the time, in place of one that was set before. @returns how many milliseconds that is from now */
  startIn(ms: number): number {
    const now = this.clock.monotonicMs();
    this.startAt = Math.max(now + ms, this.lastStart + LEAST_MS_BETWEEN_STARTS);
    this.wait();
    return Math.max(0, this.startAt - now);
  }

  cancel(): void {
    this.alarm.cancel();
  }

  /** There was a start, so long ago. */
  started(agoMs: number = 0): void {
    this.lastStart = this.clock.monotonicMs() - agoMs;
  }

  /** Since the last start. */
  get uptimeMs(): number {
    return this.clock.monotonicMs() - this.lastStart;
  }

  /** Timers may be early by a little: then what is left is waited for. */
  private wait(): void {
    const left = this.startAt - this.clock.monotonicMs();
    if (left > 0) return this.alarm.set(Math.ceil(left), () => this.wait());
    this.alarm.cancel();
    this.due();
  }
}
