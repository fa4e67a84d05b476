/**
 * The words of svlog, which need not be UTF-8: commander is given each byte as a character, and what it
 * gives back is made bytes again.
 */

/** Which no word holds: it hides a pattern's dash from commander. */
const HIDING = "\0";
const PLUS = 0x2b;
const DASH = 0x2d;
const NO_OPTION = /^-\*/;

/** Patterns `-*…` begin like options; no option begins so. */
export function forCommander(words: readonly Buffer[]): string[] {
  const texts = words.map((word) => word.toString("latin1"));
  const end = texts.indexOf("--");
  return texts.map((text, index) =>
    NO_OPTION.test(text) && (end < 0 || index < end) ? `${HIDING}${text}` : text,
  );
}

/** A word as it was given. */
export function bytesOf(word: string): Buffer {
  return Buffer.from(word.startsWith(HIDING) ? word.slice(1) : word, "latin1");
}

/** A word that is text. */
export function textOf(word: string): string {
  return bytesOf(word).toString();
}

export interface SortedWords {
  readonly targets: readonly Buffer[];
  /** `+…` and `-…`, and `F` and `S` before one of them. */
  readonly patterns: readonly Buffer[];
}

/** Tells the words of a logging script from targets. */
export function sortWords(words: readonly Buffer[]): SortedWords {
  const selects = (word: Buffer): boolean => word[0] === PLUS || word[0] === DASH;
  const last = words.findLastIndex(selects);
  const isPattern = (word: Buffer, index: number): boolean =>
    selects(word) || (index < last && ["F", "S"].includes(String(word)));
  return {
    targets: words.filter((word, index) => !isPattern(word, index)),
    patterns: words.filter(isPattern),
  };
}
