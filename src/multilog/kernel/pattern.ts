/**
 * A pattern, taken apart into segments: the form in which the kernel's table holds it. Here also
 * djb's patterns are taken apart; fnmatch's are in fnmatch.ts.
 */

/** 256 bits: which bytes may stand at one place. */
export type ByteSet = Uint8Array;
/** What one byte of the text must be. */
export type Token = number | "any" | ByteSet;

/** Bytes that stand together, and where: see PLACE_… in layout.ts. */
export interface Segment {
  readonly place: "here" | "skip" | "search" | "last";
  /** The byte to look for; -1 when it can be any. */
  readonly first: number;
  readonly tokens: readonly Token[];
}

export interface Chain {
  readonly segments: readonly Segment[];
  /** Whether anything may follow the last segment, or the text must end there. */
  readonly open: boolean;
}

export type Pattern = Chain | "always" | "never";

export const STAR = 0x2a;

/**
 * Takes djb's pattern apart. `*` skips to the first byte equal to the one that follows it in the
 * pattern and never goes back; that byte is then matched as part of the pattern, so `**` means:
 * skip to the first literal `*`, and from there anything.
 *
 * @see daemontools 0.76, match.c
 */
export function parseSimple(pattern: Uint8Array): Pattern {
  const segments: Segment[] = [];
  let place: Segment["place"] = "here";
  let first = -1;
  let tokens: number[] = [];
  for (const [i, byte] of pattern.entries()) {
    if (byte !== STAR) {
      tokens.push(byte);
      continue;
    }
    if (place === "skip" || tokens.length > 0) segments.push({ place, first, tokens });
    const next = pattern[i + 1];
    if (next === undefined) return segments.length === 0 ? "always" : { segments, open: true };
    place = "skip";
    first = next;
    tokens = [];
  }
  segments.push({ place, first, tokens });
  return { segments, open: false };
}
