/** The variables that the files of a directory ask for (daemontools 0.76, envdir.c). */
import { ignoring } from "../posix/failure.ts";
import type { Words } from "../posix/message.ts";
import type { Fd, Files, Name } from "../posix/types.ts";
import { setting } from "./environment.ts";
import { readWhole } from "./whole-file.ts";

const NUL = 0;
const TAB = 0x09;
const NEWLINE = 0x0a;
const BLANK = 0x20;
const DOT = 0x2e;

/** Runs an action; of what the system refuses it says that it was unable to do `words`, by throwing. */
export type Attempt = <T>(words: Words, action: () => T) => T;

/**
 * Reads a file for each variable: its name, and its first line without blanks at the end. A file that
 * is quite empty removes the variable; names that begin with a dot are passed over.
 *
 * @param directory  opened; `name` is what messages call it
 * @param prefix  put in front of each name
 * @returns changes for `change` (environment.ts), in the order of the directory
 */
export function readVariables(
  system: Files,
  directory: Fd,
  name: Name,
  attempt: Attempt,
  prefix: Buffer = Buffer.alloc(0),
): Buffer[] {
  const files = attempt(["read directory ", name], () => system.list(directory));
  return files
    .filter((file) => file[0] !== DOT)
    .map((file) => {
      const bytes = attempt(["read ", name, "/", file], () => read(system, directory, file));
      const variable = Buffer.concat([prefix, file]);
      return bytes.length === 0 ? variable : setting(variable, valueOf(bytes));
    });
}

/** A name that leads nowhere reads as empty. */
function read(system: Files, directory: Fd, file: Name): Buffer {
  return ignoring(["ENOENT"], () => readWhole(system, file, directory)) ?? Buffer.alloc(0);
}

/** The first line; blanks at its end go before NUL bytes become newlines. */
function valueOf(bytes: Buffer): Buffer {
  const newline = bytes.indexOf(NEWLINE);
  let end = newline === -1 ? bytes.length : newline;
  while (end > 0 && (bytes[end - 1] === BLANK || bytes[end - 1] === TAB)) end--;
  return Buffer.from(bytes.subarray(0, end).map((byte) => (byte === NUL ? NEWLINE : byte)));
}
