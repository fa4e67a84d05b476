/** Bytes of a log line as text that can be shown: what is no UTF-8 as `\xNN`. */
import { isUtf8 } from "node:buffer";

export interface LineText {
  readonly text: string;
  /** The bytes, where the text does not stand for them. */
  readonly bytes: Buffer | undefined;
  /** How many bytes behind these are not shown. */
  readonly leftOut: number;
}

/** Of one line: the text takes several times as much, and so does whatever is made of it. */
export const MOST_SHOWN_BYTES: number = 1 << 20;
const PIECE_BYTES = 64 * 1024;
const ESCAPE_BYTES = 4;
const LONGEST_CHAR_BYTES = 4;
const HEX = Buffer.from("0123456789abcdef");
const [BACKSLASH, X] = Buffer.from("\\x") as unknown as readonly [number, number];

/** Nobody else has a turn meanwhile: a byte takes some nanoseconds, whatever it is. */
export function lineTextOf(line: Buffer): LineText {
  const bytes = line.length > MOST_SHOWN_BYTES ? line.subarray(0, cutAt(line)) : line;
  const leftOut = line.length - bytes.length;
  if (isUtf8(bytes)) return { text: bytes.toString(), bytes: undefined, leftOut };
  return { text: escaped(bytes), bytes, leftOut };
}

/** Where a line is cut: not within a character. */
function cutAt(line: Buffer): number {
  for (let at = MOST_SHOWN_BYTES; at > MOST_SHOWN_BYTES - LONGEST_CHAR_BYTES; at--)
    if (charLength(line, at) > 0) return at;
  return MOST_SHOWN_BYTES;
}

function escaped(bytes: Buffer): string {
  const shown = Buffer.allocUnsafe(Math.min(ESCAPE_BYTES * bytes.length, PIECE_BYTES));
  const parts: string[] = [];
  let filled = 0;
  for (let at = 0; at < bytes.length; ) {
    if (filled + ESCAPE_BYTES > shown.length) {
      parts.push(shown.toString("utf8", 0, filled));
      filled = 0;
    }
    const length = charLength(bytes, at);
    if (length === 0) {
      const byte = bytes[at++] ?? 0;
      shown[filled++] = BACKSLASH;
      shown[filled++] = X;
      shown[filled++] = HEX[byte >> 4] ?? 0;
      shown[filled++] = HEX[byte & 0xf] ?? 0;
    } else
      for (const end = at + length; at < end; at++) {
        shown[filled++] = bytes[at] ?? 0;
      }
  }
  parts.push(shown.toString("utf8", 0, filled));
  return parts.join("");
}

/** How long the character is that stands there; 0: none, or the end. RFC 3629, section 4. */
function charLength(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === undefined) return 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  if (first < 0xe0) return first >= 0xc2 && isNext(second) ? 2 : 0;
  if (!isNext(second) || !isNext(bytes[at + 2] ?? 0)) return 0;
  // No longer form than is needed, no surrogate, nothing behind the last character.
  if (first === 0xe0) return second >= 0xa0 ? 3 : 0;
  if (first === 0xed) return second < 0xa0 ? 3 : 0;
  if (first < 0xf0) return 3;
  if (!isNext(bytes[at + 3] ?? 0)) return 0;
  if (first === 0xf0) return second >= 0x90 ? 4 : 0;
  return first < 0xf4 || (first === 0xf4 && second < 0x90) ? 4 : 0;
}

function isNext(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
