/**
 * tai64nlocal: the stamp at the start of a line becomes local time.
 *
 * A stamp is `@` and as many lower-case hex digits as come; the first other byte ends it and stays. The
 * last 8 digits are nanoseconds (unchecked), those before them the seconds, modulo 2^64. What names
 * no second that the clock knows is copied as it stands. Input that ends inside a stamp ends before it.
 *
 * The kernel does plain stamps of years 1000 to 9999, whole batches of them; it asks here for the text
 * of each block of time, and hands over whatever is odd.
 *
 * @see daemontools 0.76, tai64nlocal.c; spec section 14
 */
import { DAY_SECONDS } from "./civil.ts";
import type { ByteFilter, Write } from "./filter.ts";
import { clockText, dateText } from "./format.ts";
import { UNIX_EPOCH_SECONDS } from "./instant.ts";
import type { Kernel } from "./kernel.ts";
import { isHexDigit } from "./label.ts";
import {
  AT_LINE_START,
  BLOCK_END,
  BLOCK_START,
  BLOCK_TIME,
  FULL,
  IN_LINE,
  INPUT,
  INPUT_BYTES,
  MADE,
  OUTPUT,
  STAMP_ROOM,
  SUFFIX,
  SUFFIX_BYTES,
  TAKEN,
  TEXT,
  TEXT_DIGITS,
  TEXT_SECONDS,
  WANTED_SECONDS,
  WANTING,
} from "./layout.ts";
import type { LocalClock, LocalTime } from "./local-time.ts";
import { mostBytes, putText, StampText, toUnix } from "./stamp-text.ts";
import type { Style } from "./styles.ts";

/**
 * A stamp longer than this, `@` included, is text: all of it has to be kept until it is known whether
 * it names a second. (The C program would count digits without end.)
 */
export const MOST_STAMP_BYTES = 65_536;

const SECONDS_DIGITS = 16;

export class Localiser implements ByteFilter {
  readonly memory: Uint8Array;
  readonly #kernel: Kernel;
  readonly #clock: LocalClock;
  readonly #style: Style;
  readonly #stampText: StampText;
  readonly #encoder = new TextEncoder();
  /** AT_LINE_START or IN_LINE. */
  #state: number = AT_LINE_START;
  /** Bytes at INPUT that wait for the rest of their stamp. */
  #held = 0;

  constructor(kernel: Kernel, clock: LocalClock, style: Style) {
    this.memory = kernel.memory;
    this.#kernel = kernel;
    this.#clock = clock;
    this.#style = style;
    this.#stampText = new StampText(clock, style);
  }

  get inputAt(): number {
    return INPUT + this.#held;
  }

  get inputRoom(): number {
    return INPUT_BYTES - this.#held;
  }

  take(length: number, write: Write): void {
    const { view, memory, localise } = this.#kernel;
    const end = INPUT + this.#held + length;
    // Digits that were looked at before need no second look.
    let looked = Math.max(INPUT + this.#held, INPUT + 1);
    this.#held = 0;
    let from: number = INPUT;
    let to: number = OUTPUT;
    for (;;) {
      const reason = localise(from, end, to, this.#state === IN_LINE ? 1 : 0);
      from = view.getUint32(TAKEN, true);
      to = view.getUint32(MADE, true);
      if (reason === AT_LINE_START || reason === IN_LINE) {
        this.#state = reason;
        break;
      }
      // All other reasons are at the start of a line.
      this.#state = AT_LINE_START;
      if (reason === WANTING && this.#turnTo(view.getBigUint64(WANTED_SECONDS, true))) continue;
      if (reason === FULL) {
        write(memory, OUTPUT, to);
        to = OUTPUT;
        continue;
      }
      const stop = this.#endOfStamp(from === INPUT ? looked : from + 1, end);
      looked = INPUT + 1;
      if (stop === end && stop - from <= MOST_STAMP_BYTES) {
        memory.copyWithin(INPUT, from, end);
        this.#held = end - from;
        break;
      }
      to = this.#writeStamp(from, stop, to, write);
      from = stop;
      this.#state = IN_LINE;
    }
    write(memory, OUTPUT, to);
  }

  finish(): void {
    // What is held is a stamp without an end: the C program writes nothing of it.
    this.#held = 0;
  }

  /** @returns the offset of the first byte from `at` on that is no lower-case hex digit, or `end` */
  #endOfStamp(at: number, end: number): number {
    const { memory } = this;
    let stop = at;
    while (stop < end && isHexDigit(memory[stop]!)) stop++;
    return stop;
  }

  /** Writes the stamp from `from` to `stop` as local time, or as it stands. */
  #writeStamp(from: number, stop: number, to: number, write: Write): number {
    const { memory } = this;
    const isStamp = stop - from <= MOST_STAMP_BYTES;
    const text = isStamp ? this.#stampText.of(memory, from + 1, stop) : undefined;
    if (text === undefined) {
      memory.copyWithin(to, from, stop);
      return to + stop - from;
    }
    // Before every line the kernel sees to room for all input still to come and this much more.
    if (mostBytes(text) <= stop - from + STAMP_ROOM) return putText(text, memory, to);
    const bytes = this.#encoder.encode(text);
    if (bytes.length <= stop - from + STAMP_ROOM) {
      memory.set(bytes, to);
      return to + bytes.length;
    }
    write(memory, OUTPUT, to);
    write(bytes, 0, bytes.length);
    return OUTPUT;
  }

  /** Gives the kernel the text for a second, if it may have it. */
  #turnTo(seconds: bigint): boolean {
    const { plain } = this.#style;
    if (plain === undefined) return false;
    const unixSeconds = toUnix(seconds);
    const local = this.#clock.at(unixSeconds);
    if (local === undefined || local.year < 1000 || local.year > 9999) return false;
    const { view } = this.#kernel;
    this.#writeText(local, plain.separator, plain.suffix(local));
    view.setBigUint64(TEXT_SECONDS, seconds, true);
    const block = this.#clock.blockAt(unixSeconds);
    // Without a block it is this second only: what comes next has to be asked for.
    if (block === undefined) this.#setBlock(0n, 0n, 0);
    else {
      // As much of the block as is of the same day.
      const time = (local.hour * 60 + local.minute) * 60 + local.second;
      const midnight = Number(unixSeconds) - time;
      const start = Math.max(block.start, midnight);
      const end = Math.min(block.end, midnight + DAY_SECONDS);
      this.#setBlock(toLabel(start), toLabel(end), start - midnight);
    }
    return true;
  }

  #setBlock(start: bigint, end: bigint, time: number): void {
    const { view } = this.#kernel;
    view.setBigUint64(BLOCK_START, start, true);
    view.setBigUint64(BLOCK_END, end, true);
    view.setUint32(BLOCK_TIME, time, true);
  }

  #writeText(local: LocalTime, separator: string, suffix: string): void {
    const { memory, view } = this.#kernel;
    putText(`${dateText(local)}${separator}${clockText(local)}.`, memory, TEXT);
    putText(suffix, memory, SUFFIX);
    view.setUint32(SUFFIX_BYTES, suffix.length, true);
    memory.fill(0, TEXT_DIGITS, TEXT_DIGITS + SECONDS_DIGITS);
  }
}

function toLabel(unixSeconds: number): bigint {
  return BigInt(unixSeconds) + UNIX_EPOCH_SECONDS;
}
