/**
 * Takes a pattern of fnmatch(3) apart: flags 0, C locale, bytes, as glibc reads it.
 *
 * `*` any bytes, also `/` and a leading dot; `?` one byte; `[…]` one byte of a set; `\` the next
 * byte itself. Ill-formed brackets follow glibc as far as one reading of the pattern can:
 *
 *     [abc          no `]`: the `[` is an ordinary byte
 *     [ab\  a\      a `\` at the very end: matches nothing
 *     [a-           a range without an end: matches nothing
 *     [[:nope:]]    an unknown class, [.xy.] of several bytes: matches nothing
 *
 * (glibc reads a bracket anew for every byte of text, and stops reading where the byte matched; so
 * with several mistakes in one bracket it can find one mistake for one byte and not for another.)
 */
import type { ByteSet, Pattern, Segment, Token } from "./pattern.ts";
import { STAR } from "./pattern.ts";

const QUESTION = 0x3f;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const DASH = 0x2d;
const COLON = 0x3a;
const EQUALS = 0x3d;
const DOT = 0x2e;
const BANG = 0x21;
const CARET = 0x5e;

/** The classes of the C locale: ranges of bytes, first and last. */
const classes: Readonly<Record<string, readonly number[]>> = {
  alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  alpha: [0x41, 0x5a, 0x61, 0x7a],
  blank: [0x09, 0x09, 0x20, 0x20],
  cntrl: [0x00, 0x1f, 0x7f, 0x7f],
  digit: [0x30, 0x39],
  graph: [0x21, 0x7e],
  lower: [0x61, 0x7a],
  print: [0x20, 0x7e],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  space: [0x09, 0x0d, 0x20, 0x20],
  upper: [0x41, 0x5a],
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
};

interface Bracket {
  readonly set: ByteSet;
  /** Just past the closing `]`. */
  readonly end: number;
}

export function parseFnmatch(pattern: Uint8Array): Pattern {
  const runs: Token[][] = [[]];
  let run: Token[] = runs[0]!;
  for (let i = 0; i < pattern.length; ) {
    const byte = pattern[i++]!;
    if (byte === STAR) {
      run = [];
      runs.push(run);
    } else if (byte === QUESTION) {
      run.push("any");
    } else if (byte === BACKSLASH) {
      const escaped = pattern[i++];
      if (escaped === undefined) return "never";
      run.push(escaped);
    } else if (byte === OPEN) {
      const bracket = parseBracket(pattern, i);
      if (bracket === "never") return "never";
      if (bracket === "literal") {
        run.push(OPEN);
      } else {
        run.push(bracket.set);
        i = bracket.end;
      }
    } else {
      run.push(byte);
    }
  }
  return placeRuns(runs);
}

/** Runs of tokens with a star between each two: the first begins the text, the last ends it. */
function placeRuns(runs: readonly Token[][]): Pattern {
  const last = runs.length - 1;
  const segments: Segment[] = [];
  for (const [i, tokens] of runs.entries()) {
    if (tokens.length === 0 && last > 0) continue;
    const place = i === 0 ? "here" : i === last ? "last" : "search";
    const first = typeof tokens[0] === "number" ? tokens[0] : -1;
    segments.push({ place, first, tokens });
  }
  if (segments.length === 0) return "always";
  return { segments, open: runs[last]!.length === 0 && last > 0 };
}

/** Reads what follows a `[`. */
function parseBracket(pattern: Uint8Array, start: number): Bracket | "literal" | "never" {
  const set: ByteSet = new Uint8Array(32);
  let i = start;
  const negated = pattern[i] === BANG || pattern[i] === CARET;
  if (negated) i += 1;
  for (let first = true; ; first = false) {
    const byte = pattern[i];
    if (byte === undefined) return "literal";
    if (byte === CLOSE && !first) break;
    const named = byte === OPEN ? readClass(pattern, i) : undefined;
    if (named !== undefined) {
      const ranges = classes[named.name];
      if (ranges === undefined) return "never";
      for (let k = 0; k < ranges.length; k += 2) addRange(set, ranges[k]!, ranges[k + 1]!);
      i = named.end;
      continue;
    }
    const equal = byte === OPEN ? readEqual(pattern, i) : undefined;
    if (equal !== undefined) {
      addRange(set, equal, equal);
      i += 5;
      continue;
    }
    const from = readElement(pattern, i);
    if (from === "never") return "never";
    i = from.end;
    if (pattern[i] !== DASH || pattern[i + 1] === CLOSE) {
      addRange(set, from.byte, from.byte);
      continue;
    }
    if (i + 1 >= pattern.length) return "never";
    const to = readElement(pattern, i + 1);
    if (to === "never") return "never";
    addRange(set, from.byte, to.byte);
    i = to.end;
  }
  if (negated) for (let k = 0; k < set.length; k++) set[k] = ~set[k]!;
  return { set, end: i + 1 };
}

/** `[:name:]` at `at`; undefined when it is none, and its `[` an ordinary byte. */
function readClass(pattern: Uint8Array, at: number): { name: string; end: number } | undefined {
  if (pattern[at + 1] !== COLON) return undefined;
  let name = "";
  for (let i = at + 2; ; i++) {
    const byte = pattern[i];
    if (byte === COLON && pattern[i + 1] === CLOSE) return { name, end: i + 2 };
    // glibc stops short of z as well; no class has one in its name.
    if (byte === undefined || byte < 0x61 || byte >= 0x7a) return undefined;
    name += String.fromCharCode(byte);
  }
}

/** The byte of `[=c=]` at `at`; undefined when it is none. */
function readEqual(pattern: Uint8Array, at: number): number | undefined {
  const closed = pattern[at + 3] === EQUALS && pattern[at + 4] === CLOSE;
  return pattern[at + 1] === EQUALS && closed ? pattern[at + 2] : undefined;
}

/** One byte, bare, escaped or as `[.c.]`. */
function readElement(pattern: Uint8Array, at: number): { byte: number; end: number } | "never" {
  const byte = pattern[at]!;
  if (byte === BACKSLASH) {
    const escaped = pattern[at + 1];
    return escaped === undefined ? "never" : { byte: escaped, end: at + 2 };
  }
  if (byte !== OPEN || pattern[at + 1] !== DOT) return { byte, end: at + 1 };
  const single = pattern[at + 3] === DOT && pattern[at + 4] === CLOSE;
  return single ? { byte: pattern[at + 2]!, end: at + 5 } : "never";
}

function addRange(set: ByteSet, from: number, to: number): void {
  for (let byte = from; byte <= to; byte++) set[byte >> 3]! |= 1 << (byte & 7);
}
