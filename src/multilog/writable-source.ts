/**
 * A program's own writes as the source: a Writable of node:stream.
 *
 * A write's callback comes when its whole lines stand in every log; the part of a line behind them
 * waits for the next write, or the end.
 */
import { Writable } from "node:stream";
import { HeldSource } from "./held-source.ts";

const HELD_BYTES = 256 * 1024;
const HIGH_WATER_BYTES = 64 * 1024;

export class WritableSource extends HeldSource {
  readonly writable: Writable;
  private pending: Buffer[] = [];
  private written: (() => void) | undefined;
  private waiter: (() => void) | undefined;
  private news = false;

  constructor() {
    super(HELD_BYTES);
    const give = (chunks: Buffer[], written: () => void): void => {
      this.pending.push(...chunks);
      this.written = written;
      this.wake();
    };
    this.writable = new Writable({
      highWaterMark: HIGH_WATER_BYTES,
      write: (chunk: Buffer, _encoding, written) => give([chunk], written),
      writev: (chunks, written) =>
        give(
          chunks.map(({ chunk }) => chunk as Buffer),
          written,
        ),
      final: (done) => {
        this.complete = true;
        this.wake();
        done();
      },
    });
  }

  protected refill(): void {
    while (this.pending.length > 0 && this.room > 0) {
      const [chunk = Buffer.alloc(0)] = this.pending;
      const copied = this.add((memory, at, room) =>
        chunk.copy(memory, at, 0, Math.min(chunk.length, room)),
      );
      if (copied === chunk.length) this.pending.shift();
      else this.pending[0] = chunk.subarray(copied);
    }
    const { written } = this;
    if (written === undefined || this.pending.length > 0 || !this.isPartOnly) return;
    this.written = undefined;
    written();
    // The stream has handed over what it had kept back: it is there before anybody asks for the end.
    if (this.pending.length > 0) this.refill();
  }

  /** What has been written is a program's own: all of it is served, and then no more. */
  finishLine(): void {
    this.complete = true;
  }

  async wait(): Promise<void> {
    if (this.news) {
      this.news = false;
      return;
    }
    await new Promise<void>((resolve) => {
      this.waiter = resolve;
    });
  }

  wake(): void {
    const { waiter } = this;
    this.news = waiter === undefined;
    this.waiter = undefined;
    waiter?.();
  }

  close(): void {
    this.writable.destroy();
  }
}
