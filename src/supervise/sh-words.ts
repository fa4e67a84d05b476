/** Words as a shell reads them. */

/** What no shell takes for anything but itself, at any place of a word. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/;
const QUOTE = 0x27;
const ESCAPED_QUOTE = Buffer.from("'\\''");

/** @returns the word itself, or in single quotes, whatever its bytes are; it has no NUL, as no argument has */
export function quoted(word: Uint8Array): Buffer {
  const bytes = Buffer.from(word);
  if (PLAIN.test(bytes.toString("latin1"))) return bytes;
  const parts: Buffer[] = [Buffer.from("'")];
  for (let at = 0; at <= bytes.length; ) {
    const quote = bytes.indexOf(QUOTE, at);
    const end = quote === -1 ? bytes.length : quote;
    parts.push(bytes.subarray(at, end));
    if (quote !== -1) parts.push(ESCAPED_QUOTE);
    at = end + 1;
  }
  return Buffer.concat([...parts, Buffer.from("'")]);
}
