/**
 * Waiting until services are in a state: woken by news of their files, where the system tells them, and
 * looking once a second all the same, as nobody tells that a supervisor was killed.
 *
 * @see s6, s6-svwait
 */
import { AT_CWD, type Posix, unlessRefused } from "../posix/index.ts";
import { isDown, isReady, isUp, readState, type ServiceState } from "./service-state.ts";
import { onStateNews } from "./state-news.ts";

const LOOK_MS = 1000;

/**
 * - `up`; `ready`: up, and says so where it tells
 * - `down`: there is no process; `finished`: nor is there one of its scripts, and it is not to be up
 * - `restarted`, `restarted and ready`: it was down in between
 * - `gone`: it has no supervisor
 */
export type Goal =
  | "up"
  | "ready"
  | "down"
  | "finished"
  | "restarted"
  | "restarted and ready"
  | "gone";

/** What a service is not, when it is not as is wanted. */
export const GOAL_WORDS: Readonly<Record<Goal, string>> = {
  up: "up",
  ready: "up",
  down: "down",
  finished: "down",
  restarted: "restarted",
  "restarted and ready": "restarted",
  gone: "gone",
};

/** Said of one that has failed. */
export const FAILED = ": it was given up, or its supervisor has ended";

export class Awaited {
  readonly directory: Buffer;
  readonly goal: Goal;
  private readonly posix: Posix;
  private readonly before: ServiceState | undefined;
  private wasDown = false;

  /** To be made before what is to bring it about. */
  constructor(posix: Posix, directory: Buffer, goal: Goal) {
    this.posix = posix;
    this.directory = directory;
    this.goal = goal;
    this.before = this.look();
  }

  /** `failed`: it will not come about unless somebody does something; it has not been so from the beginning. */
  outcome(): "reached" | "failed" | "waiting" {
    const state = this.look();
    const isGone = state === undefined || !state.isSupervised;
    if (this.goal === "gone") return isGone ? "reached" : "waiting";
    if (state !== undefined && this.isReached(state)) return "reached";
    const wasThere = this.before?.isSupervised === true;
    if (isGone) return wasThere ? "failed" : "waiting";
    const failed = failureOf(state);
    const isNew = failed !== undefined && failed !== failureOf(this.before);
    const wantsDown = this.goal === "down" || this.goal === "finished";
    return isNew && !wantsDown ? "failed" : "waiting";
  }

  private isReached(state: ServiceState): boolean {
    this.wasDown ||= !isUp(state) || isOther(this.before, state);
    switch (this.goal) {
      case "up":
        return isUp(state);
      case "ready":
        return isReady(state);
      case "down":
        return state.status?.pid === 0 && state.phase?.word !== "started";
      case "finished":
        return isDown(state) && state.status?.want !== "up";
      case "restarted":
        return this.wasDown && isUp(state);
      case "restarted and ready":
        return this.wasDown && isReady(state);
      case "gone":
        return !state.isSupervised;
    }
  }

  /** @returns undefined where there is no such directory, or it may not be looked at */
  private look(): ServiceState | undefined {
    const { posix, directory } = this;
    return unlessRefused(() => {
      const dir = posix.openAt(AT_CWD, directory, "directory");
      try {
        return readState(posix, dir);
      } finally {
        posix.close(dir);
      }
    });
  }
}

/** @returns when it was given up; undefined: it was not */
function failureOf(state: ServiceState | undefined): string | undefined {
  return state?.phase?.word === "failed" ? (state.phase.words[0] ?? "") : undefined;
}

function isOther(before: ServiceState | undefined, now: ServiceState): boolean {
  const [a, b] = [before?.status?.since, now.status?.since];
  return a?.seconds !== b?.seconds || a?.nanos !== b?.nanos;
}

export interface Patience {
  /** On the monotonic clock; undefined: for ever. */
  readonly deadlineMs: number | undefined;
  /** One of them is enough. */
  readonly any?: boolean;
  /** Aborted when nobody waits any more. */
  readonly cancel?: AbortSignal | undefined;
}

/** Resolves when they are as is wanted, or some have failed and the others not, or the time is over. */
export async function awaitServices(
  posix: Posix,
  services: readonly Awaited[],
  { deadlineMs, any = false, cancel }: Patience,
): Promise<void> {
  let wake: () => void = () => undefined;
  const leave = (): void => wake();
  cancel?.addEventListener("abort", leave, { once: true });
  while (cancel?.aborted !== true) {
    // Listened for before it is looked at: nothing is missed in between.
    const stop = onStateNews(
      services.map(({ directory }) => directory),
      () => wake(),
    );
    try {
      if (isDecided(services, any)) return;
      const left = (deadlineMs ?? Number.POSITIVE_INFINITY) - posix.monotonicMs();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, Math.min(LOOK_MS, Math.ceil(left)));
      });
    } finally {
      stop();
    }
  }
}

function isDecided(services: readonly Awaited[], any: boolean): boolean {
  const outcomes = services.map((one) => one.outcome());
  if (any && outcomes.includes("reached")) return true;
  return !outcomes.includes("waiting");
}
