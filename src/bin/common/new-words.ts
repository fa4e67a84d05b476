/** The command line of timberline new. */
import type { Words } from "../../chain/chain.ts";
import { USAGE, usage } from "../../chain/end.ts";
import { readLongOptions } from "../../chain/long-options.ts";
import { joined } from "../../posix/index.ts";
import { checkName } from "./run-words.ts";

export const NAME = "timberline new";
const USAGE_TEXT =
  "timberline new [ --dir dir ] [ --user account ] [ --env name=value ] [ --script action ] name [ -- ] program";
export const HELP = `Usage: timberline new [OPTION…] NAME [--] PROGRAM…

Writes the service directory NAME: run, which starts PROGRAM where this was called, and log/script, by which svscan
keeps its log in NAME/log/main, ten files of a megabyte, every line with its time. Nothing that is
there is ever changed. svscan starts what it finds in its directory within a second.

  -d, --dir DIR          where it appears when it is complete (the working directory); made if missing, but nothing above it
  -u, --user ACCOUNT     run it as this user (setuidgid)
  -e, --env NAME=VALUE   set a variable (envdir): a file NAME in NAME/env; can be repeated
  -s, --script ACTION    an action of multilog for the log, in place of all those that are usual; can be repeated

Every other word is PROGRAM's, to the byte. Change what was written as you like: docs/service-directory.md.

Exit codes: 0; 100 usage, or NAME is there; 111 system trouble; 101 our own fault.
`;

export interface NewOrder {
  readonly name: Buffer;
  readonly dir: Buffer;
  readonly user: Buffer | undefined;
  readonly variables: readonly Variable[];
  /** Empty: the usual ones. */
  readonly actions: readonly Buffer[];
  readonly program: Words;
}

export interface Variable {
  readonly name: Buffer;
  readonly value: Buffer;
}

/** @throws End */
export function readNewWords(words: Words): NewOrder {
  const syntax = {
    name: NAME,
    letters: "d:u:e:s:",
    usage: USAGE_TEXT,
    longNames: { dir: "d", user: "u", env: "e", script: "s" },
  };
  // Options may stand behind the name as well; what follows `--`, or the next word, is the program's.
  const front = readLongOptions([Buffer.from(NAME), ...words], syntax);
  const [name, ...behind] = front.rest;
  if (name === undefined) throw usage(NAME, USAGE_TEXT);
  const { options: more, rest: program } = readLongOptions([Buffer.from(NAME), ...behind], syntax);
  if (program.length === 0) throw usage(NAME, USAGE_TEXT);
  checkName(NAME, name, USAGE_TEXT);
  const values = (letter: string): Buffer[] =>
    [...front.options, ...more].flatMap((one) => (one.letter === letter ? [one.argument] : []));
  return {
    name,
    dir: values("d").at(-1) ?? Buffer.from("."),
    user: values("u").at(-1),
    variables: values("e").map(readVariable),
    actions: values("s").map(checkAction),
    program,
  };
}

/** What a file of envdir can say. @throws End */
function readVariable(text: Buffer): Variable {
  const equals = text.indexOf("=");
  const name = text.subarray(0, Math.max(equals, 0));
  const value = text.subarray(equals + 1);
  if (equals < 1 || name[0] === DOT || name.includes("/"))
    throw wrong(["--env takes NAME=VALUE, the name of a file: ", text]);
  if (/[ \t]$/.test(value.toString("latin1")))
    throw wrong(["a value that ends in a blank cannot stand in env: ", text]);
  return { name, value };
}

/** What a line of log/script can say. @throws End */
function checkAction(action: Buffer): Buffer {
  if (action.length === 0 || action[0] === HASH || action.includes("\n"))
    throw wrong([
      "no line of a script: an action is not empty, has no newline, begins with no #: ",
      action,
    ]);
  return action;
}

function wrong(words: readonly (string | Buffer)[]): Error {
  return usage(NAME, USAGE_TEXT, USAGE, joined([`${NAME}: `, ...words, "\n"]));
}

const [DOT, HASH] = [0x2e, 0x23];
