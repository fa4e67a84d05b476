/**
 * tai64nlocal --anywhere: every valid label becomes local time, wherever it stands.
 *
 * A label here is exactly 25 characters: one whose digits go on is none. All else is copied as it is,
 * so nothing is dropped, at the end of input either.
 */
import type { ByteFilter, Write } from "./filter.ts";
import { NANOS_PER_SECOND } from "./instant.ts";
import { isHexDigit, LABEL_BYTES } from "./label.ts";
import type { LocalClock } from "./local-time.ts";
import { hexWord, mostBytes, NANOS_DIGITS, putText, StampText } from "./stamp-text.ts";
import type { Style } from "./styles.ts";

const AT = 0x40;
const SEVEN = 0x37;
const MEMORY_BYTES = 262_144;

export class AnywhereLocaliser implements ByteFilter {
  readonly memory: Uint8Array = new Uint8Array(MEMORY_BYTES);
  readonly #output: Uint8Array = new Uint8Array(MEMORY_BYTES);
  readonly #stampText: StampText;
  readonly #encoder = new TextEncoder();
  /** Bytes at the start of `memory` that may be the beginning of a label: at most LABEL_BYTES. */
  #held = 0;
  #made = 0;

  constructor(clock: LocalClock, style: Style) {
    this.#stampText = new StampText(clock, style);
  }

  get inputAt(): number {
    return this.#held;
  }

  get inputRoom(): number {
    return MEMORY_BYTES - this.#held;
  }

  take(length: number, write: Write): void {
    const end = this.#held + length;
    const taken = this.#convert(end, false, write);
    this.memory.copyWithin(0, taken, end);
    this.#held = end - taken;
    this.#flush(write);
  }

  finish(write: Write): void {
    this.#convert(this.#held, true, write);
    this.#held = 0;
    this.#flush(write);
  }

  /** Converts up to `end`; unless it is `final`, stops at a label that could still go on. */
  #convert(end: number, final: boolean, write: Write): number {
    const { memory } = this;
    let from = 0;
    while (from < end) {
      const found = memory.indexOf(AT, from);
      const at = found < 0 || found >= end ? end : found;
      this.#put(memory.subarray(from, at), write);
      if (at === end) return end;
      const stop = endOfDigits(memory, at, end);
      if (!final && stop === end && stop - at <= LABEL_BYTES) return at;
      const text = isLabel(memory, at, stop) ? this.#stampText.of(memory, at + 1, stop) : undefined;
      if (text === undefined) this.#put(memory.subarray(at, stop), write);
      else this.#putText(text, write);
      from = stop;
    }
    return from;
  }

  #put(bytes: Uint8Array, write: Write): void {
    if (bytes.length > this.#output.length - this.#made) this.#flush(write);
    if (bytes.length > this.#output.length) {
      write(bytes, 0, bytes.length);
      return;
    }
    this.#output.set(bytes, this.#made);
    this.#made += bytes.length;
  }

  #putText(text: string, write: Write): void {
    if (mostBytes(text) > this.#output.length) this.#put(this.#encoder.encode(text), write);
    else {
      if (mostBytes(text) > this.#output.length - this.#made) this.#flush(write);
      this.#made = putText(text, this.#output, this.#made);
    }
  }

  #flush(write: Write): void {
    write(this.#output, 0, this.#made);
    this.#made = 0;
  }
}

/** Where the digits behind the `@` at `at` end; one more than a label has are enough to know. */
function endOfDigits(memory: Uint8Array, at: number, end: number): number {
  const most = Math.min(end, at + LABEL_BYTES + 1);
  let stop = at + 1;
  while (stop < most && isHexDigit(memory[stop]!)) stop++;
  return stop;
}

/** Are the digits between valid as a label's: as many, seconds below 2^63, nanoseconds below 10^9? */
function isLabel(memory: Uint8Array, at: number, stop: number): boolean {
  return (
    stop - at === LABEL_BYTES &&
    memory[at + 1]! <= SEVEN &&
    hexWord(memory, stop - NANOS_DIGITS, stop) < NANOS_PER_SECOND
  );
}
