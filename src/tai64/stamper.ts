/**
 * tai64n: a label and a blank in front of every line, as its first byte arrives.
 *
 * The lines of one read share a reading of the clock and count up from it by one nanosecond; no label
 * is ever as early as one before it, also when the clock steps back.
 *
 * @see daemontools 0.76, tai64n.c; spec section 13
 */
import type { ByteFilter, Write } from "./filter.ts";
import { compareInstants, fromUnixNanos } from "./instant.ts";
import type { Kernel } from "./kernel.ts";
import {
  AT_LINE_START,
  FULL,
  IN_LINE,
  INPUT,
  INPUT_BYTES,
  MADE,
  OUTPUT,
  STAMP_NANOS,
  STAMP_SECONDS,
  TAKEN,
} from "./layout.ts";

export class Stamper implements ByteFilter {
  readonly memory: Uint8Array;
  readonly inputAt: number = INPUT;
  readonly inputRoom: number = INPUT_BYTES;
  readonly #kernel: Kernel;
  readonly #now: () => bigint;
  #state = AT_LINE_START;

  /** @param now  the wall clock: nanoseconds since 1970 */
  constructor(kernel: Kernel, now: () => bigint) {
    this.memory = kernel.memory;
    this.#kernel = kernel;
    this.#now = now;
  }

  take(length: number, write: Write): void {
    this.#readClock();
    const { view, memory, stamp } = this.#kernel;
    const end = INPUT + length;
    let from: number = INPUT;
    for (;;) {
      const inLine = this.#state === IN_LINE ? 1 : 0;
      const state = stamp(from, end, OUTPUT, inLine);
      write(memory, OUTPUT, view.getUint32(MADE, true));
      if (state !== FULL) {
        this.#state = state;
        return;
      }
      // FULL is always at the start of a line.
      this.#state = AT_LINE_START;
      from = view.getUint32(TAKEN, true);
    }
  }

  finish(): void {}

  /** Turns the next label to now, unless that is not later than the last one used. */
  #readClock(): void {
    const { view } = this.#kernel;
    const now = fromUnixNanos(this.#now());
    const next = {
      seconds: view.getBigUint64(STAMP_SECONDS, true),
      nanos: view.getUint32(STAMP_NANOS, true),
    };
    if (compareInstants(now, next) <= 0) return;
    view.setBigUint64(STAMP_SECONDS, now.seconds, true);
    view.setUint32(STAMP_NANOS, now.nanos, true);
  }
}
