/** envdir: runs a program with variables set from the files of a directory (daemontools 0.76, envdir.c). */
import { ignoring } from "../posix/failure.ts";
import { AT_CWD } from "../posix/files.ts";
import type { Name } from "../posix/types.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { orEnd, TROUBLE, usage } from "./end.ts";
import { change, setting } from "./environment.ts";
import { readPrefix } from "./prefix.ts";
import { readWhole } from "./whole-file.ts";

const NAME = "envdir";
const HELP = `Usage: envdir [-p PREFIX] DIR PROGRAM…

Runs PROGRAM with an environment variable for each file in DIR: its name is the name of the file, its value
the first line of the file, without blanks and tabs at the end. NUL bytes become newlines. A file
that is quite empty removes the variable. Names that begin with a dot are passed over.

  -p PREFIX  put in front of each name
`;

export const envdir: Link = { kind: "link", name: NAME, help: HELP, run };

const NUL = 0;
const TAB = 0x09;
const NEWLINE = 0x0a;
const BLANK = 0x20;
const DOT = 0x2e;

function run(words: Words, state: State, system: System): Next {
  const { prefix, rest } = readPrefix(words.slice(1));
  const [directory, ...program] = rest;
  if (directory === undefined || program.length === 0) {
    throw usage(NAME, "envdir dir child", TROUBLE);
  }
  const changes = within(directory, system, () => readDirectory(directory, prefix, system));
  return { words: program, state: { ...state, environment: change(state.environment, changes) } };
}

/** Runs `action` in the directory, and goes back. */
function within<T>(directory: Buffer, system: System, action: () => T): T {
  const start = orEnd(NAME, ["switch to current directory"], () =>
    system.openAt(AT_CWD, ".", "read"),
  );
  orEnd(NAME, ["switch to directory ", directory], () => system.enter(directory));
  const result = action();
  orEnd(NAME, ["switch to starting directory"], () => system.enterOpen(start));
  system.close(start);
  return result;
}

/** The changes that the files of the working directory ask for, in the order of the directory. */
function readDirectory(directory: Buffer, prefix: Buffer, system: System): Buffer[] {
  const names = orEnd(NAME, ["read directory ", directory], () => system.list(AT_CWD));
  return names
    .filter((name) => name[0] !== DOT)
    .map((name) => {
      const bytes = orEnd(NAME, ["read ", directory, "/", name], () => read(system, name));
      const variable = Buffer.concat([prefix, name]);
      return bytes.length === 0 ? variable : setting(variable, valueOf(bytes));
    });
}

/** A name that leads nowhere reads as empty. */
function read(system: System, name: Name): Buffer {
  return ignoring(["ENOENT"], () => readWhole(system, name)) ?? Buffer.alloc(0);
}

/** The first line; blanks at its end go before NUL bytes become newlines. */
function valueOf(bytes: Buffer): Buffer {
  const newline = bytes.indexOf(NEWLINE);
  let end = newline === -1 ? bytes.length : newline;
  while (end > 0 && (bytes[end - 1] === BLANK || bytes[end - 1] === TAB)) end--;
  return Buffer.from(bytes.subarray(0, end).map((byte) => (byte === NUL ? NEWLINE : byte)));
}
