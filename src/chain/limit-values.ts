/** The names of limits and what their values mean (daemontools 0.76, softlimit.c; encore's additions). */
import { SystemFailure } from "../posix/failure.ts";
import { UNLIMITED } from "../posix/limits.ts";
import type { Resource } from "../posix/types.ts";
import type { System } from "./chain.ts";

/** What each letter of softlimit limits. */
export const LIMIT_LETTERS: Readonly<Record<string, readonly Resource[]>> = {
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

/** What stands behind `SOFTLIMIT_` in the name of a variable, in the order in which they act. */
export const LIMIT_VARIABLES: readonly (readonly [variable: string, letter: string])[] = [
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

/** What to throw. */
interface Refusals {
  failed(cause: string): Error;
  garbage(): Error;
}

/** The soft limit that an argument means: `=` the hard one, `-` none. Digits wrap at 64 bits, as in C. */
export function limitValue(
  argument: string,
  resource: Resource,
  system: Pick<System, "getHardLimit" | "liftHardLimit">,
  refusals: Refusals,
): bigint {
  const attempt = <T>(call: string, action: () => T): T => {
    try {
      return action();
    } catch (cause) {
      if (!(cause instanceof SystemFailure)) throw cause;
      throw refusals.failed(`${call} failed: ${cause.text}`);
    }
  };
  const hard = attempt("getrlimit", () => system.getHardLimit(resource));
  if (argument === "=") return hard;
  if (argument === "-") {
    if (hard !== UNLIMITED) attempt("setrlimit", () => system.liftHardLimit(resource));
    return UNLIMITED;
  }
  if (!/^[0-9]*$/.test(argument)) throw refusals.garbage();
  const value = BigInt.asUintN(64, BigInt(argument || "0"));
  return value < hard ? value : hard;
}
