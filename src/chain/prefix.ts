/** The option `-p PREFIX` of envdir and envini. */
import type { Words } from "./chain.ts";

const OPTION = Buffer.from("-p");

export interface Prefixed {
  /** What is put in front of each variable's name. */
  readonly prefix: Buffer;
  readonly rest: Words;
}

/** @param words  the arguments; the prefix may be attached to the option */
export function readPrefix(words: Words): Prefixed {
  const [first, second, ...rest] = words;
  if (!first?.subarray(0, OPTION.length).equals(OPTION))
    return { prefix: Buffer.alloc(0), rest: words };
  if (first.length > OPTION.length) {
    return { prefix: first.subarray(OPTION.length), rest: words.slice(1) };
  }
  return { prefix: second ?? Buffer.alloc(0), rest };
}
