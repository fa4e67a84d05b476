/**
 * Writing commands into `supervise/control`, and waiting for what comes of them.
 *
 * @see daemontools 0.76, svc.c
 */
import {
  AT_CWD,
  joined,
  type Name,
  O_NONBLOCK,
  type Posix,
  SystemFailure,
  unableTo,
  type Words,
} from "../posix/index.ts";
import { type History, historyOf, type Known, type Report, reportOn } from "./report.ts";
import type { Goal } from "./svc-words.ts";
import type { Visits } from "./visits.ts";

/** How often a status is looked at that is waited for. */
const LOOK_EVERY_MS = 20;

/** Why commands did not reach a service. */
export interface Unreached {
  /** Without `warning: `. */
  readonly line: Buffer;
  /** No supervisor is there, as opposed to a system that refuses. */
  readonly isAbsent: boolean;
}

/**
 * Writes commands to the supervisor of one directory; waits where its FIFO is full.
 *
 * @returns undefined when they were written
 * @throws Fatal when there is no way back from the directory
 */
export function sendCommands(
  visits: Visits,
  directory: Buffer,
  bytes: Uint8Array,
): Unreached | undefined {
  try {
    return visits.in(directory, () => writeHere(visits.posix, directory, bytes));
  } catch (failure) {
    return unreached(["chdir to ", directory], failure);
  }
}

function writeHere(posix: Posix, directory: Name, bytes: Uint8Array): Unreached | undefined {
  let step: Words = ["unable to control ", directory];
  try {
    const fd = posix.openAt(AT_CWD, "supervise/control", "write");
    try {
      step = ["error writing commands to ", directory];
      posix.setStatusFlags(fd, posix.getStatusFlags(fd) & ~O_NONBLOCK);
      if (bytes.length > 0) posix.write(fd, bytes, 0, bytes.length);
    } finally {
      posix.close(fd);
    }
    return undefined;
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    const isAbsent = failure.code === "ENXIO" || failure.code === "ENOENT";
    const cause = failure.code === "ENXIO" ? "supervise not running" : failure.text;
    return { line: joined([...step, ": ", cause]), isAbsent };
  }
}

function unreached(words: Words, failure: unknown): Unreached {
  if (!(failure instanceof SystemFailure)) throw failure;
  return { line: unableTo(words, failure), isAbsent: failure.code === "ENOENT" };
}

/** A service that was sent something, and is to become what was asked for. */
export class Awaited {
  readonly directory: Buffer;
  private readonly visits: Visits;
  private readonly goal: Goal;
  private readonly before: Report;

  /** To be made before the commands are written. */
  constructor(visits: Visits, directory: Buffer, goal: Goal) {
    this.visits = visits;
    this.directory = directory;
    this.goal = goal;
    this.before = reportOn(visits, directory);
  }

  /** Resolves true when it has become so, false when the time is over. */
  async reached(deadlineMs: number): Promise<boolean> {
    const { posix } = this.visits;
    while (!this.isReached()) {
      if (posix.monotonicMs() >= deadlineMs) return false;
      await posix.sleep(LOOK_EVERY_MS);
    }
    return true;
  }

  private isReached(): boolean {
    const report = reportOn(this.visits, this.directory);
    if (this.goal === "gone") return report.kind === "trouble";
    if (report.kind === "trouble") return false;
    if (this.goal === "down") return report.status.pid === 0 && report.status.want !== "up";
    const hasChanged = this.goal === "up" || isOther(this.before, report);
    return hasChanged && report.status.pid !== 0 && isReady(historyOf(this.visits, this.directory));
  }
}

function isOther(before: Report, now: Known): boolean {
  if (before.kind === "trouble") return true;
  const [a, b] = [before.status.since, now.status.since];
  return a.seconds !== b.seconds || a.nanos !== b.nanos;
}

/** Of a service that does not tell, up is all that can be known. */
function isReady({ tellsReady, readySince }: History): boolean {
  return !tellsReady || readySince !== undefined;
}
