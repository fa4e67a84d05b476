/** tai64nlocal: local time in the place of a stamp. */
import {
  BLOCK_END,
  BLOCK_START,
  BLOCK_TIME,
  ODD,
  SUFFIX,
  SUFFIX_BYTES,
  TEXT,
  TEXT_DIGITS,
  TEXT_SECONDS,
  WANTED_SECONDS,
  WANTING,
} from "../layout";
import { fromHex8, toDecimal8 } from "./digits";

/** `@` and 24 digits. */
export const STAMP_BYTES: usize = 25;
/** And the byte behind them that ends the stamp. */
const WHOLE_STAMP: usize = 26;
const SECONDS_AT: usize = 1;
const NANOS_AT: usize = 17;
const TEXT_BYTES: usize = 20;
const NANO_DIGITS: usize = 9;

/**
 * Writes the local time of the stamp that a line begins with, which has an @ there:
 *
 *   24 digits?                    same second as the line before: its text stands ready
 *                                 a second of the known block: rewrite the text
 *                                 else: WANTING
 *   write text, nanoseconds, suffix
 *
 * Everything else (other numbers of digits, nanoseconds above 999,999,999, input that ends inside a
 * stamp) is ODD: the caller's TypeScript does it.
 *
 * @returns the number of bytes written, for STAMP_BYTES of input; or the reason why none, negative
 */
export function writeTime(from: usize, end: usize, to: usize): i32 {
  if (end - from < WHOLE_STAMP || !isPlainStamp(from)) return -ODD;
  const nanos = fromHex8(load<u64>(from + NANOS_AT));
  if (nanos > 999999999) return -ODD;
  const digits = v128.load(from + SECONDS_AT);
  if (v128.any_true(v128.xor(digits, v128.load(TEXT_DIGITS)))) {
    if (!turnTo(from + SECONDS_AT)) return -WANTING;
    v128.store(TEXT_DIGITS, digits);
  }
  v128.store(to, v128.load(TEXT));
  store<u32>(to + 16, load<u32>(TEXT + 16));
  const first = nanos / 100000000;
  store<u8>(to + TEXT_BYTES, 0x30 + first);
  store<u64>(to + TEXT_BYTES + 1, toDecimal8(nanos - first * 100000000));
  v128.store(to + TEXT_BYTES + NANO_DIGITS, v128.load(SUFFIX));
  return <i32>(TEXT_BYTES + NANO_DIGITS) + load<i32>(SUFFIX_BYTES);
}

/** Are the 24 bytes behind the `@` lower-case hex digits, and the 25th none? */
function isPlainStamp(at: usize): bool {
  return (
    digitMask(v128.load(at + SECONDS_AT)) == 0xffff &&
    (digitMask(v128.load(at + NANOS_AT)) & 0x1ff) == 0xff
  );
}

/** One bit for each of 16 bytes: is it a lower-case hex digit? */
function digitMask(bytes: v128): i32 {
  const decimal = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
  const letter = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(6));
  return i8x16.bitmask(v128.or(decimal, letter));
}

/** Makes TEXT that of the second whose 16 digits stand at `at`; false when the block ends before it. */
function turnTo(at: usize): bool {
  const seconds = ((<u64>fromHex8(load<u64>(at))) << 32) | fromHex8(load<u64>(at + 8));
  if (seconds == load<u64>(TEXT_SECONDS)) return true;
  const start = load<u64>(BLOCK_START);
  if (seconds < start || seconds >= load<u64>(BLOCK_END)) {
    store<u64>(WANTED_SECONDS, seconds);
    return false;
  }
  const time = load<u32>(BLOCK_TIME) + <u32>(seconds - start);
  const minutes = time / 60;
  const hours = minutes / 60;
  // "00HHMMSS" gives the three pairs between the colons, which stand at TEXT already.
  const pairs = toDecimal8(hours * 10000 + (minutes - hours * 60) * 100 + (time - minutes * 60));
  store<u16>(TEXT + 11, <u16>(pairs >> 16));
  store<u16>(TEXT + 14, <u16>(pairs >> 32));
  store<u16>(TEXT + 17, <u16>(pairs >> 48));
  store<u64>(TEXT_SECONDS, seconds);
  return true;
}
