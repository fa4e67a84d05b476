/**
 * What is said on stderr: `NAME: fatal: TEXT`, `NAME: warning: TEXT`, with the cause behind it in
 * daemontools' words. Names of files go through byte for byte.
 */
import { SYSTEM_TROUBLE } from "./exit-codes.ts";
import { SystemFailure } from "./failure.ts";
import type { Name } from "./types.ts";

/** A text in parts, so that file names need not be UTF-8. */
export type Words = readonly Name[];

/** @returns the parts in a row, text as UTF-8 */
export function joined(words: Words): Buffer {
  return Buffer.concat(words.map((word) => (typeof word === "string" ? Buffer.from(word) : word)));
}

/** @returns the text of a failure: daemontools' words for a system failure, else its message */
export function causeText(cause: unknown): string {
  if (cause instanceof SystemFailure) return cause.text;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Composes one line: `unable to open directory ./x` and its cause. */
export function unableTo(words: Words, cause?: unknown): Buffer {
  const tail = cause === undefined ? [] : [`: ${causeText(cause)}`];
  return joined(["unable to ", ...words, ...tail]);
}

/** The end of a command before it began: what to say, and the exit code (100 usage, 111 system). */
export class Fatal extends Error {
  override readonly name = "Fatal";
  readonly exitCode: number;
  /** The line without the program's name, `fatal: ` and the newline. */
  readonly line: Buffer;

  constructor(exitCode: number, line: Buffer) {
    super(line.toString());
    this.exitCode = exitCode;
    this.line = line;
  }
}

/** Runs `action`; what fails becomes a Fatal with exit code 111 that says what was not possible. */
export function orFatal<T>(words: Words, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!(cause instanceof SystemFailure)) throw cause;
    throw new Fatal(SYSTEM_TROUBLE, unableTo(words, cause));
  }
}
