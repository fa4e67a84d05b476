/** What one service directory says now: read at once, and again when there is news of it. */
import { AT_CWD, type Fd, type Posix, SystemFailure, unableTo } from "../../posix/index.ts";
import type { DeathEntry } from "../../supervise/deaths.ts";
import {
  readDeaths,
  readGroup,
  readState,
  type ServiceState,
} from "../../supervise/service-state.ts";
import { isShortage } from "./unseen.ts";

export interface Facts {
  /** undefined: it could not be read. */
  readonly state: ServiceState | undefined;
  readonly isNormallyUp: boolean;
  readonly group: string | null;
  /** Those that are kept, oldest first. */
  readonly deaths: readonly DeathEntry[];
  readonly error: string | null;
  /** They were not read for want of something of ours: to be read again soon, without news. */
  readonly isStale: boolean;
}

const BAD_STATUS = "unable to read supervise/status: bad format";
const NO_FACTS: Facts = {
  state: undefined,
  isNormallyUp: true,
  group: null,
  deaths: [],
  error: null,
  isStale: false,
};

/**
 * Never throws for what the system refuses: that is a fact as well. What is wrong in one file spoils no other.
 *
 * @param before  what remains true where nothing can be read for want of something of ours
 */
export function readFacts(posix: Posix, directory: Buffer, before: Facts = NO_FACTS): Facts {
  try {
    const dir = posix.openAt(AT_CWD, directory, "directory");
    try {
      return factsIn(posix, dir);
    } finally {
      posix.close(dir);
    }
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    const error = unableTo([failure.syscall, " its directory"], failure).toString();
    return isShortage(failure) ? { ...before, error, isStale: true } : { ...NO_FACTS, error };
  }
}

/** @throws SystemFailure of a shortage */
function factsIn(posix: Posix, dir: Fd): Facts {
  const errors: string[] = [];
  const part = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (failure) {
      if (!(failure instanceof SystemFailure) || isShortage(failure)) throw failure;
      const { syscall, path = name } = failure;
      errors.push(unableTo([syscall, " ", path], failure).toString());
      return undefined;
    }
  };
  const state = part("its state", () => readState(posix, dir));
  if (state?.isSupervised === true && state.status === undefined) errors.push(BAD_STATUS);
  return {
    state,
    isNormallyUp: part("down", () => posix.statusAt(dir, "down")) === undefined,
    group: part("group", () => readGroup(posix, dir)) ?? null,
    deaths: part("supervise/deaths", () => readDeaths(posix, dir)) ?? [],
    error: errors[0] ?? null,
    isStale: false,
  };
}
