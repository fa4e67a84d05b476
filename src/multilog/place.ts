/**
 * A log directory as the steps of a rotation or a recovery see it.
 */
import type { Fd, Posix } from "../posix/index.ts";
import type { LabelClock } from "./label-clock.ts";
import type { LogdirSettings } from "./script.ts";
import type { Trouble, Warn } from "./trouble.ts";

/** Modes tell how far a file is: in use, or complete and on the disk (owner-execute). */
export const IN_USE_MODE = 0o644;
export const FINISHED_MODE = 0o744;

/** What stands behind the dot of a finished file that was not closed properly, or not processed. */
export const UNCLEAN_CODE: Buffer = Buffer.from("u");

export interface Place {
  readonly posix: Posix;
  readonly path: Uint8Array;
  readonly directory: Fd;
  readonly settings: LogdirSettings;
  readonly clock: LabelClock;
  readonly trouble: Trouble;
  readonly warn: Warn;
  /** Names of archives that could not be removed, and of which that was said. */
  readonly told: Set<string>;
}
