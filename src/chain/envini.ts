/** envini: runs a program with variables set from a file of sections (daemontools-encore, envini.c). */
import { ignoring } from "../posix/failure.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { orEnd, SYSTEM_TROUBLE, usage } from "./end.ts";
import { change, setting } from "./environment.ts";
import { readPrefix } from "./prefix.ts";
import { readWhole } from "./whole-file.ts";

const NAME = "envini";
const HELP = `Usage: envini [-p PREFIX] FILE PROGRAM…

Runs PROGRAM with variables set from the lines of FILE:

  NAME = VALUE   sets NAME; below a section, SECTION_NAME
  [SECTION]      begins a section
  ; TEXT         is a comment

A file that is not there counts as empty.

  -p PREFIX  put in front of each name
`;

export const envini: Link = { kind: "link", name: NAME, help: HELP, run };

function run(words: Words, state: State, system: System): Next {
  const { prefix, rest } = readPrefix(words.slice(1));
  const [file, ...program] = rest;
  if (file === undefined || program.length === 0) {
    throw usage(NAME, "envini [ -p prefix ] file child", SYSTEM_TROUBLE);
  }
  const bytes = orEnd(NAME, ["read ", file], () =>
    ignoring(["ENOENT"], () => readWhole(system, file)),
  );
  // A byte a character: what is not text passes as it is.
  const changes = settings(bytes?.toString("latin1") ?? "").map(([name, value]) =>
    setting(Buffer.concat([prefix, latin1(name)]), latin1(value)),
  );
  return { words: program, state: { ...state, environment: change(state.environment, changes) } };
}

/** Name and value of each line that sets something. */
function settings(text: string): [name: string, value: string][] {
  const found: [string, string][] = [];
  let section = "";
  for (const line of text.split("\n").map(trim)) {
    const equals = line.indexOf("=");
    if (line.startsWith(";")) continue;
    if (line.startsWith("[") && line.endsWith("]")) section = `${line.slice(1, -1)}_`;
    else if (equals !== -1) {
      found.push([section + trim(line.slice(0, equals)), trim(line.slice(equals + 1))]);
    }
  }
  return found;
}

function trim(text: string): string {
  return text.replace(/^[ \t\r]+|[ \t\r]+$/g, "");
}

/** Up to a NUL, which no variable can hold. */
function latin1(text: string): Buffer {
  return Buffer.from(text.split("\0", 1)[0] ?? "", "latin1");
}
