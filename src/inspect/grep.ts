/** A regular expression over lines of bytes. */

/** What a search looks for. */
export interface GrepOptions {
  readonly pattern: string;
  readonly ignoreCase?: boolean;
}

export class Grep {
  /** A text that every match contains; undefined when none is known. */
  readonly literal: Buffer | undefined;
  /** Where in the literal its least usual byte stands: looking for that one is quickest. */
  private rareAt: number;
  private isSampled = false;
  private readonly expression: RegExp;
  /** The pattern is nothing but its literal. */
  private readonly isLiteral: boolean;

  /** @throws SyntaxError when the pattern is none */
  constructor({ pattern, ignoreCase = false }: GrepOptions) {
    // `u` only where it is needed: it forbids escapes that people write.
    const unicode = /\\[pP]\{|\\u\{/.test(pattern) ? "u" : "";
    this.expression = new RegExp(pattern, `${ignoreCase ? "i" : ""}${unicode}g`);
    const literal = requiredText(pattern);
    this.isLiteral = literal === pattern && !ignoreCase;
    this.literal = ignoreCase || literal === undefined ? undefined : Buffer.from(literal);
    this.rareAt = this.literal === undefined ? 0 : rarest(this.literal);
  }

  /** Where the literal stands next in memory[from, end); -1: nowhere. Only with a literal. */
  find(memory: Buffer, from: number, end: number): number {
    const literal = this.literal as Buffer;
    if (!this.isSampled && end - from >= SAMPLE_BYTES) this.sample(memory, from);
    const { rareAt } = this;
    const rare = literal[rareAt]!;
    const bytes = end === memory.length ? memory : memory.subarray(0, end);
    for (let at = from + rareAt, misses = 0; ; at++) {
      at = bytes.indexOf(rare, at);
      if (at < 0) return -1;
      if (holds(bytes, at - rareAt, literal)) return at - rareAt;
      // A byte that is not rare here: the whole text at once is quicker then.
      if (++misses > MOST_MISSES) return bytes.indexOf(literal, at - rareAt + 1);
    }
  }

  /** Which of the literal's bytes is the least usual one here. */
  private sample(memory: Buffer, from: number): void {
    this.isSampled = true;
    const counts = new Uint32Array(256);
    for (let at = from; at < from + SAMPLE_BYTES; at++) counts[memory[at]!]!++;
    const literal = this.literal as Buffer;
    for (const [at, byte] of literal.entries())
      if (counts[byte]! < counts[literal[this.rareAt]!]!) this.rareAt = at;
  }

  test(memory: Buffer, start: number, end: number): boolean {
    if (this.literal !== undefined) {
      const found = this.find(memory, start, end);
      if (found < 0) return false;
      if (this.isLiteral) return true;
    }
    this.expression.lastIndex = 0;
    return this.expression.test(memory.toString("utf8", start, end));
  }

  /** Marks every match in a text. */
  mark(text: string, before: string, after: string): string {
    return text.replace(this.expression, (found) =>
      found === "" ? "" : `${before}${found}${after}`,
    );
  }
}

const MOST_MISSES = 64;
const SAMPLE_BYTES = 32 * 1024;

function holds(bytes: Buffer, at: number, literal: Buffer): boolean {
  if (at + literal.length > bytes.length) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

/** The longest run of plain characters that every match contains; known of simple patterns only. */
export function requiredText(pattern: string): string | undefined {
  const runs: string[] = [];
  let run: string[] = [];
  const end = (): void => {
    runs.push(run.join(""));
    run = [];
  };
  // An atom: an escape, a class, a counted repetition, or one character.
  for (const [atom] of pattern.matchAll(/\\.|\[(?:\\.|[^\]])*\]|\{[^}]*\}|./gsu)) {
    // Alternatives and groups: one may do without what another needs.
    if (atom === "(" || atom === "|") return undefined;
    // The character before may be missing.
    if (atom === "*" || atom === "?" || atom.startsWith("{")) run.pop();
    if (/^\\[^a-zA-Z0-9]$/s.test(atom)) run.push(atom.slice(1));
    else if (/^(?:[.^$+*?{}]|\\.|\[.*|\{.*)$/s.test(atom)) end();
    else run.push(atom);
  }
  end();
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a));
  return longest === "" ? undefined : longest;
}

/** From what is usual in logs to what is not. */
const USUAL = Buffer.from(
  " etaoinsrlcdu0123:.-=/pmhgfbyvwk456789_,()[]\"'TSAECIRDNOMPLFBx@jqzGHUVWKY",
);

function rarest(literal: Buffer): number {
  const rank = (byte: number): number => {
    const place = USUAL.indexOf(byte);
    return place < 0 ? USUAL.length : place;
  };
  let best = 0;
  for (const [at, byte] of literal.entries()) if (rank(byte) > rank(literal[best]!)) best = at;
  return best;
}
