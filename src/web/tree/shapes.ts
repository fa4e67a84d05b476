/**
 * What is told of services, and what may be done to them: as clients have it as well, so that this imports nothing.
 */

/**
 * - `unsupervised`: it has no supervisor; `held`: it waits for others (`after`)
 * - `starting`, `finishing`, `stopping`: its `start`, `finish` or `stop` runs; `stopping` is also one that was
 *   told to stop, and has not ended yet
 * - `started`: its `start` has ended well, and there is no `run`; `failed`: it was given up
 */
export const STATES = [
  "up",
  "down",
  "starting",
  "stopping",
  "finishing",
  "started",
  "held",
  "failed",
  "paused",
  "unsupervised",
] as const;

export type State = (typeof STATES)[number];

export interface DeathCounts {
  /** In the last 60 seconds. */
  readonly minute: number;
  /** In the last 60 minutes. */
  readonly hour: number;
  /** That are remembered at all. */
  readonly kept: number;
  /** Of the last 60 minutes, oldest first. */
  readonly perMinute: readonly number[];
}

/** What is known of a service's log; null where it cannot be known. */
export interface LogView {
  /** `hosted`: svscan writes it; `run`: a logger of its own does. */
  readonly kind: "hosted" | "run";
  /** Its log directories, absolute; they are not shown to clients. */
  readonly directories: readonly string[];
  /** On the disk, archives included. */
  readonly bytes: number | null;
  /** Taken from the service so far. */
  readonly lines: number | null;
  readonly linesPerSecond: number | null;
  /** For how long nothing is taken from the service; 0: it is. */
  readonly stalledSeconds: number | null;
  readonly stalledWhy: string | null;
  readonly rotations: number | null;
  readonly processorFailures: number | null;
}

export interface ServiceView {
  /**
   * Unique: the directory's name in its scan directory; where an earlier scan directory has that name
   * as well, with the scan directory's own last name and a slash in front.
   */
  readonly name: string;
  /** Absolute; for this process only. */
  readonly directory: string;
  /** By its file `group`. */
  readonly group: string | null;
  readonly state: State;
  readonly want: "up" | "down" | "once" | null;
  readonly normally: "up" | "down";
  readonly pid: number | null;
  /** ISO 8601: of the last start or end. */
  readonly since: string | null;
  /** null: it does not say. */
  readonly ready: boolean | null;
  readonly readySince: string | null;
  readonly flapping: boolean;
  /** Of `after`, those that are not up yet. */
  readonly waitsFor: readonly string[];
  readonly deaths: DeathCounts;
  readonly lastDeath: { readonly at: string; readonly words: string } | null;
  readonly log: LogView | null;
  /** What could not be read, in words. */
  readonly error: string | null;
}

/** The words of svc, and `rotate`, which goes to the log. */
export const ACTIONS = [
  "start",
  "stop",
  "restart",
  "once",
  "pause",
  "continue",
  "rotate",
  "exit",
  "hup",
  "alarm",
  "interrupt",
  "term",
  "kill",
  "quit",
  "usr1",
  "usr2",
  "winch",
] as const;

export type Action = (typeof ACTIONS)[number];

export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly words: string;
  /** Whether what was asked for has come about; null: it was not waited for. */
  readonly reached: boolean | null;
}
