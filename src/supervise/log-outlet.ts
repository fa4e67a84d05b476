/**
 * What a service writes on one of its descriptors, and the logger that takes it.
 *
 * Both ends of the pipe stay open here, so that either side may end and come back: nothing in the pipe is
 * lost, the service is never told that nobody reads, the logger not that nobody writes. The first two hold
 * even when svscan is killed (log-pipe.ts).
 */
import { type Fd, joined, type Name } from "../posix/index.ts";
import type { Attendant } from "./attendant.ts";
import { type BranchMeans, begin } from "./begin.ts";
import { LOG_FOLDERS, type LoggerKind } from "./hosted-log.ts";
import { openLogPipe } from "./log-pipe.ts";

const STDIN = 0;
/** So often a logger is started at the end, should it be killed before it has read what stands in its pipe. */
const MOST_DRAINS = 2;

export class LogOutlet {
  /** The service's descriptor. */
  readonly fd: Fd;
  private readonly means: BranchMeans;
  private readonly folder: string;
  private readonly kind: LoggerKind;
  private readonly pipe: readonly [readEnd: Fd, writeEnd: Fd];
  private log: Attendant | undefined;
  private hasWriter = true;
  private isClosed = false;
  private isHurried = false;

  /** @throws SystemFailure when there is no pipe to be had */
  constructor(means: BranchMeans, service: Name, folder: string, kind: LoggerKind) {
    this.means = means;
    this.folder = folder;
    this.fd = LOG_FOLDERS.get(folder) ?? STDIN;
    this.kind = kind;
    this.pipe = openLogPipe(means.posix, service, { fd: this.fd, folder });
  }

  get writeEnd(): Fd {
    return this.pipe[1];
  }

  get isRunning(): boolean {
    return this.log !== undefined;
  }

  /** Starts the logger where it does not run. @param service  its name now */
  tend(service: Name): void {
    const directory = joined([service, `/${this.folder}`]);
    const descriptors = new Map(this.means.descriptors).set(STDIN, this.pipe[0]);
    const program = this.kind === "hosted" ? "svscan" : "supervise";
    this.log ??= begin(this.means, program, { directory, descriptors }, () => {
      this.log = undefined;
    });
  }

  /** The service is gone and not listed. @returns whether the logger is to come to its end */
  isToEnd(): boolean {
    const isRemoved = this.log?.leaveIfRemoved() === true;
    return this.kind === "hosted" || isRemoved;
  }

  /** Lets the logger come to the end of what was written. */
  async drain(service: Name): Promise<void> {
    this.closeWriteEnd();
    for (let turn = 0; turn < MOST_DRAINS; turn++) {
      // It may just have failed, with lines in the pipe.
      this.tend(service);
      const isToRun = this.log?.drain() === true;
      await this.log?.ended;
      if (!isToRun || this.isHurried || this.leftBytes === 0) return;
    }
  }

  private get leftBytes(): number {
    return this.means.posix.queued(this.pipe[0]);
  }

  /** A new file, where the log is written here: all that such a one can be told. */
  rotate(): void {
    this.log?.rotate?.();
  }

  stop(): void {
    this.isHurried = true;
    this.log?.stop();
  }

  kill(): void {
    this.isHurried = true;
    this.log?.kill();
  }

  closeWriteEnd(): void {
    if (this.hasWriter) this.means.posix.close(this.writeEnd);
    this.hasWriter = false;
  }

  close(service: Name): void {
    this.closeWriteEnd();
    if (this.isClosed) return;
    this.isClosed = true;
    const { posix, say } = this.means;
    const [readEnd] = this.pipe;
    const left = this.leftBytes;
    if (left > 0) {
      const words = [service, `/${this.folder}: ${left} bytes are lost: no logger has read them`];
      say("svscan", "warning", joined(words));
    }
    posix.close(readEnd);
  }
}
