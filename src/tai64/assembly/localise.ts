/**
 * The kernel of tai64nlocal and tai64n: whole batches of lines, in fixed memory (../layout.ts).
 *
 * Both put something before each line and copy the line; they come back when all input is taken, the
 * output is full, or a line is more than they can do.
 */
import {
  AT_LINE_START,
  FULL,
  IN_LINE,
  MADE,
  OUTPUT,
  OUTPUT_BYTES,
  STAMP_ROOM,
  TAKEN,
} from "../layout";
import { copyLine } from "./copy-line";
import { beginLabels, endLabels, writeLabel } from "./write-label";
import { STAMP_BYTES, writeTime } from "./write-time";

const LF: u8 = 0x0a;
const AT: u8 = 0x40;
/** Where a line may still begin, when all input is to fit behind its stamp. */
const LAST_START: usize = OUTPUT + OUTPUT_BYTES - STAMP_ROOM;

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
  return eachLine(from, end, to, inLine, false);
}

/** Stamps the lines that begin in the input; takes and returns what `localise` does. */
export function stamp(from: usize, end: usize, to: usize, inLine: i32): i32 {
  beginLabels();
  const reason = eachLine(from, end, to, inLine, true);
  endLabels();
  return reason;
}

/**
 * The loop of both.
 *
 * @param labelling  whether a label is put before each line; else its stamp becomes local time
 */
function eachLine(from: usize, end: usize, to: usize, inLine: i32, labelling: bool): i32 {
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
    if (labelling) {
      to += writeLabel(to);
    } else if (load<u8>(from) == AT) {
      const made = writeTime(from, end, to);
      if (made < 0) {
        reason = -made;
        break;
      }
      from += STAMP_BYTES;
      to += made;
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
