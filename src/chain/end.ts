/** The end of a chain before there is a next program: what is said, and the exit code. */
import { SYSTEM_TROUBLE, USAGE } from "../posix/exit-codes.ts";
import { SystemFailure } from "../posix/failure.ts";
import { joined, unableTo, type Words } from "../posix/message.ts";
import type { Name } from "../posix/types.ts";

export { SYSTEM_TROUBLE, USAGE };

export class End extends Error {
  override readonly name = "End";
  readonly exitCode: number;
  /** Whole lines, newlines included. */
  readonly said: Buffer;

  constructor(exitCode: number, said: Buffer) {
    super(said.toString());
    this.exitCode = exitCode;
    this.said = said;
  }
}

/** Whether it is an End; by its name, as a bundle of commands that stay has a class of its own. */
export function isEnd(failure: unknown): failure is End {
  return failure instanceof Error && failure.name === "End";
}

/** `NAME: usage: TEXT`, and a line in front of it where there is more to say. */
export function usage(
  name: string,
  text: string,
  exitCode: number = USAGE,
  before: Name = "",
): End {
  return new End(exitCode, joined([before, `${name}: usage: ${text}\n`]));
}

/** `NAME: fatal: TEXT`; exit code 111. */
export function fatal(name: string, words: Words): End {
  return new End(SYSTEM_TROUBLE, joined([`${name}: fatal: `, ...words, "\n"]));
}

/** Runs `action`; what the system refuses ends the chain: `NAME: fatal: unable to WORDS: cause`. */
export function orEnd<T>(name: string, words: Words, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!(cause instanceof SystemFailure)) throw cause;
    throw fatal(name, [unableTo(words, cause)]);
  }
}
