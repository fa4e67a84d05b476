/** softlimit: runs a program under soft resource limits (daemontools 0.76, softlimit.c; encore's additions). */
import { SystemFailure } from "../posix/failure.ts";
import { UNLIMITED } from "../posix/limits.ts";
import type { Resource } from "../posix/types.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { fatal, usage } from "./end.ts";
import { type Environment, getVariable } from "./environment.ts";
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

const LIMITS: Readonly<Record<string, readonly Resource[]>> = {
  a: ["addressSpace"],
  c: ["core"],
  d: ["data"],
  f: ["fileSize"],
  l: ["lockedMemory"],
  m: ["data", "stack", "lockedMemory", "addressSpace"],
  o: ["openFiles"],
  p: ["processes"],
  r: ["residentSet"],
  s: ["stack"],
  t: ["cpu"],
};

/** In the order in which they act. */
const VARIABLES: readonly (readonly [variable: string, letter: string])[] = [
  ["ALLBYTES", "a"],
  ["COREBYTES", "c"],
  ["DATABYTES", "d"],
  ["FILEBYTES", "f"],
  ["LOCKEDBYTES", "l"],
  ["MEMBYTES", "m"],
  ["OPENFILES", "o"],
  ["PROCS", "p"],
  ["RSSBYTES", "r"],
  ["STACKBYTES", "s"],
  ["CPUSECS", "t"],
];

function run(words: Words, state: State, system: System): Next {
  const letters = Object.keys(LIMITS).join(":");
  const { options, rest } = readOptions(words, {
    name: NAME,
    letters: `${letters}:`,
    usage: USAGE,
  });
  if (rest.length === 0) throw usage(NAME, USAGE);
  const softLimits = new Map(state.softLimits);
  for (const { letter, argument } of [...fromVariables(state.environment), ...options]) {
    for (const resource of LIMITS[letter] ?? []) {
      softLimits.set(resource, valueOf(argument.toString("latin1"), resource, system));
    }
  }
  return { words: rest, state: { ...state, softLimits } };
}

function fromVariables(environment: Environment): Option[] {
  return VARIABLES.flatMap(([variable, letter]) => {
    const argument = getVariable(environment, `SOFTLIMIT_${variable}`);
    return argument === undefined ? [] : [{ letter, argument }];
  });
}

/** The soft limit that an argument means. Digits wrap at 64 bits, as in C. */
function valueOf(argument: string, resource: Resource, system: System): bigint {
  const hard = orFailed("getrlimit", () => system.getHardLimit(resource));
  if (argument === "=") return hard;
  if (argument === "-") {
    if (hard !== UNLIMITED) orFailed("setrlimit", () => system.liftHardLimit(resource));
    return UNLIMITED;
  }
  if (!/^[0-9]*$/.test(argument)) throw usage(NAME, USAGE);
  const value = BigInt.asUintN(64, BigInt(argument || "0"));
  return value < hard ? value : hard;
}

function orFailed<T>(call: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!(cause instanceof SystemFailure)) throw cause;
    throw fatal(NAME, [`${call} failed: ${cause.text}`]);
  }
}
