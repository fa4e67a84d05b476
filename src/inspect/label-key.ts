/**
 * Labels as pairs of numbers, for comparing millions of them: seconds of the label minus 2^62, which
 * numbers hold exactly for any time that a clock shows, and nanoseconds.
 */
import { formatLabel, LABEL_BYTES } from "../tai64/label.ts";

const AT = 0x40;
const HIGH_ORIGIN = 0x4000_0000;
const WORD = 2 ** 32;
const BILLION = 1_000_000_000;
/** daemontools' labels: Unix time and this. */
export const UNIX_OFFSET = 10;

/** The value of a lower-case hex digit, -1 for every other byte. */
const DIGITS = new Int8Array(256).fill(-1);
for (const [value, digit] of "0123456789abcdef".split("").entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
}

/** A point in time: seconds and 0 to 999,999,999 nanoseconds. */
export interface Key {
  readonly seconds: number;
  readonly nanos: number;
}

/** Reads labels; `seconds` and `nanos` are those of the last one that was read. */
export class LabelEye implements Key {
  seconds = 0;
  nanos = 0;

  /** Whether exactly a label stands at `at`: 24 digits, and no digit behind them. `end`: of what may be read. */
  read(memory: Uint8Array, at: number, end: number): boolean {
    if (memory[at] !== AT || end - at < LABEL_BYTES) return false;
    const high = word(memory, at + 1);
    const low = word(memory, at + 9);
    const nanos = word(memory, at + 17);
    if (high < 0 || high >= WORD / 2 || low < 0 || nanos < 0 || nanos >= BILLION) return false;
    if (end - at > LABEL_BYTES && DIGITS[memory[at + LABEL_BYTES]!]! >= 0) return false;
    this.seconds = (high - HIGH_ORIGIN) * WORD + low;
    this.nanos = nanos;
    return true;
  }
}

/** The value of eight digits, -1 when they are not. */
function word(memory: Uint8Array, at: number): number {
  let value = 0;
  let wrong = 0;
  for (let i = at; i < at + 8; i++) {
    const digit = DIGITS[memory[i]!]!;
    wrong |= digit;
    value = (value << 4) | digit;
  }
  return wrong < 0 ? -1 : value >>> 0;
}

/** The key of a label's text, as it begins; undefined when it is none. */
export function keyOf(label: Uint8Array): Key | undefined {
  const eye = new LabelEye();
  if (!eye.read(label, 0, LABEL_BYTES)) return undefined;
  return { seconds: eye.seconds, nanos: eye.nanos };
}

/** @returns below 0, 0 or above 0, as `a` is earlier, the same or later */
export function compareKeys(a: Key, b: Key): number {
  return a.seconds === b.seconds ? a.nanos - b.nanos : a.seconds - b.seconds;
}

/** The label of label seconds (minus 2^62). */
export function labelText(seconds: number, nanos: number): string {
  return formatLabel({ seconds: (1n << 62n) + BigInt(seconds), nanos });
}
