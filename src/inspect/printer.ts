/** Lines on their way out: all of them, the last ones, or the ones around a time. */
import { type Bound, unixOf } from "./bound.ts";
import { compareKeys } from "./label-key.ts";
import type { Output } from "./output.ts";
import type { Selection } from "./selection.ts";
import type { Taker } from "./session.ts";
import type { Show } from "./show.ts";

const TRIM_BYTES = 4 * 2 ** 20;

export class Printer implements Taker {
  private readonly output: Output;
  private readonly show: Show;
  /** The last lines so far, as they will be shown, in pieces; undefined: every line is shown at once. */
  private kept: Buffer[][] | undefined;
  /** Since lines were taken away. */
  private keptBytes = 0;
  private readonly most: number;
  private readonly around: Bound | undefined;

  /**
   * @param last  so many lines are shown of those that come before `letGo`
   * @param around  those before this time are kept, those behind it shown
   */
  constructor(output: Output, show: Show, last: number | undefined, around: Bound | undefined) {
    this.output = output;
    this.show = show;
    this.around = around;
    this.most = around === undefined ? (last ?? 0) : Math.ceil((last ?? 0) / 2);
    if (last !== undefined) this.kept = [];
    output.holds = last !== undefined;
  }

  get isFull(): boolean {
    return this.output.isFull;
  }

  line(source: Selection): void {
    const { output, around } = this;
    const isKept = this.kept !== undefined && around !== undefined;
    if (isKept && compareKeys(source, unixOf(around, source.toUnix)) >= 0) this.letGo();
    const begin = output.filled;
    this.show.line(source);
    if (this.kept === undefined) return;
    const bytes = Buffer.from(output.memory.subarray(begin, output.filled));
    if (source.continues && this.kept.length > 0) this.kept.at(-1)?.push(bytes);
    else this.kept.push([bytes]);
    this.keptBytes += output.filled - begin;
    output.filled = begin;
    // Now and then, as taking the first of many away costs time.
    if (this.kept.length > 2 * this.most + 64 || this.keptBytes > TRIM_BYTES) {
      this.kept = this.most > 0 ? this.kept.slice(-this.most) : [];
      this.keptBytes = 0;
    }
  }

  /** Shows what was kept; from now on every line is shown at once. */
  letGo(): void {
    const { kept = [], output, most } = this;
    this.kept = undefined;
    output.holds = false;
    if (most === 0) return;
    for (const bytes of kept.slice(-most).flat()) output.putBytes(bytes, 0, bytes.length);
  }

  flush(): void {
    this.output.flush();
  }

  /** No line comes any more. */
  end(): void {
    this.show.end?.();
    this.output.flush();
  }

  idle(): void {
    this.output.check();
  }
}
