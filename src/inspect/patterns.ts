/**
 * Selection as in a logging script: each line begins as selected, `-PATTERN` deselects and `+PATTERN`
 * selects lines that match, in order. Patterns are held against the line as it is stored, its label
 * included, and see its first 1000 bytes.
 *
 * @see daemontools 0.76, match.c; src/multilog/kernel/pattern.ts
 */
import { type Chain, type Pattern, parseSimple } from "../multilog/kernel/pattern.ts";

const WINDOW_BYTES = 1000;
const PLUS = 0x2b;

interface Step {
  readonly selects: boolean;
  readonly pattern: Pattern;
}

export class Patterns {
  private readonly steps: readonly Step[];

  /** @param words  `-PATTERN` and `+PATTERN`, as bytes */
  constructor(words: readonly Uint8Array[]) {
    this.steps = words.map((word) => ({
      selects: word[0] === PLUS,
      pattern: parseSimple(word.subarray(1)),
    }));
  }

  selects(memory: Buffer, start: number, end: number): boolean {
    const stop = Math.min(end, start + WINDOW_BYTES);
    let selected = true;
    for (const { selects, pattern } of this.steps) {
      if (selected !== selects && matches(pattern, memory, start, stop)) selected = selects;
    }
    return selected;
  }
}

function matches(pattern: Pattern, memory: Buffer, start: number, end: number): boolean {
  if (typeof pattern === "string") return pattern === "always";
  return chainMatches(pattern, memory, start, end);
}

function chainMatches(
  { segments, open }: Chain,
  memory: Buffer,
  start: number,
  end: number,
): boolean {
  let at = start;
  for (const { place, first, tokens } of segments) {
    if (place === "skip") {
      while (at < end && memory[at] !== first) at++;
      if (at === end) return false;
    }
    for (const token of tokens) {
      if (at >= end || memory[at] !== token) return false;
      at++;
    }
  }
  return open || at === end;
}
