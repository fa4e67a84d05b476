/** tai64n: a label and a blank before every line. */
import {
  AT_LINE_START,
  FULL,
  IN_LINE,
  MADE,
  OUTPUT,
  OUTPUT_BYTES,
  STAMP_NANOS,
  STAMP_ROOM,
  STAMP_SECONDS,
  TAKEN,
} from "../layout";
import { copyLine } from "./copy-line";
import { toHex8 } from "./digits";

const LF: u8 = 0x0a;
const AT: u8 = 0x40;
const BLANK: u8 = 0x20;
/** Where a line may still begin, when all input is to fit behind its label. */
const LAST_START: usize = OUTPUT + OUTPUT_BYTES - STAMP_ROOM;

/**
 * Stamps the lines that begin in the input; each label is the one before and a nanosecond.
 *
 * @param from  first byte, in INPUT
 * @param end  just past the last byte
 * @param to  where the output goes on, in OUTPUT
 * @param inLine  1 when `from` stands inside a line
 * @returns why it came back; TAKEN and MADE say how far
 */
export function stamp(from: usize, end: usize, to: usize, inLine: i32): i32 {
  let seconds = load<u64>(STAMP_SECONDS);
  let nanos = load<u32>(STAMP_NANOS);
  let high = toHex8(<u32>(seconds >> 32));
  let low = toHex8(<u32>seconds);
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
    store<u8>(to, AT);
    store<u64>(to + 1, high);
    store<u64>(to + 9, low);
    store<u64>(to + 17, toHex8(nanos));
    store<u8>(to + 25, BLANK);
    to += 26;
    if (++nanos == 1000000000) {
      nanos = 0;
      ++seconds;
      high = toHex8(<u32>(seconds >> 32));
      low = toHex8(<u32>seconds);
    }
    const copied = copyLine(from, end, to);
    from += copied;
    to += copied;
    reason = load<u8>(from - 1) == LF ? AT_LINE_START : IN_LINE;
  }
  store<u64>(STAMP_SECONDS, seconds);
  store<u32>(STAMP_NANOS, nanos);
  store<u32>(TAKEN, from);
  store<u32>(MADE, to);
  return reason;
}
