/**
 * The stretch of time of one log that is wanted, and when it is over.
 *
 * Labels may go backwards where a clock was set back. So a log is not over at the first line behind the
 * stretch, but when a while of it has gone by; where labels are known to go backwards, never.
 */
import { ALWAYS, type Span } from "./bound.ts";
import { compareKeys, type Key } from "./label-key.ts";

export class Stretch {
  /** Every line of it was given out. */
  isOver = false;
  private span: Span = ALWAYS;
  /** Lines before the first label belong to a line that is not in the span. */
  private skipsUnlabelled = false;
  /** So many bytes behind the end are looked at for lines that are not. */
  private patienceBytes = 0;
  private behindBytes = 0;

  get isEverything(): boolean {
    return this.span === ALWAYS;
  }

  get hasEnd(): boolean {
    return this.span.to !== ALWAYS.to;
  }

  /** @param patienceBytes  infinite where labels go backwards */
  set(span: Span, skipsUnlabelled: boolean, patienceBytes: number): void {
    this.span = span;
    this.skipsUnlabelled = skipsUnlabelled;
    this.patienceBytes = patienceBytes;
  }

  /** What comes from now on is written now: it is in the stretch unless that begins later, or has ended. */
  goOn(now: Key): void {
    if (this.isEverything) return;
    this.patienceBytes = 0;
    this.skipsUnlabelled = false;
    const { from, to } = this.span;
    if (compareKeys(from, now) > 0) return;
    this.span = to === ALWAYS.to ? ALWAYS : { from: ALWAYS.from, to };
  }

  /** Whether a line is in it. @param time  undefined before the first label */
  holds(time: Key | undefined, bytes: number): boolean {
    if (time === undefined) return !this.skipsUnlabelled;
    if (this.isBehind(time, bytes)) return false;
    return compareKeys(time, this.span.from) >= 0;
  }

  /** Whether the last of so many bytes is behind the end of it. */
  isBehind(time: Key, bytes: number): boolean {
    if (compareKeys(time, this.span.to) <= 0) {
      this.behindBytes = 0;
      return false;
    }
    this.behindBytes += bytes;
    if (this.behindBytes > this.patienceBytes) this.isOver = true;
    return true;
  }
}
