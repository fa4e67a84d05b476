/** Bytes of a log line as text that can be shown: what is no UTF-8 as `\xNN`. */
import { isUtf8 } from "node:buffer";

export interface LineText {
  readonly text: string;
  /** The bytes, where the text does not stand for them. */
  readonly bytes: Buffer | undefined;
}

export function lineTextOf(bytes: Buffer): LineText {
  if (isUtf8(bytes)) return { text: bytes.toString(), bytes: undefined };
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + validLength(bytes, at);
    if (end > at) parts.push(bytes.toString("utf8", at, end));
    at = end;
    for (; at < bytes.length && charLength(bytes, at) === 0; at++)
      parts.push(`\\x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`);
  }
  return { text: parts.join(""), bytes };
}

function validLength(bytes: Buffer, from: number): number {
  let at = from;
  for (let length = charLength(bytes, at); length > 0; length = charLength(bytes, at)) at += length;
  return at - from;
}

/** How long the character is that stands there; 0: none, or the end. */
function charLength(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === undefined) return 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
