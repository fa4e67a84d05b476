/** How the commands of services look up names. */
import type { State } from "../../chain/chain.ts";
import { posix } from "../../posix/index.ts";
import { DEFAULT_SERVICE_DIR, type Names, namesIn } from "../../supervise/names.ts";

const VARIABLE = "SERVICE_DIR=";

/** Where services are that are not here. */
export function serviceDir(environment: State["environment"]): Buffer {
  const set = environment.find((string) => string.subarray(0, VARIABLE.length).equals(KEY));
  return set?.subarray(VARIABLE.length) ?? Buffer.from(DEFAULT_SERVICE_DIR);
}

export function namesOf(environment: State["environment"]): Names {
  return namesIn(posix, serviceDir(environment));
}

const KEY = Buffer.from(VARIABLE);
