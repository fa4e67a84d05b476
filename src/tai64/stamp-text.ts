/** From the digits of a stamp to its text, for stamps that the kernel leaves to us. */
import { UNIX_EPOCH_SECONDS } from "./instant.ts";
import type { LocalClock, LocalTime } from "./local-time.ts";
import type { Style } from "./styles.ts";

export const NANOS_DIGITS = 8;
const LOW_DIGITS = 16;
/** Digits in front of these are gone from a 64-bit second count and 32 bits of nanoseconds. */
const COUNTING_DIGITS = 24;

/** Writes stamps in a style; lines of one second ask the clock once. */
export class StampText {
  readonly #clock: LocalClock;
  readonly #style: Style;
  /** The second of the last stamp: its two words of label seconds, and what they mean. */
  #high = -1;
  #low = -1;
  #unixSeconds = 0n;
  #local: LocalTime | undefined;

  constructor(clock: LocalClock, style: Style) {
    this.#clock = clock;
    this.#style = style;
  }

  /**
   * The text of the digits from `from` to `stop`, however many.
   *
   * @returns undefined when they name no second that the clock knows
   */
  of(memory: Uint8Array, from: number, stop: number): string | undefined {
    const nanosAt = Math.max(from, stop - NANOS_DIGITS);
    const lowAt = Math.max(from, stop - LOW_DIGITS);
    const highAt = Math.max(from, stop - COUNTING_DIGITS);
    const high = hexWord(memory, highAt, lowAt);
    const low = hexWord(memory, lowAt, nanosAt);
    if (high !== this.#high || low !== this.#low) {
      this.#high = high;
      this.#low = low;
      this.#unixSeconds = toUnix((BigInt(high) << 32n) | BigInt(low));
      this.#local = this.#clock.at(this.#unixSeconds);
    }
    const local = this.#local;
    if (local === undefined) return undefined;
    const nanos = hexWord(memory, nanosAt, stop);
    return this.#style.render({ unixSeconds: this.#unixSeconds, nanos, local });
  }
}

/** Label seconds, unsigned, to Unix seconds, signed: as C's 64-bit arithmetic does it. */
export function toUnix(labelSeconds: bigint): bigint {
  return BigInt.asIntN(64, labelSeconds - UNIX_EPOCH_SECONDS);
}

/** The value of up to eight lower-case hex digits. */
export function hexWord(memory: Uint8Array, from: number, stop: number): number {
  let value = 0;
  for (let at = from; at < stop; at++) {
    const byte = memory[at]!;
    value = (value << 4) | (byte > 0x39 ? byte - 0x57 : byte - 0x30);
  }
  return value >>> 0;
}

const encoder = new TextEncoder();

/**
 * Writes a text as UTF-8.
 *
 * @param memory  has room behind `at` for what it may take: 3 bytes a character
 * @returns the offset just past it
 */
export function putText(text: string, memory: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return at + encoder.encodeInto(text, memory.subarray(at)).written;
    memory[at + i] = code;
  }
  return at + text.length;
}

/** The most bytes that a text can take. */
export function mostBytes(text: string): number {
  return 3 * text.length;
}
