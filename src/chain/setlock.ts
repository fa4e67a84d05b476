/** setlock: runs a program that holds a lock (daemontools 0.76, setlock.c). */
import { SystemFailure } from "../posix/failure.ts";
import { AT_CWD } from "../posix/files.ts";
import { unableTo } from "../posix/message.ts";
import type { Fd } from "../posix/types.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { End, fatal, usage } from "./end.ts";
import { readOptions } from "./options.ts";

const NAME = "setlock";
const USAGE = "setlock [ -nNxX ] file program [ arg ... ]";
const HELP = `Usage: setlock [-nNxX] FILE PROGRAM…

Opens FILE, makes it if need be, locks it, and runs PROGRAM, which holds the lock as long as it has the
descriptor open.

  -n  do not wait for a lock that another holds: end with code 111
  -N  wait (as it does without an option)
  -x  when FILE cannot be opened or locked, end with code 0 in silence
  -X  say so, and end with code 111 (as it does without an option)
`;
const MODE = 0o600;

export const setlock: Link = { kind: "link", name: NAME, help: HELP, run };

function run(words: Words, state: State, system: System): Next {
  const { options, rest } = readOptions(words, { name: NAME, letters: "nNxX", usage: USAGE });
  const last = (either: string): string | undefined =>
    options.findLast(({ letter }) => either.includes(letter))?.letter;
  const [file, ...program] = rest;
  if (file === undefined || program.length === 0) throw usage(NAME, USAGE);
  const silent = last("xX") === "x";
  const fd = orRefuse(silent, "open", file, () => system.openAt(AT_CWD, file, "append", MODE));
  orRefuse(silent, "lock", file, () => {
    if (!system.lock(fd, last("nN") !== "n")) throw new SystemFailure("EAGAIN", "flock");
  });
  const descriptors = new Map(state.descriptors).set(lowestFree(state, system), fd);
  return { words: program, state: { ...state, descriptors } };
}

function orRefuse<T>(silent: boolean, what: string, file: Buffer, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!(cause instanceof SystemFailure)) throw cause;
    if (silent) throw new End(0, Buffer.alloc(0));
    throw fatal(NAME, [unableTo([`${what} `, file], cause)]);
  }
}

/** The number that a descriptor would get that is opened without Node. */
function lowestFree(state: State, system: System): Fd {
  let fd = 0;
  while (system.inherited.includes(fd) || state.descriptors.has(fd)) fd++;
  return fd;
}
