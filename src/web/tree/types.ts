/** The model of the tree: what all parts of this room know of services, and how they act on them. */
import type { DeathEntry, ServiceSettings } from "../../supervise/index.ts";
import type { LogStream } from "./log-place.ts";

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

export interface ActOptions {
  /** How long to wait for the outcome; undefined: not at all. */
  readonly waitMs: number | undefined;
  /** Whom the record of changes names. */
  readonly who: string;
}

export type TreeListener = (changed: readonly ServiceView[], gone: readonly string[]) => void;

export interface Tree {
  /** The scan directories, absolute. */
  readonly directories: readonly string[];
  /** Sorted by name. */
  services(): readonly ServiceView[];
  service(name: string): ServiceView | undefined;
  /** Never rejects: what becomes of it is the outcome. */
  act(name: string, action: Action, options: ActOptions): Promise<Outcome>;
  /** Is told of what changes from now on. @returns what ends it */
  watch(listener: TreeListener): () => void;
  /** Those that are kept, oldest first; none of a service that is not there. */
  deaths(name: string): readonly DeathEntry[];
  /** @returns undefined for a service that is not there */
  settings(name: string): ServiceSettings | undefined;
  /** The log directories of a service, also of one without a logger of its own. */
  logDirectories(name: string, stream: LogStream): readonly Buffer[];
  /** What its logging script says, where it is known; a word each. */
  logScript(name: string, stream: LogStream): readonly Buffer[];
  /** The services that a word stands for: a name, a glob, `GROUP:*` or `GROUP:NAME`; none where it stands for none. */
  find(word: string): readonly ServiceView[];
  /** Nothing may be changed: `act` does nothing. */
  readonly isReadOnly: boolean;
  /** Is told of what became of actions from now on. @returns what ends it */
  watchOutcomes(listener: (outcome: Outcome, action: Action, who: string) => void): () => void;
  /** Looks at everything now, without waiting for news. */
  refresh(): void;
  close(): void;
}
