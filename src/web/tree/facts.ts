/** What one service directory says now: read at once, and again when there is news of it. */
import { AT_CWD, type Posix, SystemFailure, unableTo } from "../../posix/index.ts";
import type { DeathEntry } from "../../supervise/deaths.ts";
import {
  readDeaths,
  readGroup,
  readState,
  type ServiceState,
} from "../../supervise/service-state.ts";

export interface Facts {
  /** undefined: it could not be read. */
  readonly state: ServiceState | undefined;
  readonly isNormallyUp: boolean;
  readonly group: string | null;
  /** Those that are kept, oldest first. */
  readonly deaths: readonly DeathEntry[];
  readonly error: string | null;
}

const BAD_STATUS = "unable to read supervise/status: bad format";

/** Never throws for what the system refuses: that is a fact as well. */
export function readFacts(posix: Posix, directory: Buffer): Facts {
  try {
    const dir = posix.openAt(AT_CWD, directory, "directory");
    try {
      const state = readState(posix, dir);
      const isBroken = state.isSupervised && state.status === undefined;
      return {
        state,
        isNormallyUp: posix.statusAt(dir, "down") === undefined,
        group: readGroup(posix, dir) ?? null,
        deaths: readDeaths(posix, dir),
        error: isBroken ? BAD_STATUS : null,
      };
    } finally {
      posix.close(dir);
    }
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    const { path = "" } = failure;
    const isInside = path.length > 0 && !directory.equals(Buffer.from(path as Uint8Array));
    const what = isInside ? Buffer.from(path as Uint8Array).toString() : "its directory";
    const error = unableTo([failure.syscall, " ", what], failure).toString();
    return { state: undefined, isNormallyUp: true, group: null, deaths: [], error };
  }
}
