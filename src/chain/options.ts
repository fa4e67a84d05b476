/**
 * Options as daemontools reads them (sgopt.c): letters behind a `-`, several in one word; an
 * argument attached, or else the next word. They end at a word that does not begin with `-`, at a lone
 * `-`, which is left standing, and at one that begins with `--`, which is not.
 */
import { USAGE, usage } from "./end.ts";

const DASH = 0x2d;

export interface Option {
  /** One character. */
  readonly letter: string;
  /** Empty for an option that takes none. */
  readonly argument: Buffer;
}

export interface Syntax {
  readonly name: string;
  /** The letters; a `:` behind those that take an argument. */
  readonly letters: string;
  readonly usage: string;
}

/**
 * @param words  the command's own name, then its arguments
 * @returns the options in order, and the words behind them
 * @throws End  with two lines, when an option is unknown or lacks its argument
 */
export function readOptions(
  words: readonly Buffer[],
  syntax: Syntax,
): { readonly options: readonly Option[]; readonly rest: readonly Buffer[] } {
  const options: Option[] = [];
  let at = 1;
  for (let word = words[at]; word?.[0] === DASH && word.length > 1; word = words[++at]) {
    if (word[1] === DASH) return { options, rest: words.slice(at + 1) };
    for (let place = 1; place < word.length; place++) {
      const letter = String.fromCharCode(word[place] as number);
      if (letter === ":" || !syntax.letters.includes(letter))
        throw bad(syntax, letter, "illegal option");
      const takes = syntax.letters[syntax.letters.indexOf(letter) + 1] === ":";
      const attached = word.subarray(place + 1);
      const argument = !takes || attached.length > 0 ? attached : words[++at];
      if (argument === undefined) throw bad(syntax, letter, "option requires an argument");
      options.push({ letter, argument });
      if (takes) break;
    }
  }
  return { options, rest: words.slice(at) };
}

function bad({ name, usage: text }: Syntax, letter: string, complaint: string): Error {
  const said = Buffer.concat([
    Buffer.from(`${name}: ${complaint} -- `),
    Buffer.from(letter, "latin1"),
    Buffer.from("\n"),
  ]);
  return usage(name, text, USAGE, said);
}
