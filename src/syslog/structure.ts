/** Structured data: RFC 5424, section 6.3. */

const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;

/**
 * Finds the end of structured data: elements in brackets, in whose quoted values `\"`, `\]` and `\\` stand
 * for themselves.
 *
 * @returns the place behind the last element, where a blank or the end is; -1 where there is no such data
 */
export function endOfStructure(memory: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && memory[next] === OPEN) {
    next = endOfElement(memory, next + 1, end);
    if (next < 0) return -1;
  }
  return next > at && (next === end || memory[next] === SPACE) ? next : -1;
}

function endOfElement(memory: Uint8Array, at: number, end: number): number {
  let inQuotes = false;
  for (let next = at; next < end; next++) {
    const byte = memory[next];
    if (byte === QUOTE) inQuotes = !inQuotes;
    else if (inQuotes && byte === BACKSLASH) next++;
    else if (!inQuotes && byte === CLOSE) return next === at ? -1 : next + 1;
  }
  return -1;
}
