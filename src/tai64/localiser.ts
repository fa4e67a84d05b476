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
import { two } from "./format.ts";
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
import type { Style } from "./styles.ts";

/**
 * A stamp with more digits than this is text: all of them have to be kept until it is known whether
 * they name a second. (The C program would count them without end.)
 */
export const MOST_DIGITS = 65_536;

const NANOS_DIGITS = 8;
/** Digits beyond these are gone from a 64-bit second count and 32 bits of nanoseconds. */
const COUNTING_DIGITS = 24;
const DIGITS_OF_ONE_WORD = 16;

export class Localiser implements ByteFilter {
  readonly memory: Uint8Array;
  readonly #kernel: Kernel;
  readonly #clock: LocalClock;
  readonly #style: Style;
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
      if (stop === end && stop - from <= MOST_DIGITS) {
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
    const text = this.#renderDigits(from + 1, stop);
    const bytes = text === undefined ? undefined : this.#encoder.encode(text);
    const source = bytes ?? this.memory.subarray(from, stop);
    // Before every line the kernel sees to room for all input still to come and this much more.
    if (source.length > stop - from + STAMP_ROOM) {
      write(this.memory, OUTPUT, to);
      write(source, 0, source.length);
      return OUTPUT;
    }
    this.memory.set(source, to);
    return to + source.length;
  }

  /** The local time that the digits name; undefined when the clock does not know it. */
  #renderDigits(from: number, stop: number): string | undefined {
    const { memory } = this;
    let digits = "";
    for (let at = Math.max(from, stop - COUNTING_DIGITS); at < stop; at++) {
      digits += String.fromCharCode(memory[at]!);
    }
    const seconds = BigInt(`0x0${digits.slice(0, -NANOS_DIGITS)}`);
    const nanos = Number.parseInt(`0${digits.slice(-NANOS_DIGITS)}`, 16);
    return renderStamp(this.#clock, this.#style, seconds, nanos);
  }

  /** Gives the kernel the text for a second, if it may have it. */
  #turnTo(seconds: bigint): boolean {
    const { plain } = this.#style;
    if (plain === undefined) return false;
    const unixSeconds = toUnix(seconds);
    const block = this.#clock.blockAt(unixSeconds);
    const local = this.#clock.at(unixSeconds);
    if (local === undefined || local.year < 1000 || local.year > 9999) return false;
    const { view } = this.#kernel;
    this.#writeText(local, plain.separator, plain.suffix(local));
    view.setBigUint64(TEXT_SECONDS, seconds, true);
    if (block === undefined) {
      // This second only: what comes next has to be asked for.
      view.setBigUint64(BLOCK_START, 0n, true);
      view.setBigUint64(BLOCK_END, 0n, true);
    } else {
      // As much of the block as is of the same day.
      const time = (local.hour * 60 + local.minute) * 60 + local.second;
      const midnight = unixSeconds - BigInt(time);
      const start = block.start > midnight ? block.start : midnight;
      const nextMidnight = midnight + BigInt(DAY_SECONDS);
      const end = block.end < nextMidnight ? block.end : nextMidnight;
      view.setBigUint64(BLOCK_START, start + UNIX_EPOCH_SECONDS, true);
      view.setBigUint64(BLOCK_END, end + UNIX_EPOCH_SECONDS, true);
      view.setUint32(BLOCK_TIME, Number(start - midnight), true);
    }
    return true;
  }

  #writeText(local: LocalTime, separator: string, suffix: string): void {
    const { memory, view } = this.#kernel;
    const day = `${local.year}-${two(local.month)}-${two(local.day)}`;
    const time = `${two(local.hour)}:${two(local.minute)}:${two(local.second)}`;
    memory.set(this.#encoder.encode(`${day}${separator}${time}.`), TEXT);
    memory.set(this.#encoder.encode(suffix), SUFFIX);
    view.setUint32(SUFFIX_BYTES, suffix.length, true);
    memory.fill(0, TEXT_DIGITS, TEXT_DIGITS + DIGITS_OF_ONE_WORD);
  }
}

/** A stamp in a style; undefined when the clock does not know the second. */
export function renderStamp(
  clock: LocalClock,
  style: Style,
  labelSeconds: bigint,
  nanos: number,
): string | undefined {
  const unixSeconds = toUnix(labelSeconds);
  const local = clock.at(unixSeconds);
  return local === undefined ? undefined : style.render({ unixSeconds, nanos, local });
}

/** Label seconds, unsigned, to Unix seconds, signed: as C's 64-bit arithmetic does it. */
function toUnix(labelSeconds: bigint): bigint {
  return BigInt.asIntN(64, labelSeconds - UNIX_EPOCH_SECONDS);
}
