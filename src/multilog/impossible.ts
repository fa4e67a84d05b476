/**
 * Patterns that no line can match.
 */
import type { MatchStyle } from "./script.ts";

const STAR = 0x2a;
const LF = 0x0a;
const NUL = 0;
/** A pattern is held against so much of a line. */
const TEXT_BYTES = 1000;

/**
 * @param stamp  the stamp before each line, if lines are stamped
 * @returns why the pattern can never match; undefined when it can
 */
export function matchesNothing(
  pattern: Uint8Array,
  match: MatchStyle,
  stamp: Uint8Array | undefined,
): string | undefined {
  if (pattern.includes(LF)) return "a line holds no newline";
  if (match === "fnmatch") {
    return pattern.includes(NUL) ? "fnmatch sees a line only up to its first NUL" : undefined;
  }
  const literals = pattern.filter((byte) => byte !== STAR).length;
  if (literals > TEXT_BYTES) return `only the first ${TEXT_BYTES} bytes of a line are looked at`;
  return stamp === undefined ? undefined : missesStamp(pattern, stamp);
}

/** Holds the pattern against the stamp: its digits may be any, its other bytes are known. */
function missesStamp(pattern: Uint8Array, stamp: Uint8Array): string | undefined {
  for (const [place, byte] of pattern.entries()) {
    if (byte === STAR || place >= stamp.length) return undefined;
    const known = stamp[place] ?? 0;
    const fits = isDigit(known) ? isDigit(byte) : byte === known;
    if (!fits) return "every line begins with its time; begin the pattern with `* ` to skip that";
  }
  return "every line begins with its time, and more follows it";
}

function isDigit(byte: number): boolean {
  return /[0-9a-f]/.test(String.fromCharCode(byte));
}
