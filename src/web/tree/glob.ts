/**
 * Patterns of names: `*`, `?` and `[…]`, as elsewhere here, and nothing else. They come from strangers: a match
 * takes at most as many steps as the name has letters, times those of the pattern, which no regular expression
 * that goes back and forth does.
 */
const MANY = Symbol("*");
const ONE = Symbol("?");

interface Letters {
  readonly isNegated: boolean;
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** A number is that letter. */
type Part = typeof MANY | typeof ONE | number | Letters;

const GLOB = /[*?[]/;
/** A `]` that stands first is a letter. */
const BRACKETS = /^\[([!^]?)(\]?[^\]]*)\]/su;
const RANGE = /(.)-(.)|(.)/gsu;
const WIDE = 0xffff;

export function isGlob(word: string): boolean {
  return GLOB.test(word);
}

export function compileGlob(pattern: string): (name: string) => boolean {
  const parts = partsOf(pattern);
  return (name) => isMatch(parts, name);
}

function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; ) {
    const letter = pattern[at];
    const found = letter === "[" ? BRACKETS.exec(pattern.slice(at)) : null;
    if (found !== null) {
      parts.push(lettersOf(found[1] !== "", found[2] ?? ""));
      at += found[0].length;
    } else if (letter === "*") {
      if (parts.at(-1) !== MANY) parts.push(MANY);
      at++;
    } else {
      const code = pattern.codePointAt(at) ?? 0;
      parts.push(letter === "?" ? ONE : code);
      at += widthOf(code);
    }
  }
  return parts;
}

function lettersOf(isNegated: boolean, text: string): Letters {
  const ranges = [...text.matchAll(RANGE)].map(([, first, last, single]): [number, number] => [
    codeOf(first ?? single),
    codeOf(last ?? single),
  ]);
  return { isNegated, ranges };
}

const codeOf = (letter: string | undefined): number => letter?.codePointAt(0) ?? 0;
const widthOf = (code: number): number => (code > WIDE ? 2 : 1);

/** What comes behind a `*` is tried at one place after the other; of an earlier `*` nothing is tried again. */
function isMatch(parts: readonly Part[], name: string): boolean {
  let [at, next] = [0, 0];
  let [many, resumed] = [-1, 0];
  while (at < name.length) {
    const code = name.codePointAt(at) ?? 0;
    const part = parts[next];
    if (part === MANY) {
      many = next++;
      resumed = at;
    } else if (part !== undefined && fits(part, code)) {
      next++;
      at += widthOf(code);
    } else if (many === -1) return false;
    else {
      resumed += widthOf(name.codePointAt(resumed) ?? 0);
      at = resumed;
      next = many + 1;
    }
  }
  if (parts[next] === MANY) next++;
  return next === parts.length;
}

function fits(part: Exclude<Part, typeof MANY>, code: number): boolean {
  if (part === ONE || part === code) return true;
  if (typeof part === "number") return false;
  return part.ranges.some(([first, last]) => first <= code && code <= last) !== part.isNegated;
}
