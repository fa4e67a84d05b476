/**
 * Sources whose bytes are gone from where they came once they are read: they are held here until
 * they are written. What is held is lost with this process.
 */
import type { SystemFailure } from "../posix/index.ts";
import type { Batch, BatchMemory, Source } from "./source.ts";

const LF = 0x0a;

export abstract class HeldSource implements Source {
  readonly survives = false;
  /** All that is held is to be written first: `ended` says when. */
  readonly canLeave = false;
  failure: SystemFailure | undefined;
  /** Nothing more will be put into what is held. */
  protected complete = false;
  private readonly held: Buffer;
  private from = 0;
  private to = 0;

  constructor(capacity: number) {
    this.held = Buffer.allocUnsafeSlow(capacity);
  }

  get ended(): boolean {
    return this.complete && this.from === this.to;
  }

  protected get isEmpty(): boolean {
    return this.from === this.to;
  }

  /** Whether what is held ends in the middle of a line. */
  protected get endsInPart(): boolean {
    return !this.isEmpty && this.held[this.to - 1] !== LF;
  }

  /** Whether there is no whole line. */
  protected get isPartOnly(): boolean {
    return !this.held.subarray(this.from, this.to).includes(LF);
  }

  /** Room for more bytes. */
  protected get room(): number {
    return this.held.length - (this.to - this.from);
  }

  /** Lets `fill` put bytes behind those that are held: it answers how many. */
  protected add(fill: (memory: Buffer, at: number, room: number) => number): number {
    if (this.from === this.to) this.from = this.to = 0;
    if (this.to === this.held.length) {
      this.held.copyWithin(0, this.from, this.to);
      this.to -= this.from;
      this.from = 0;
    }
    const added = fill(this.held, this.to, this.held.length - this.to);
    this.to += added;
    return added;
  }

  /** Gets more bytes if some are to be had without waiting. */
  protected abstract refill(inLine: boolean): void;

  offer(into: BatchMemory, most: number, inLine: boolean): Batch | undefined {
    this.refill(inLine);
    const held = this.to - this.from;
    // A line that was passed on in pieces gets its end as any other.
    if (held === 0) return inLine && this.complete ? this.put(into, 1, 0) : undefined;
    const seen = Math.min(held, most, into.capacity);
    const lines = this.held.subarray(this.from, this.from + seen).lastIndexOf(LF) + 1;
    if (lines > 0) return this.put(into, lines, lines);
    if (seen < held && seen < into.capacity) return this.offer(into, into.capacity, inLine);
    const isFull = held === this.held.length || seen === into.capacity;
    if (inLine || isFull) return this.put(into, seen, seen);
    return this.complete ? this.put(into, seen + 1, seen) : undefined;
  }

  private put(into: BatchMemory, length: number, taken: number): Batch {
    this.copyOut(into, length, taken);
    return { length, taken, more: true };
  }

  private copyOut(into: BatchMemory, length: number, taken: number): void {
    this.held.copy(into.memory, into.at, this.from, this.from + taken);
    if (length > taken) into.memory[into.at + taken] = LF;
  }

  offerAgain(into: BatchMemory, batch: Batch): boolean {
    this.copyOut(into, batch.length, batch.taken);
    return true;
  }

  take(batch: Batch): void {
    this.from += batch.taken;
  }

  hurry(): void {
    this.complete = true;
  }

  abstract finishLine(): void;
  abstract wait(): Promise<void>;
  abstract wake(): void;
  abstract close(): void;
}
