/** Starting the programs of a service directory, `run` and `finish`, and signalling what was started. */
import type { Ending, Fd, Name, Posix } from "../posix/index.ts";
import { ignoring } from "../posix/index.ts";
import { signalNumber } from "../posix/signals.ts";

import { takeServiceLock } from "./service-lock.ts";

/** What a service finds beside its directory. */
export interface Surroundings {
  /** Which of our descriptors each of its own is; it has no other. */
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  /** Strings NAME=VALUE, in order; this process's own unless given. */
  readonly environment?: readonly Name[];
  /** Bit n-1 for signal n. */
  readonly ignoredSignals?: bigint;
  readonly blockedSignals?: bigint;
}

/** The exit code that `finish` is told of a process that a signal ended. */
const KILLED = 256;

export class Programs {
  private readonly posix: Posix;
  private readonly directory: Fd;
  private readonly surroundings: Surroundings;

  constructor(posix: Posix, directory: Fd, surroundings: Surroundings) {
    this.posix = posix;
    this.directory = directory;
    this.surroundings = surroundings;
  }

  /** Takes the lock that `run` is to hold. @throws LockHeld, SystemFailure */
  takeLock(): Fd {
    return takeServiceLock(this.posix, this.directory);
  }

  /**
   * @param more  descriptors that it is given beside the usual ones
   * @returns the process id
   * @throws SystemFailure
   */
  startRun(more: ReadonlyMap<Fd, Fd>): number {
    return this.start(["./run"], more);
  }

  /**
   * @param name  the service's
   * @returns undefined when there is no `finish`
   * @throws SystemFailure
   */
  startFinish(ending: Ending, name: Name, pid: number): number | undefined {
    if (this.posix.statusAt(this.directory, "finish") === undefined) return undefined;
    const code = String(ending.code ?? KILLED);
    const signal = String(signalNumber(ending.signal ?? ""));
    return this.start(["./finish", code, signal, name, String(pid)]);
  }

  /** @param toGroup  to the group that the process leads, where it leads one */
  signal(pid: number, name: NodeJS.Signals, toGroup: boolean = false): void {
    // 0 would be everybody in our own group.
    if (pid === 0) return;
    ignoring(["ESRCH", "EPERM"], () => {
      if (toGroup && this.reachesGroup(pid, name)) return;
      this.posix.kill(pid, name);
    });
  }

  private reachesGroup(pid: number, name: NodeJS.Signals): boolean {
    return (
      ignoring(["ESRCH"], () => {
        this.posix.kill(-pid, name);
        return true;
      }) ?? false
    );
  }

  private start(argv: readonly Name[], more: ReadonlyMap<Fd, Fd> = new Map()): number {
    const { descriptors, ...rest } = this.surroundings;
    return this.posix.start(argv[0] as Name, argv, {
      ...rest,
      descriptors: new Map([...descriptors, ...more]),
      directory: this.directory,
    });
  }
}
