/**
 * Staying with a program that puts itself into the background (s6-background-watch.c).
 *
 * The program that is started, the parent, makes the daemon, writes the daemon's process id into a
 * pid file and exits with 0. As this process is a subreaper, the daemon then is a child of ours, and
 * its end is told to us.
 *
 *     starting ──parent exits 0──▶ pid file read ──names a descendant──▶ watching ──▶ ended
 *         │ exits otherwise, is killed          │ names nobody of ours
 *         ▼                                     ▼
 *       ended (pid file removed)              ended
 *
 * For many of these in one process: SIGCHLD is not touched. Whoever hears it calls `sweepOrphans`, so
 * that orphans nobody asks for do not stay on the process table; endings that belong to a watch are
 * kept for it.
 */
import {
  type Ending,
  type Fd,
  ignoring,
  type Name,
  type Posix,
  posix as realPosix,
  SystemFailure,
} from "../posix/index.ts";
import { PidFile, type PidFileReading, type PidFileSystem } from "./pid-file.ts";

export type BackgroundSystem = PidFileSystem &
  Pick<
    Posix,
    "reap" | "ended" | "exited" | "own" | "expectOrphan" | "findProcess" | "isDescendant" | "kill"
  >;

export interface BackgroundOptions {
  /** Starts the parent and answers its process id: a child of this process, which is a subreaper by then. */
  readonly start: () => number;
  readonly pidFile: Name;
  /** Where a relative `pidFile` starts; to stay open until the end. */
  readonly directory: Fd;
  /** How long the parent may take; for ever unless given. After that it is killed. */
  readonly readyTimeoutMs?: number | undefined;
  /** The parent has exited with 0, and the daemon of that process id runs. */
  readonly onReady?: (daemon: number) => void;
  /** The parent is killed, because its time is over. */
  readonly onTimeout?: () => void;
}

/** How it ended, by what ended it. */
export type BackgroundEnd =
  | { readonly cause: "daemon"; readonly pid: number; readonly ending: Ending }
  /** The daemon ended, and somebody else, its parent, was told how. */
  | { readonly cause: "daemon of another"; readonly pid: number }
  /** The parent did not exit with 0. */
  | { readonly cause: "parent"; readonly ending: Ending; readonly timedOut: boolean }
  /** The pid file is missing, empty, garbage or cannot be read. */
  | { readonly cause: "pid file"; readonly reading: Exclude<PidFileReading, { kind: "pid" }> }
  /** The pid file names a process that does not exist, or that the parent did not make. */
  | {
      readonly cause: "not running" | "not ours";
      readonly pid: number;
      /** The file is older than the parent. */
      readonly isOld: boolean;
    };

/**
 * Starts a program that puts itself into the background, and stays with its daemon.
 *
 * @param system  another one than the real one, for tests
 * @throws what `start` throws
 */
export function watchBackground(
  options: BackgroundOptions,
  system: BackgroundSystem = realPosix,
): BackgroundWatch {
  return new BackgroundWatch(system, options);
}

export class BackgroundWatch {
  /** Resolves when the daemon has ended, or never came to be. */
  readonly ended: Promise<BackgroundEnd>;
  private readonly posix: BackgroundSystem;
  private readonly options: BackgroundOptions;
  private readonly parent: number;
  private daemon: number | undefined;
  /** Signals for the daemon, from before it was known. */
  private readonly early: NodeJS.Signals[] = [];

  constructor(posix: BackgroundSystem, options: BackgroundOptions) {
    this.posix = posix;
    this.options = options;
    const file = new PidFile(posix, options.directory, options.pidFile);
    const forget = posix.expectOrphan();
    try {
      this.parent = options.start();
    } catch (failure) {
      forget();
      throw failure;
    }
    this.ended = this.run(file, forget);
  }

  /** The process that a signal goes to now: the parent, later the daemon. */
  get pid(): number {
    return this.daemon ?? this.parent;
  }

  /** Sends a signal to the parent, or to the daemon as soon as that is known. */
  signal(name: NodeJS.Signals): void {
    const isLate =
      this.daemon === undefined && this.posix.findProcess(this.parent)?.isAlive === false;
    if (isLate) this.early.push(name);
    else ignoring(["ESRCH"], () => this.posix.kill(this.pid, name));
  }

  private async run(file: PidFile, forget: () => void): Promise<BackgroundEnd> {
    try {
      const { ending, timedOut } = await this.parentEnds();
      if (ending.code !== 0) {
        file.remove();
        return { cause: "parent", ending, timedOut };
      }
      const reading = file.read();
      if (reading.kind !== "pid") return { cause: "pid file", reading };
      // Not awaited: once the daemon is known, nothing is expected any more.
      return this.follow(reading.pid, file);
    } finally {
      forget();
    }
  }

  private async parentEnds(): Promise<{ ending: Ending; timedOut: boolean }> {
    const { readyTimeoutMs, onTimeout } = this.options;
    let timedOut = false;
    const timer =
      readyTimeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            onTimeout?.();
            this.signal("SIGKILL");
          }, readyTimeoutMs);
    try {
      const ending = await this.posix.ended(this.parent);
      return { ending, timedOut };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Nothing is waited for between the parent's end and the look at the daemon: its number is its own. */
  private async follow(pid: number, file: PidFile): Promise<BackgroundEnd> {
    const { posix } = this;
    const isChild = this.isChild(pid);
    if (isChild instanceof Object) return { cause: "daemon", pid, ending: isChild };
    if (!isChild && !posix.isDescendant(pid)) {
      const cause = posix.findProcess(pid) === undefined ? "not running" : "not ours";
      return { cause, pid, isOld: file.isOld };
    }
    this.daemon = pid;
    if (isChild) posix.own(pid);
    for (const name of this.early) this.signal(name);
    this.options.onReady?.(pid);
    return isChild ? { cause: "daemon", pid, ending: await posix.ended(pid) } : this.outlive(pid);
  }

  /** Whether that process is a child of ours; how it ended when it has done so already. */
  private isChild(pid: number): boolean | Ending {
    try {
      return this.posix.reap(pid) ?? true;
    } catch (failure) {
      if (failure instanceof SystemFailure && failure.code === "ECHILD") return false;
      throw failure;
    }
  }

  /** The daemon has a parent of its own; if that dies first, the daemon becomes ours. */
  private async outlive(pid: number): Promise<BackgroundEnd> {
    const { posix } = this;
    const started = posix.findProcess(pid)?.startedTicks;
    for (;;) {
      await posix.exited(pid);
      const isChild = this.isChild(pid);
      if (isChild instanceof Object) return { cause: "daemon", pid, ending: isChild };
      const now = posix.findProcess(pid);
      if (now?.startedTicks !== started || !now?.isAlive)
        return { cause: "daemon of another", pid };
    }
  }
}
