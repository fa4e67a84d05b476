/** Who keeps one directory of the tree going, as the tree sees it, and how one is made. */
import type { Ending, Fd, Name, Posix } from "../posix/index.ts";
import type { Command } from "./commands.ts";

export interface Attendant {
  /** Resolves when there is nothing that it keeps any more; what it had is let go of. Never rejects. */
  readonly ended: Promise<void>;
  /** The service is to stop; the attendant ends after it. */
  stop(): void;
  /** Where its directory was removed, it ends when its process has ended. @returns whether that is so */
  leaveIfRemoved(): boolean;
  /**
   * The input of this logger is coming to its end: it is not started again behind that.
   *
   * @returns whether it is to run: nobody keeps it down
   */
  drain(): boolean;
  /** It was told to stop, and takes too long. */
  kill(): void;
  /** Of a log that is written here: what was written is to be rotated. */
  rotate?(): void;
}

export interface Order {
  /** The service directory, relative to the working directory; messages name it so. */
  readonly directory: Name;
  /** Which of our descriptors each of the service is. */
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  readonly onEssentialDeath?: ((ending: Ending) => void) | undefined;
  /** Is told commands for the logger. */
  readonly onLogCommand?: ((command: Command) => void) | undefined;
}

/** Makes an attendant. @throws Fatal, SystemFailure */
export type Attend = (order: Order) => Attendant;

/** Takes a line without the program's name. */
export type Say = (program: string, kind: "fatal" | "warning", line: Buffer) => void;

/** What a service finds that svscan starts. */
export interface Means {
  readonly posix: Posix;
  readonly say: Say;
  readonly environment: readonly Name[];
  readonly ignoredSignals: bigint;
  readonly blockedSignals: bigint;
}
