/**
 * Options that have a long name as well as a letter: `--name`, `--name value` and `--name=value` become what
 * their letter would be, and are then read like all others.
 */
import type { Words } from "./chain.ts";
import { USAGE, usage } from "./end.ts";
import { type Option, readOptions, type Syntax } from "./options.ts";

const DASH = 0x2d;
const EQUALS = 0x3d;

export interface LongSyntax extends Syntax {
  /** The letter of each long name. */
  readonly longNames: Readonly<Record<string, string>>;
}

/** Like `readOptions`. @throws End */
export function readLongOptions(
  words: Words,
  syntax: LongSyntax,
): { readonly options: readonly Option[]; readonly rest: Words } {
  return readOptions(withLetters(words, syntax), syntax);
}

function withLetters(words: Words, syntax: LongSyntax): Words {
  const out = words.slice(0, 1);
  let at = 1;
  for (let word = words[at]; isOption(word); word = words[at]) {
    at++;
    const takesNext = word[1] === DASH ? pushLong(out, word, syntax) : pushShort(out, word, syntax);
    const next = words[at];
    if (takesNext && next !== undefined) {
      out.push(next);
      at++;
    }
  }
  return [...out, ...words.slice(at)];
}

/** Begins with a dash, and is neither `-` nor `--`. */
function isOption(word: Buffer | undefined): word is Buffer {
  return word?.[0] === DASH && word.length > 1 && !(word.length === 2 && word[1] === DASH);
}

/** @returns whether the next word is its argument */
function pushLong(out: Buffer[], word: Buffer, syntax: LongSyntax): boolean {
  const equals = word.indexOf(EQUALS);
  const name = word.subarray(2, equals === -1 ? undefined : equals);
  const letter = Object.entries(syntax.longNames).find(([long]) =>
    name.equals(Buffer.from(long)),
  )?.[1];
  if (letter === undefined) throw bad(syntax, "illegal option -- ", name);
  out.push(Buffer.from(`-${letter}`));
  if (equals === -1) return takesArgument(syntax, letter);
  if (!takesArgument(syntax, letter)) throw bad(syntax, "option takes no argument -- ", name);
  out.push(word.subarray(equals + 1));
  return false;
}

/** Likewise: that of the last letter, when it takes one. */
function pushShort(out: Buffer[], word: Buffer, syntax: LongSyntax): boolean {
  out.push(word);
  const letters = Array.from(word.toString("latin1", 1));
  const first = letters.findIndex((letter) => takesArgument(syntax, letter));
  return first !== -1 && first === letters.length - 1;
}

function takesArgument({ letters }: LongSyntax, letter: string): boolean {
  return letters.includes(`${letter}:`);
}

function bad({ name, usage: text }: LongSyntax, complaint: string, option: Buffer): Error {
  const said = Buffer.concat([Buffer.from(`${name}: ${complaint}`), option, Buffer.from("\n")]);
  return usage(name, text, USAGE, said);
}
