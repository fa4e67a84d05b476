/**
 * The kernel of tai64nlocal and tai64n: whole batches of lines, in fixed memory (../layout.ts).
 *
 * Per line of localise():
 *   begins with @ and 24 digits?  same second as the line before: its text stands ready
 *                                 a second of the known block: rewrite the text
 *                                 else: come back WANTING
 *   write text, nanoseconds, suffix; copy the rest of the line
 * Everything else (other numbers of digits, nanoseconds above 999,999,999, input that ends inside a
 * stamp) comes back ODD: the caller's TypeScript does it.
 */
import {
  AT_LINE_START,
  BLOCK_END,
  BLOCK_START,
  BLOCK_TIME,
  FULL,
  IN_LINE,
  MADE,
  ODD,
  OUTPUT,
  OUTPUT_BYTES,
  STAMP_ROOM,
  SUFFIX,
  SUFFIX_BYTES,
  TAKEN,
  TEXT,
  TEXT_DIGITS,
  TEXT_SECONDS,
  WANTED_SECONDS,
  WANTING,
} from "../layout";
import { copyLine } from "./copy-line";
import { fromHex8, toDecimal8 } from "./digits";

export { stamp } from "./stamp";

const LF: u8 = 0x0a;
const AT: u8 = 0x40;
/** Where a line may still begin, when all input is to fit behind its stamp. */
const LAST_START: usize = OUTPUT + OUTPUT_BYTES - STAMP_ROOM;
/** `@`, 24 digits, and the byte behind them that ends the stamp. */
const WHOLE_STAMP: usize = 26;
const SECONDS_AT: usize = 1;
const NANOS_AT: usize = 17;
const REST_AT: usize = 25;
const TEXT_BYTES: usize = 20;
const NANO_DIGITS: usize = 9;

/**
 * Converts the stamps at line starts.
 *
 * @param from  first byte, in INPUT
 * @param end  just past the last byte
 * @param to  where the output goes on, in OUTPUT
 * @param inLine  1 when `from` stands inside a line
 * @returns why it came back; TAKEN and MADE say how far
 */
export function localise(from: usize, end: usize, to: usize, inLine: i32): i32 {
  const suffix = v128.load(SUFFIX);
  const suffixBytes = <usize>load<u32>(SUFFIX_BYTES);
  let reason = inLine;
  if (inLine) {
    const copied = copyLine(from, end, to);
    from += copied;
    to += copied;
    if (copied && load<u8>(from - 1) == LF) reason = AT_LINE_START;
  }
  while (from < end) {
    if (to + (end - from) > LAST_START) {
      reason = FULL;
      break;
    }
    if (load<u8>(from) == AT) {
      if (end - from < WHOLE_STAMP || !isPlainStamp(from)) {
        reason = ODD;
        break;
      }
      const nanos = fromHex8(load<u64>(from + NANOS_AT));
      if (nanos > 999999999) {
        reason = ODD;
        break;
      }
      const digits = v128.load(from + SECONDS_AT);
      if (v128.any_true(v128.xor(digits, v128.load(TEXT_DIGITS)))) {
        if (!turnTo(from + SECONDS_AT)) {
          reason = WANTING;
          break;
        }
        v128.store(TEXT_DIGITS, digits);
      }
      v128.store(to, v128.load(TEXT));
      store<u32>(to + 16, load<u32>(TEXT + 16));
      const first = nanos / 100000000;
      store<u8>(to + TEXT_BYTES, 0x30 + first);
      store<u64>(to + TEXT_BYTES + 1, toDecimal8(nanos - first * 100000000));
      v128.store(to + TEXT_BYTES + NANO_DIGITS, suffix);
      to += TEXT_BYTES + NANO_DIGITS + suffixBytes;
      from += REST_AT;
    }
    const copied = copyLine(from, end, to);
    from += copied;
    to += copied;
    reason = load<u8>(from - 1) == LF ? AT_LINE_START : IN_LINE;
  }
  store<u32>(TAKEN, from);
  store<u32>(MADE, to);
  return reason;
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
