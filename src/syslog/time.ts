/** The sender's time, which is found so that it can be left out: it says what the sender likes. */

const SPACE = 0x20;
const PLUS = 0x2b;
const COMMA = 0x2c;
const HYPHEN = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const MONTHS: ReadonlySet<number> = new Set(
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map(
    (name) => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
  ),
);
const UPPER_T = 0x54;
const UPPER_Z = 0x5a;
const DATE_BYTES = 10;

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** @returns the place behind the digits at `at` */
export function skipDigits(memory: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && isDigit(memory[next])) next++;
  return next;
}

/**
 * Skips `Mmm dd hh:mm:ss ` (RFC 3164; a year behind the day and parts of a second are known to be sent
 * too) or `YYYY-MM-DDThh:mm:ss… ` (RFC 3339).
 *
 * @returns the place behind it and its blank; `at` where there is none
 */
export function skipTime(memory: Uint8Array, at: number, end: number): number {
  const stop = isDigit(memory[at]) ? newTime(memory, at, end) : oldTime(memory, at, end);
  return stop > at && stop < end && memory[stop] === SPACE ? stop + 1 : at;
}

function oldTime(memory: Uint8Array, at: number, end: number): number {
  if (end - at < "Mmm dd hh:mm:ss".length) return at;
  const [a = 0, b = 0, c = 0] = [memory[at], memory[at + 1], memory[at + 2]];
  if (!MONTHS.has((a << 16) | (b << 8) | c) || memory[at + 3] !== SPACE) return at;
  const isDay = memory[at + 4] === SPACE || isDigit(memory[at + 4]);
  if (!isDay || !isDigit(memory[at + 5]) || memory[at + 6] !== SPACE) return at;
  const clock = at + 7;
  const year = skipDigits(memory, clock, end);
  const hasYear = year === clock + 4 && memory[year] === SPACE;
  return skipClock(memory, hasYear ? year + 1 : clock, end, at);
}

function newTime(memory: Uint8Array, at: number, end: number): number {
  const isDate = memory[at + 4] === HYPHEN && memory[at + 7] === HYPHEN;
  if (!isDate || memory[at + DATE_BYTES] !== UPPER_T) return at;
  const stop = skipClock(memory, at + DATE_BYTES + 1, end, at);
  if (stop === at || stop >= end) return at;
  if (memory[stop] === UPPER_Z) return stop + 1;
  if (memory[stop] !== PLUS && memory[stop] !== HYPHEN) return stop;
  const hours = skipDigits(memory, stop + 1, end);
  return memory[hours] === COLON ? skipDigits(memory, hours + 1, end) : hours;
}

/** Skips `hh:mm:ss` with parts of a second. @returns `none` where there is no such thing */
function skipClock(memory: Uint8Array, at: number, end: number, none: number): number {
  const isClock =
    isDigit(memory[at]) &&
    isDigit(memory[at + 1]) &&
    memory[at + 2] === COLON &&
    isDigit(memory[at + 4]) &&
    memory[at + 5] === COLON &&
    isDigit(memory[at + 7]);
  const stop = at + "hh:mm:ss".length;
  if (!isClock || stop > end) return none;
  const hasParts = memory[stop] === DOT || memory[stop] === COMMA;
  return hasParts ? skipDigits(memory, stop + 1, end) : stop;
}
