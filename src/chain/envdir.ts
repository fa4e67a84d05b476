/** envdir: runs a program with variables set from the files of a directory (daemontools 0.76, envdir.c). */
import { AT_CWD } from "../posix/files.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { orEnd, SYSTEM_TROUBLE, usage } from "./end.ts";
import { type Attempt, readVariables } from "./env-files.ts";
import { change } from "./environment.ts";
import { readPrefix } from "./prefix.ts";

const NAME = "envdir";
const HELP = `Usage: envdir [-p PREFIX] DIR PROGRAM…

Runs PROGRAM with an environment variable for each file in DIR: its name is the name of the file, its value
the first line of the file, without blanks and tabs at the end. NUL bytes become newlines. A file
that is quite empty removes the variable. Names that begin with a dot are passed over.

  -p PREFIX  put in front of each name
`;

export const envdir: Link = { kind: "link", name: NAME, help: HELP, run };

function run(words: Words, state: State, system: System): Next {
  const { prefix, rest } = readPrefix(words.slice(1));
  const [directory, ...program] = rest;
  if (directory === undefined || program.length === 0) {
    throw usage(NAME, "envdir dir child", SYSTEM_TROUBLE);
  }
  const changes = within(directory, system, () =>
    readVariables(system, AT_CWD, directory, attempt, prefix),
  );
  return { words: program, state: { ...state, environment: change(state.environment, changes) } };
}

const attempt: Attempt = (words, action) => orEnd(NAME, words, action);

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
