/** softlimit: runs a program under soft resource limits (daemontools 0.76, softlimit.c; encore's additions). */
import type { Resource } from "../posix/types.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { fatal, usage } from "./end.ts";
import { type Environment, getVariable } from "./environment.ts";
import { LIMIT_LETTERS, LIMIT_VARIABLES, limitValue } from "./limit-values.ts";
import { type Option, readOptions } from "./options.ts";

const NAME = "softlimit";
const USAGE =
  "softlimit [-a allbytes] [-c corebytes] [-d databytes] [-f filebytes] [-l lockbytes] " +
  "[-m membytes] [-o openfiles] [-p processes] [-r residentbytes] [-s stackbytes] [-t cpusecs] child";
const HELP = `Usage: softlimit [-a ALL] [-c CORE] [-d DATA] [-f FILE] [-l LOCK] [-m MEMORY] [-o FILES]
                 [-p PROCESSES] [-r RESIDENT] [-s STACK] [-t SECONDS] PROGRAM…

Runs PROGRAM under soft limits, none above the hard limit:

  -m BYTES  data segment, stack, locked memory and all memory: as -d, -s, -l and -a
  -a BYTES  all memory           -d BYTES  data segment         -s BYTES  stack
  -l BYTES  locked memory        -r BYTES  resident memory      -c BYTES  core file
  -f BYTES  a file's size        -o N      open descriptors     -p N      processes of the user
  -t N      seconds of CPU time

A value of = means the hard limit, - no limit at all (that needs root where there is a hard one). The
variables SOFTLIMIT_ALLBYTES, _COREBYTES, _DATABYTES, _FILEBYTES, _LOCKEDBYTES, _MEMBYTES, _OPENFILES,
_PROCS, _RSSBYTES, _STACKBYTES and _CPUSECS do what the options do; options come after them.
`;

export const softlimit: Link = { kind: "link", name: NAME, help: HELP, run };

function run(words: Words, state: State, system: System): Next {
  const letters = Object.keys(LIMIT_LETTERS).join(":");
  const { options, rest } = readOptions(words, {
    name: NAME,
    letters: `${letters}:`,
    usage: USAGE,
  });
  if (rest.length === 0) throw usage(NAME, USAGE);
  const softLimits = new Map(state.softLimits);
  for (const { letter, argument } of [...fromVariables(state.environment), ...options]) {
    for (const resource of LIMIT_LETTERS[letter] ?? []) {
      softLimits.set(resource, valueOf(argument.toString("latin1"), resource, system));
    }
  }
  return { words: rest, state: { ...state, softLimits } };
}

function fromVariables(environment: Environment): Option[] {
  return LIMIT_VARIABLES.flatMap(([variable, letter]) => {
    const argument = getVariable(environment, `SOFTLIMIT_${variable}`);
    return argument === undefined ? [] : [{ letter, argument }];
  });
}

function valueOf(argument: string, resource: Resource, system: System): bigint {
  return limitValue(argument, resource, system, {
    failed: (cause) => fatal(NAME, [cause]),
    garbage: () => usage(NAME, USAGE),
  });
}
