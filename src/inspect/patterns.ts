/**
 * Selection as in a logging script: each line begins as selected, `-PATTERN` deselects and `+PATTERN`
 * selects lines that match, in order; behind `F` patterns are those of fnmatch(3), behind `S` simple
 * again. They are held against the line as it is stored, its label included, and see its first 1000 bytes.
 *
 * @see daemontools 0.76, match.c; encore 1.11; src/multilog/kernel/pattern.ts and fnmatch.ts
 */
import { parseFnmatch } from "../multilog/kernel/fnmatch.ts";
import { type Chain, type Pattern, parseSimple, type Token } from "../multilog/kernel/pattern.ts";

const WINDOW_BYTES = 1000;
const PLUS = 0x2b;
const FNMATCH = 0x46;
const SIMPLE = 0x53;

interface Step {
  readonly selects: boolean;
  readonly pattern: Pattern;
  /** Whether the line ends at its first NUL. */
  readonly cut: boolean;
}

export class Patterns {
  private readonly steps: readonly Step[];

  /** @param words  `-PATTERN` and `+PATTERN`, and `F` and `S` before those that they are for, as bytes */
  constructor(words: readonly Uint8Array[]) {
    const steps: Step[] = [];
    let cut = false;
    for (const word of words) {
      if (word[0] === FNMATCH || word[0] === SIMPLE) cut = word[0] === FNMATCH;
      else {
        const pattern = (cut ? parseFnmatch : parseSimple)(word.subarray(1));
        steps.push({ selects: word[0] === PLUS, pattern, cut });
      }
    }
    this.steps = steps;
  }

  selects(memory: Buffer, start: number, end: number): boolean {
    const stop = Math.min(end, start + WINDOW_BYTES);
    let selected = true;
    for (const step of this.steps) {
      if (selected !== step.selects && matches(step, memory, start, stop)) selected = step.selects;
    }
    return selected;
  }
}

function matches({ pattern, cut }: Step, memory: Buffer, start: number, end: number): boolean {
  if (typeof pattern === "string") return pattern === "always";
  const zero = cut ? memory.indexOf(0, start) : -1;
  return chainMatches(pattern, memory, start, zero >= 0 && zero < end ? zero : end);
}

function chainMatches(
  { segments, open }: Chain,
  memory: Buffer,
  start: number,
  end: number,
): boolean {
  let at = start;
  for (const { place, first, tokens } of segments) {
    if (place === "skip") while (at < end && memory[at] !== first) at++;
    if (place === "last") at = Math.max(at, end - tokens.length);
    if (place === "search") while (at < end && !stand(tokens, memory, at, end)) at++;
    if (!stand(tokens, memory, at, end) || (place === "skip" && at === end)) return false;
    at += tokens.length;
  }
  return open || at === end;
}

function stand(tokens: readonly Token[], memory: Buffer, at: number, end: number): boolean {
  if (end - at < tokens.length) return false;
  return tokens.every((token, i) => {
    const byte = memory[at + i]!;
    if (typeof token === "number") return byte === token;
    return token === "any" || ((token[byte >> 3]! >> (byte & 7)) & 1) === 1;
  });
}
