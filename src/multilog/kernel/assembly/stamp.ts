// The prefix of the lines of one batch. Only its counter changes from line to line, and of that only
// the last pair of digits, but for one line in a hundred (256 in radix 16).
import {
  HEADER_COUNTER_AT,
  HEADER_DIGITS,
  HEADER_DIVISOR,
  HEADER_RADIX,
  HEADER_STAMP_BYTES,
  PAIRS_AT,
  STAMP_AT,
  TABLE_AT,
} from "../layout";

export let stampBytes: usize = 0;
/** Of the last pair, in the prefix. */
export let pairAt: usize = 0;
/** How many pairs of digits there are. */
export let pairs: u32 = 256;
/** Nanoseconds to one count. */
export let divisor: u32 = 1;

let digits: u32 = 0;
let radix: u32 = 0;

/** Takes the form of the prefix from the table. */
export function loadStampForm(): void {
  stampBytes = load<u32>(TABLE_AT + HEADER_STAMP_BYTES);
  digits = load<u32>(TABLE_AT + HEADER_DIGITS);
  radix = load<u32>(TABLE_AT + HEADER_RADIX);
  divisor = load<u32>(TABLE_AT + HEADER_DIVISOR);
  pairs = radix * radix;
  pairAt = load<u32>(TABLE_AT + HEADER_COUNTER_AT) + digits - 2;
  for (let pair: u32 = 0; pair < pairs; pair++) {
    store<u8>(PAIRS_AT + 2 * pair, digit(pair / radix));
    store<u8>(PAIRS_AT + 2 * pair, digit(pair % radix), 1);
  }
}

/** Writes all digits of the counter into the prefix at STAMP_AT. */
export function writeCounter(count: u32): void {
  const last = <usize>STAMP_AT + pairAt + 1;
  for (let i: usize = 0; i < digits; i++) {
    store<u8>(last - i, digit(count % radix));
    count /= radix;
  }
}

function digit(value: u32): u8 {
  return <u8>(value < 10 ? 48 + value : 87 + value);
}

/** Puts the prefix at `to`, its last pair being `pair`, and up to 63 bytes more behind it. */
export function putStamp(to: usize, pair: u16): void {
  v128.store(to, v128.load(STAMP_AT));
  v128.store(to, v128.load(STAMP_AT, 16), 16);
  if (stampBytes > 32) {
    v128.store(to, v128.load(STAMP_AT, 32), 32);
    v128.store(to, v128.load(STAMP_AT, 48), 48);
  }
  store<u16>(to + pairAt, pair);
}

/** Puts the prefix right before `line`; up to 64 bytes there are written. */
export function putStampBefore(line: usize, pair: u16): void {
  const end = <usize>STAMP_AT + stampBytes;
  v128.store(line - 16, v128.load(end - 16));
  v128.store(line - 32, v128.load(end - 32));
  if (stampBytes > 32) {
    v128.store(line - 48, v128.load(end - 48));
    v128.store(line - 64, v128.load(end - 64));
  }
  store<u16>(line - stampBytes + pairAt, pair);
}
