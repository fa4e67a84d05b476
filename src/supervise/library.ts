/** What a service directory says, for programs: its state, its deaths, what its files ask for; and waiting for it. */
import {
  AT_CWD,
  type Fd,
  joined,
  type Name,
  type Posix,
  posix as realPosix,
} from "../posix/index.ts";
import { Awaited, awaitServices, type Goal } from "./awaiting.ts";
import type { DeathEntry } from "./deaths.ts";
import { isReady, isUp, readDeaths, readState, type ServiceState } from "./service-state.ts";
import { Settings } from "./settings.ts";

/** What the files beside `run` ask for; a default where there is none. Times are milliseconds. */
export interface ServiceSettings {
  readonly downSignal: NodeJS.Signals;
  /** undefined: never */
  readonly killAfterMs: number | undefined;
  /** undefined: for ever */
  readonly finishMs: number | undefined;
  readonly notificationFd: number | undefined;
  readonly lockFd: number | undefined;
  readonly pidFile: Buffer | undefined;
  /** undefined: a service that keeps dying is not delayed */
  readonly backoffMs: number | undefined;
  readonly mostDeaths: number | undefined;
  readonly rememberedDeaths: number;
  /** How long `run` has to live to count as started; undefined: however short it was. */
  readonly startMs: number | undefined;
  readonly startRetries: number | undefined;
  /** With which it has done what it is there for; undefined: it never has. */
  readonly exitCodes: ReadonlySet<number> | "any" | undefined;
  readonly killGroup: "kill" | "all" | undefined;
  readonly isEssential: boolean;
  /** Names of services that are to be up before. */
  readonly after: readonly Buffer[];
  /** Files that cannot be used, and why; they count as missing. */
  readonly faults: readonly string[];
}

export interface ServiceReport extends ServiceState {
  readonly isUp: boolean;
  /** Up; and where it says when it can serve, that it has said so. */
  readonly isReady: boolean;
  /** There is no file `down`. */
  readonly isNormallyUp: boolean;
  /** Those that are kept, oldest first. */
  readonly deaths: readonly DeathEntry[];
  readonly settings: ServiceSettings;
}

/**
 * Reads all that a service directory tells, once.
 *
 * @param directory  from the working directory
 * @throws SystemFailure when it is not there, or may not be read
 */
export function readService(directory: Name, posix: Posix = realPosix): ServiceReport {
  const dir = posix.openAt(AT_CWD, directory, "directory");
  try {
    const state = readState(posix, dir);
    return {
      ...state,
      isUp: isUp(state),
      isReady: isReady(state),
      isNormallyUp: posix.statusAt(dir, "down") === undefined,
      deaths: readDeaths(posix, dir),
      settings: readSettings(posix, dir, directory),
    };
  } finally {
    posix.close(dir);
  }
}

/** What the files of an open service directory ask for. */
export function readSettings(posix: Posix, dir: Fd, directory: Name): ServiceSettings {
  const faults: string[] = [];
  const settings = new Settings(posix, dir, directory, (words) => {
    faults.push(joined(words).toString());
  });
  return {
    downSignal: settings.downSignal,
    killAfterMs: settings.killAfterMs,
    finishMs: settings.finishMs,
    notificationFd: settings.notificationFd,
    lockFd: settings.lockFd,
    pidFile: settings.pidFile,
    backoffMs: settings.backoffMs,
    mostDeaths: settings.mostDeaths,
    rememberedDeaths: settings.rememberedDeaths,
    startMs: settings.startMs,
    startRetries: settings.startRetries,
    exitCodes: settings.exitCodes,
    killGroup: settings.killGroup,
    isEssential: settings.isEssential,
    after: settings.after,
    faults,
  };
}

export interface WaitOptions {
  /** For ever unless given. */
  readonly timeoutMs?: number;
  /** One of them is enough. */
  readonly any?: boolean;
}

/**
 * Waits until services are in a state.
 *
 * @param directories  from the working directory, which is to stay the same meanwhile
 * @returns false when the time is over, or some of them will not come to be so by themselves
 */
export async function waitForServices(
  directories: readonly Name[],
  goal: Goal,
  { timeoutMs, any = false }: WaitOptions = {},
  posix: Posix = realPosix,
): Promise<boolean> {
  const services = directories.map((one) => new Awaited(posix, joined([one]), goal));
  const deadlineMs = timeoutMs === undefined ? undefined : posix.monotonicMs() + timeoutMs;
  await awaitServices(posix, services, { deadlineMs, any });
  const isSo = services.map((service) => service.outcome() === "reached");
  return any ? isSo.includes(true) : !isSo.includes(false);
}
