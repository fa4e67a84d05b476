/** Lines on their way from the one that reads a log to the one that takes them from an iterator. */
import { LABEL_BYTES } from "../tai64/label.ts";
import { type Bound, unixOf } from "./bound.ts";
import { compareKeys } from "./label-key.ts";
import type { Place } from "./line-buffer.ts";
import { type Selection, textAt } from "./selection.ts";
import type { Taker } from "./session.ts";

/** A line of a log. */
export interface LogLine {
  /** The log's name, as svlog shows it. */
  readonly source: string;
  /** Undefined for a line that has none. */
  readonly label: string | undefined;
  /** Nanoseconds since 1970: the line's, or those of the line before it that has a label; undefined before the first. */
  readonly unixNanos: bigint | undefined;
  /** What stands behind the label, without the newline; the reader's own. */
  readonly text: Buffer;
  /** Behind the line; undefined in compressed files. */
  readonly place: Place | undefined;
}

const BATCH_LINES = 1024;
/** Of lines that are long, a batch is fewer. */
const BATCH_BYTES = 1 << 20;
const BILLION = 1_000_000_000n;

/** Batches of lines, handed from the one that reads to the one that takes. */
export class Exchange implements Taker {
  private batch: LogLine[] = [];
  /** Of what there is at first only so many lines are given; undefined: all, or no longer. */
  private last: number | undefined;
  private readonly around: Bound | undefined;
  private readonly mostHeldBytes: number;
  private heldBytes = 0;
  private handed: LogLine[] | undefined;
  private isClosed = false;
  private wakeTaker: (() => void) | undefined;
  private wakeReader: (() => void) | undefined;

  /** @param around  of those before this time, half as many are given */
  constructor(
    last: number | undefined,
    around: Bound | undefined,
    mostHeldBytes: number = Number.POSITIVE_INFINITY,
  ) {
    this.last = around === undefined || last === undefined ? last : Math.ceil(last / 2);
    this.around = around;
    this.mostHeldBytes = mostHeldBytes;
  }

  /** What comes from now on is given, whatever there was. */
  letGo(): void {
    if (this.last !== undefined) this.batch = this.last > 0 ? this.batch.slice(-this.last) : [];
    this.last = undefined;
  }

  get isFull(): boolean {
    if (this.last !== undefined) {
      if (this.batch.length > 2 * this.last + BATCH_LINES || this.heldBytes > this.mostHeldBytes)
        this.forgetOld(this.last);
      return false;
    }
    return this.batch.length >= BATCH_LINES || this.heldBytes > BATCH_BYTES;
  }

  /** Keeps the last lines, and of those no more than there may be. */
  private forgetOld(last: number): void {
    let from = Math.max(0, this.batch.length - last);
    let bytes = this.batch.slice(from).reduce((sum, { text }) => sum + text.length, 0);
    for (; bytes > this.mostHeldBytes / 2 && from < this.batch.length - 1; from++)
      bytes -= this.batch[from]?.text.length ?? 0;
    this.batch = this.batch.slice(from);
    this.heldBytes = bytes;
  }

  line(source: Selection): void {
    const { line, from, to, labelled, seconds, nanos } = source;
    const { around } = this;
    if (this.last !== undefined && around !== undefined)
      if (compareKeys(source, unixOf(around, source.toUnix)) >= 0) this.letGo();
    const begin = labelled ? textAt(line, from, to) : from;
    this.heldBytes += to - begin;
    this.batch.push({
      source: source.name,
      label: labelled ? line.toString("latin1", from, from + LABEL_BYTES) : undefined,
      unixNanos: Number.isFinite(seconds) ? BigInt(seconds) * BILLION + BigInt(nanos) : undefined,
      text: Buffer.from(line.subarray(begin, to)),
      place: source.placeNow(),
    });
  }

  /** Kept when the batch was taken, and the one before it was dealt with. */
  async flush(): Promise<void> {
    if (this.last !== undefined || this.batch.length === 0 || this.isClosed) return;
    this.handed = this.batch;
    this.batch = [];
    this.heldBytes = 0;
    this.wakeTaker?.();
    await new Promise<void>((resolve) => {
      this.wakeReader = resolve;
    });
  }

  /** @returns undefined at the end */
  async next(): Promise<LogLine[] | undefined> {
    if (this.handed === undefined && !this.isClosed) {
      this.wakeReader?.();
      await new Promise<void>((resolve) => {
        this.wakeTaker = resolve;
        if (this.handed !== undefined || this.isClosed) resolve();
      });
    }
    const { handed } = this;
    this.handed = undefined;
    return handed;
  }

  close(): void {
    this.isClosed = true;
    this.wakeReader?.();
    this.wakeTaker?.();
  }
}
