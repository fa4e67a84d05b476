/** timberline new: the service directory of a program. */

import { checkScript } from "../../multilog/check.ts";
import {
  AT_CWD,
  Fatal,
  type Fd,
  findAccount,
  joined,
  orFatal,
  type Posix,
  posix,
  realPath,
  USAGE,
} from "../../posix/index.ts";
import {
  DEFAULT_ACTIONS,
  makeUnlessThere,
  type ServiceFile,
  scriptFile,
  writeNew,
} from "../../supervise/service-files.ts";
import { quoted } from "../../supervise/sh-words.ts";
import { HELP, NAME, type NewOrder, readNewWords, type Variable } from "./new-words.ts";
import { commandPrefix, findProgram } from "./program.ts";
import { serviceDir } from "./service-names.ts";
import { print, type Tool } from "./tool.ts";

export const make: Tool = {
  name: NAME,
  help: HELP,
  run: (words, state) => {
    const order = readNewWords(words);
    const actions = order.actions.length === 0 ? DEFAULT_ACTIONS : order.actions;
    refuseMistakes(actions);
    if (order.user !== undefined) checkAccount(order.user);
    const program = [findProgram(order.program[0] as Buffer, state), ...order.program.slice(1)];
    write(order, [
      runFile({ ...order, program }),
      scriptFile("log/script", actions),
      ...order.variables.map(variableFile),
    ]);
    print(Buffer.from(nextSteps(order, serviceDir(state.environment), commandPrefix(state))));
    return 0;
  },
};

/** @throws Fatal, exit code 100 */
function refuseMistakes(actions: readonly Uint8Array[]): void {
  const [mistake] = checkScript(actions, emptyPlace).mistakes;
  if (mistake !== undefined) throw new Fatal(USAGE, joined(["--script: ", mistake]));
}

/** The system as it is in a directory that is new. */
const emptyPlace: Posix = {
  ...posix,
  statusAt: (dir, name) => {
    const path = String(name);
    const isInside = !path.startsWith("/") && !/^[./]*$/.test(path);
    return isInside ? undefined : posix.statusAt(dir, name);
  },
};

function checkAccount(user: Buffer): void {
  if (findAccount(user) === undefined)
    throw new Fatal(USAGE, joined(["there is no account ", user]));
}

function runFile({ program, user, variables }: NewOrder): ServiceFile {
  const here = realPath(".") ?? Buffer.from("/");
  const isEnvSet = variables.length > 0;
  const words = [
    ...(isEnvSet ? [ENVDIR] : []),
    ...(user === undefined ? [] : [Buffer.from("setuidgid "), quoted(user), BLANK]),
    ...program.flatMap((word, at) => (at === 0 ? [quoted(word)] : [BLANK, quoted(word)])),
  ];
  const lines = [
    "#!/bin/sh\n",
    "# Errors into the log as well.\nexec 2>&1\n",
    ...(isEnvSet ? ["service=$PWD\n"] : []),
    "cd ",
    quoted(here),
    " || exit 111\n",
    "# exec: the program takes the place of this shell, and gets its signals.\n",
    "exec ",
    ...words,
    "\n",
  ];
  return { name: "run", mode: 0o755, text: joined(lines) };
}

/** As envdir reads it back: a newline stands as a NUL. */
function variableFile({ name, value }: Variable): ServiceFile {
  const text = Buffer.from(value.toString("latin1").replaceAll("\n", "\0"), "latin1");
  return { name: joined(["env/", name]), mode: 0o600, text: joined([text, "\n"]) };
}

/** Under a name that svscan passes over, until it is complete. @throws Fatal */
function write({ dir, name, variables }: NewOrder, files: readonly ServiceFile[]): void {
  const path = joined([dir, "/", name]);
  const words = ["make ", path];
  orFatal(["make ", dir], () => makeUnlessThere(posix, AT_CWD, dir, 0o755));
  const parent = orFatal(words, () => posix.openAt(AT_CWD, dir, "directory"));
  if (orFatal(words, () => posix.statusAt(parent, name)) !== undefined)
    throw new Fatal(USAGE, joined([path, " is there already: nothing was changed"]));
  const hidden = joined([".", name.subarray(0, LONGEST_PART), `.${process.pid}`]);
  orFatal([...words, " as ", hidden], () => {
    const made = makeDirectories(parent, hidden, variables.length > 0 ? ["log", "env"] : ["log"]);
    try {
      for (const file of files) writeNew(posix, made, file);
    } finally {
      posix.close(made);
    }
    posix.renameAt(parent, hidden, name);
  });
}

/** @returns the first of them, open */
function makeDirectories(parent: Fd, name: Buffer, inside: readonly string[]): Fd {
  posix.makeDirectory(parent, name, 0o755);
  const made = posix.openAt(parent, name, "directory");
  // What is in env may be secret.
  for (const one of inside) posix.makeDirectory(made, one, one === "env" ? 0o700 : 0o755);
  return made;
}

function nextSteps({ dir, name, variables }: NewOrder, services: Buffer, prefix: string): Buffer {
  const path = dir.equals(Buffer.from(".")) ? name : joined([dir, "/", name]);
  const shown = quoted(path);
  const here = realPath(dir) ?? dir;
  const isServed = here.equals(realPath(services) ?? services);
  const files = `run, log/script${variables.length > 0 ? ", env" : ""}`;
  const start = isServed
    ? ["  svscan, where it runs on ", services, ", starts it within a second\n"]
    : [
        `  ${prefix}svscan `,
        quoted(dir),
        "   starts it, and every other service that is there\n",
        "  ln -s ",
        quoted(joined([here, "/", name])),
        " ",
        quoted(services),
        "/   hands it to a svscan that runs on ",
        services,
        "\n",
      ];
  return joined([
    path,
    ` is made: ${files}. Next:\n`,
    ...start,
    `  ${prefix}svstat --why `,
    shown,
    "   says how it is\n",
    `  ${prefix}svlog -f `,
    shown,
    "   shows what it says\n",
    `  ${prefix}svc restart `,
    shown,
    "   and stop, start, hup, …\n",
  ]);
}

const LONGEST_PART = 200;
const BLANK = Buffer.from(" ");
const ENVDIR = Buffer.from('envdir "$service/env" ');
