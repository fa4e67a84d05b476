/**
 * Patterns that no line can match.
 */
import { parseFnmatch } from "./kernel/fnmatch.ts";
import type { Pattern } from "./kernel/pattern.ts";
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
    if (pattern.includes(NUL)) return "fnmatch sees a line only up to its first NUL";
    return missedByFnmatch(parseFnmatch(pattern), stamp);
  }
  const literals = pattern.filter((byte) => byte !== STAR).length;
  if (literals > TEXT_BYTES) return `only the first ${TEXT_BYTES} bytes of a line are looked at`;
  return stamp === undefined ? undefined : missesStamp(pattern, stamp);
}

const SKIP_IT = "every line begins with its time; begin the pattern with `* ` to skip that";

/** Holds the pattern against the stamp: its digits may be any, its other bytes are known. */
function missesStamp(pattern: Uint8Array, stamp: Uint8Array): string | undefined {
  for (const [place, byte] of pattern.entries()) {
    if (byte === STAR || place >= stamp.length) return undefined;
    if (!fits(byte, stamp[place])) return SKIP_IT;
  }
  return pattern.length < stamp.length
    ? "every line begins with its time, and more follows it"
    : undefined;
}

function missedByFnmatch(pattern: Pattern, stamp: Uint8Array | undefined): string | undefined {
  if (pattern === "never") return "its brackets or its last backslash mean nothing to fnmatch";
  if (pattern === "always" || stamp === undefined) return undefined;
  const [head] = pattern.segments;
  if (head?.place !== "here") return undefined;
  const known = head.tokens.slice(0, stamp.length);
  const misses = known.some(
    (token, place) => typeof token === "number" && !fits(token, stamp[place]),
  );
  return misses ? SKIP_IT : undefined;
}

/** Whether a byte can stand where the stamp has `known`: a digit for a digit, else the same byte. */
function fits(byte: number, known: number = 0): boolean {
  return isDigit(known) ? isDigit(byte) : byte === known;
}

function isDigit(byte: number): boolean {
  return /[0-9a-f]/.test(String.fromCharCode(byte));
}
