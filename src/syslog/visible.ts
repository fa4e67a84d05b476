/**
 * Text of strangers, made fit for one line: control characters are shown as `\n`, `\r` and `\x1b`, those of
 * ISO 6429 in UTF-8 too (a terminal takes U+009B for an escape sequence). Tabs and all else go through.
 */

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;
/** First byte of U+0080 to U+00BF; those below U+00A0 are control characters. */
const LEAD_C2 = 0xc2;
const FIRST_CONTROL = 0x80;
const LAST_CONTROL = 0x9f;
const WORD = 4;
const EACH_SPACE = 0x20202020;
const EACH_ONE = 0x01010101;
const EACH_HIGH = 0x80808080;
const HEX = Buffer.from("0123456789abcdef");

/** What a byte can become at most: `\x1b`. */
export const MOST_GROWTH = 4;

/**
 * Copies from[at, end) to `into`, where there is room for MOST_GROWTH times as much.
 *
 * Four bytes at a time as long as they are visible ASCII: 2.5x on bench/syslog.bench.ts's lines over one at a time.
 *
 * @returns the place behind what was written
 */
export function copyVisible(
  from: Uint8Array,
  at: number,
  end: number,
  into: Uint8Array,
  to: number,
): number {
  const source = read.of(from);
  const target = written.of(into);
  let next = at;
  let out = to;
  while (next < end) {
    for (; next + WORD <= end; next += WORD, out += WORD) {
      const word = source.getInt32(next, true);
      if (!isPlain(word)) break;
      target.setInt32(out, word, true);
    }
    if (next >= end) break;
    const byte = from[next++] ?? 0;
    if ((byte >= SPACE && byte < DELETE) || byte > LEAD_C2 || byte === TAB) into[out++] = byte;
    else if (byte < SPACE || byte === DELETE) out = escape(byte, into, out);
    else if (byte === LEAD_C2 && next < end && isControl(from[next])) {
      out = escape(byte, into, out);
      out = escape(from[next++] ?? 0, into, out);
    } else into[out++] = byte;
  }
  return out;
}

/** Whether each of four bytes is at least a blank and below 0x7f: a borrow or a carry shows where one is not. */
function isPlain(word: number): boolean {
  return (((word - EACH_SPACE) | (word + EACH_ONE) | word) & EACH_HIGH) === 0;
}

/** The last memory that was looked at; there are few, and making a view takes as long as copying a line. */
class LastView {
  private memory: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(this.memory.buffer);

  of(memory: Uint8Array): DataView {
    if (memory !== this.memory) {
      this.memory = memory;
      this.view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    }
    return this.view;
  }
}

const read = new LastView();
const written = new LastView();

function isControl(byte: number | undefined): boolean {
  return byte !== undefined && byte >= FIRST_CONTROL && byte <= LAST_CONTROL;
}

function escape(byte: number, into: Uint8Array, at: number): number {
  let out = at;
  into[out++] = BACKSLASH;
  if (byte === NEWLINE) into[out++] = 0x6e;
  else if (byte === RETURN) into[out++] = 0x72;
  else {
    into[out++] = 0x78;
    into[out++] = HEX[byte >> 4] ?? 0;
    into[out++] = HEX[byte & 15] ?? 0;
  }
  return out;
}
