/** One try to start `run`, and what is said when it cannot be. */
import { type Name, type Posix, SystemFailure, unableTo, type Words } from "../posix/index.ts";
import { fromUnixNanos } from "../tai64/index.ts";
import { Unusable } from "./conditions.ts";
import type { DeathRecord } from "./death-record.ts";
import type { Programs } from "./programs.ts";
import type { Run, RunProcess } from "./run-process.ts";
import { LockHeld } from "./service-lock.ts";

/** No process could be made: memory or processes are short, and not for this service alone. */
const NO_PROCESS = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);
const NO_PROCESS_PAUSE_MS = 60_000;

/** What becomes of a try. */
export type Outcome = Run | "unstarted" | "absent";

export interface StarterMeans {
  readonly posix: Posix;
  readonly programs: Programs;
  readonly run: RunProcess;
  readonly deaths: DeathRecord;
  /** The service directory, as messages name it. */
  readonly directory: Name;
  /** What is started, as messages name it. */
  readonly what: Words;
  readonly say: (kind: "fatal" | "warning", line: Buffer) => void;
  readonly warn: (words: Words) => void;
}

export class Starter {
  /** How long to wait before the next try. */
  pauseMs = 0;
  private readonly means: StarterMeans;
  /** For the lock of an earlier run. */
  private isWaiting = false;

  constructor(means: StarterMeans) {
    this.means = means;
  }

  /** @returns what became of the try; a promise of that where it takes its time */
  attempt(): Outcome | Promise<Outcome> {
    this.pauseMs = 0;
    const notStarted = (failure: unknown): Outcome => this.notStarted(failure);
    try {
      const started = this.means.run.start();
      return started instanceof Promise
        ? started.then((run) => this.started(run), notStarted)
        : this.started(started);
    } catch (failure) {
      return notStarted(failure);
    }
  }

  private started(run: Run): Run {
    this.isWaiting = false;
    return run;
  }

  private notStarted(failure: unknown): "unstarted" | "absent" {
    const { programs, deaths, posix } = this.means;
    if (failure instanceof LockHeld) this.stillRunning();
    else {
      if (isMissing(failure) && programs.hasStartAlone) return "absent";
      const unstarted = this.complain(failure);
      deaths.addFailedStart({ at: fromUnixNanos(posix.now()), unstarted });
    }
    return "unstarted";
  }

  /** @returns the errno's name */
  private complain(failure: unknown): string {
    const { directory, what, say } = this.means;
    if (failure instanceof Unusable) {
      say("fatal", unableTo(["start ", ...what, ": ", failure.line]));
      return "EINVAL";
    }
    if (!(failure instanceof SystemFailure)) throw failure;
    if (NO_PROCESS.has(failure.code)) {
      this.pauseMs = NO_PROCESS_PAUSE_MS;
      const pause = `, sleeping ${NO_PROCESS_PAUSE_MS / 1000} seconds`;
      say("warning", unableTo(["fork for ", directory, pause], failure));
    } else say("fatal", unableTo(["start ", ...what], failure));
    return failure.code;
  }

  /** Said once; asked again every second. */
  private stillRunning(): void {
    const { directory, warn } = this.means;
    if (!this.isWaiting)
      warn(["another instance of ", directory, " is still running: waiting for it"]);
    this.isWaiting = true;
  }
}

function isMissing(failure: unknown): boolean {
  return failure instanceof SystemFailure && failure.code === "ENOENT";
}
