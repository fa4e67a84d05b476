/** What the parts of an engine share with it. */
import type { Posix } from "../posix/index.ts";
import type { Logdir } from "./logdir.ts";
import type { Trouble, Warn } from "./trouble.ts";

/** How far the engine is; written by itself alone. */
export interface Course {
  /** The program wants to end. */
  readonly isStopping: boolean;
  /** Our own fault, which ends everything. */
  readonly fault: Error | undefined;
}

export interface EngineParts {
  readonly posix: Posix;
  readonly warn: Warn;
  readonly trouble: Trouble;
  /** In script order. */
  readonly logdirs: readonly Logdir[];
  readonly course: Course;
}
