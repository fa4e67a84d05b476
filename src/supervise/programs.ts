/** Starting the programs of a service directory, `run` and its scripts, and signalling what was started. */
import type { Ending, Fd, Name, Posix, StartOptions } from "../posix/index.ts";
import { ignoring, isRegular } from "../posix/index.ts";
import { signalNumber } from "../posix/signals.ts";
import type { Conditions } from "./conditions.ts";
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
  /** `run` leads a session of its own, and signals go to all of its process group. */
  readonly newSession?: boolean;
  /** What is run in place of `./run`, where we are and not in the service directory. */
  readonly command?: RunCommand | undefined;
}

export interface RunCommand {
  /** The files to try, in order. */
  readonly paths: readonly Name[];
  readonly argv: readonly Name[];
}

/** A program beside `run`, and its arguments. */
export interface Script {
  readonly name: "start" | "stop" | "finish" | "notify";
  readonly words: readonly Name[];
}

/** The exit code that `finish` is told of a process that a signal ended. */
const KILLED = 256;
const EXECUTABLE = 0o111;
const RUN = "./run";

/** @param service  its name; @param pid  that `run` had */
export function finishScript(ending: Ending, service: Name, pid: number): Script {
  const code = String(ending.code ?? KILLED);
  const signal = String(signalNumber(ending.signal ?? ""));
  return { name: "finish", words: [code, signal, service, String(pid)] };
}

export class Programs {
  /** The service directory. */
  readonly directory: Fd;
  private readonly posix: Posix;
  private readonly surroundings: Surroundings;
  private readonly conditions: Conditions;

  constructor(posix: Posix, directory: Fd, surroundings: Surroundings, conditions: Conditions) {
    this.posix = posix;
    this.directory = directory;
    this.surroundings = surroundings;
    this.conditions = conditions;
  }

  /** Takes the lock that `run` is to hold. @throws LockHeld, SystemFailure */
  takeLock(): Fd {
    return takeServiceLock(this.posix, this.directory);
  }

  /**
   * @param more  descriptors that it is given beside the usual ones
   * @param newGroup  it leads a process group of its own
   * @returns the process id
   * @throws SystemFailure, Unusable
   */
  startRun(more: ReadonlyMap<Fd, Fd>, newGroup: boolean): number {
    const { command } = this.surroundings;
    const options = this.runOptions(more, newGroup);
    return command === undefined
      ? this.posix.start(RUN, [RUN], options)
      : this.posix.start(command.paths, command.argv, options);
  }

  /** Like `startRun`; the caller may go on meanwhile, where he is given a promise. */
  startRunAside(newGroup: boolean): number | Promise<number> {
    if (this.surroundings.command !== undefined) return this.startRun(new Map(), newGroup);
    return this.posix.startAside(RUN, [RUN], this.runOptions(new Map(), newGroup));
  }

  private runOptions(more: ReadonlyMap<Fd, Fd>, newGroup: boolean): StartOptions {
    const { descriptors, command, ...rest } = this.surroundings;
    return {
      ...rest,
      ...this.conditions.read(),
      newGroup,
      descriptors: new Map([...descriptors, ...more]),
      directory: command === undefined ? this.directory : undefined,
    };
  }

  /** Whether there is a `start` and no `run`: then `start` is all of the service. */
  get hasStartAlone(): boolean {
    return this.isThere("start") && this.posix.statusAt(this.directory, "run") === undefined;
  }

  /**
   * @param before  is called where there is one, before it is started
   * @returns its process id; undefined when it is not there
   * @throws SystemFailure
   */
  startScript({ name, words }: Script, before?: () => void): number | undefined {
    if (!this.isThere(name)) return undefined;
    before?.();
    const program = `./${name}`;
    return this.posix.start(program, [program, ...words], {
      ...this.surroundings,
      directory: this.directory,
    });
  }

  /** @param toGroup  to the group that the process leads, where it leads one */
  signal(pid: number, name: NodeJS.Signals, toGroup: boolean = false): void {
    // 0 would be everybody in our own group.
    if (pid === 0) return;
    ignoring(["ESRCH", "EPERM"], () => {
      const isForAll = toGroup || this.surroundings.newSession === true;
      if (isForAll && this.reachesGroup(pid, name)) return;
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

  /** encore's scripts are none unless they can be run: a service may have a file `start` for itself. */
  private isThere(name: Script["name"]): boolean {
    const mode = this.posix.statusAt(this.directory, name)?.mode ?? 0;
    if (name === "finish") return mode !== 0;
    return isRegular({ mode }) && (mode & EXECUTABLE) !== 0;
  }
}
