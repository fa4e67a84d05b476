/**
 * One service of the tree and its logger: who attends them, and the pipe between them.
 *
 * Both ends of the pipe stay open here, so that either side may end and come back: nothing in the pipe is
 * lost, the service is never told that nobody reads, the logger not that nobody writes. The first two hold
 * even when svscan is killed (log-pipe.ts).
 *
 * @see daemontools 0.76, svscan.c, start()
 */
import {
  type Ending,
  Fatal,
  type Fd,
  joined,
  type Name,
  SystemFailure,
  unableTo,
} from "../posix/index.ts";
import type { Attend, Attendant, Means, Order } from "./attendant.ts";
import type { Command } from "./commands.ts";
import type { LoggerKind } from "./hosted-log.ts";
import { openLogPipe } from "./log-pipe.ts";

const STDIN = 0;
const STDOUT = 1;

export interface BranchMeans extends Pick<Means, "posix" | "say"> {
  readonly attend: Attend;
  /** Keeps a log that is written by this process. */
  readonly host: Attend;
  /** What a service finds where nothing else is said. */
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  readonly onEssentialDeath: (name: Name, ending: Ending) => void;
  /** An attendant has ended. */
  readonly onEnd: () => void;
}

export class Branch {
  /** Whether the last look at the scan directory found it. */
  isListed = true;
  private readonly means: BranchMeans;
  private readonly logger: LoggerKind;
  private readonly pipe: readonly [readEnd: Fd, writeEnd: Fd] | undefined;
  private name: Name;
  private main: Attendant | undefined;
  private log: Attendant | undefined;
  /** No service writes any more: the logger comes to an end, and this branch with it. */
  private isClosing = false;
  private isClosed = false;
  private wasHurried = false;

  /** @throws SystemFailure when there is no pipe to be had */
  constructor(means: BranchMeans, name: Name, logger: LoggerKind) {
    this.means = means;
    this.name = name;
    this.logger = logger;
    this.pipe = logger === "none" ? undefined : openLogPipe(means.posix, name);
  }

  /** Nothing is left of it. */
  get isOver(): boolean {
    return !this.isListed && this.main === undefined && this.log === undefined;
  }

  /**
   * Starts whatever does not run.
   *
   * @param name  the first of the names that it has now
   * @returns whether anything had to be started
   */
  tend(name: Name): boolean {
    if (this.isClosing) return false;
    this.name = name;
    const isWhole = this.main !== undefined && (this.pipe === undefined || this.log !== undefined);
    this.main ??= this.startMain();
    this.log ??= this.startLog();
    return !isWhole;
  }

  /**
   * It is not in the scan directory: a log that is ours ends with its service, as nobody else could tell it;
   * so does what was removed.
   */
  unlist(): void {
    this.main?.leaveIfRemoved();
    if (this.main !== undefined) return;
    const isRemoved = this.log?.leaveIfRemoved() === true;
    if (this.logger === "hosted" || isRemoved) this.closeWriteEnd();
  }

  /** Stops the service, lets the logger come to the end of what was written, lets go of both. */
  async stop(): Promise<void> {
    this.main?.stop();
    await this.main?.ended;
    this.closeWriteEnd();
    // It may just have failed, with lines in the pipe.
    this.log ??= this.startLog();
    this.log?.drain();
    await this.log?.ended;
    this.close();
  }

  /** It was told to stop, and takes too long. */
  hurry(): void {
    if (this.main !== undefined) this.main.kill();
    else if (this.wasHurried) this.log?.kill();
    else {
      this.wasHurried = true;
      this.log?.stop();
    }
  }

  close(): void {
    this.closeWriteEnd();
    if (this.isClosed || this.pipe === undefined) return;
    this.isClosed = true;
    const { posix, say } = this.means;
    const [readEnd] = this.pipe;
    const left = posix.queued(readEnd);
    if (left > 0) {
      const words = [this.name, `/log: ${left} bytes are lost: no logger has read them`];
      say("svscan", "warning", joined(words));
    }
    posix.close(readEnd);
  }

  private closeWriteEnd(): void {
    if (!this.isClosing && this.pipe !== undefined) this.means.posix.close(this.pipe[1]);
    this.isClosing = true;
  }

  private startMain(): Attendant | undefined {
    const { means, name, pipe } = this;
    const descriptors = new Map(means.descriptors);
    if (pipe !== undefined) descriptors.set(STDOUT, pipe[1]);
    const onEssentialDeath = (ending: Ending): void => means.onEssentialDeath(this.name, ending);
    // All that a log which is written here can be told.
    const onLogCommand = ({ signal }: Command): void => {
      if (signal === "SIGALRM") this.log?.rotate?.();
    };
    const order = { directory: name, descriptors, onEssentialDeath, onLogCommand };
    return this.begin("supervise", order, () => {
      this.main = undefined;
    });
  }

  private startLog(): Attendant | undefined {
    const { means, name, pipe } = this;
    if (pipe === undefined) return undefined;
    const directory = Buffer.concat([Buffer.from(name as Uint8Array), Buffer.from("/log")]);
    const descriptors = new Map(means.descriptors).set(STDIN, pipe[0]);
    const program = this.logger === "hosted" ? "svscan" : "supervise";
    return this.begin(program, { directory, descriptors }, () => {
      this.log = undefined;
    });
  }

  /** @param forget  is called when the attendant has ended */
  private begin(
    program: "supervise" | "svscan",
    order: Order,
    forget: () => void,
  ): Attendant | undefined {
    const { attend, host, say, onEnd } = this.means;
    try {
      const started = (program === "svscan" ? host : attend)(order);
      void started.ended.then(() => {
        forget();
        onEnd();
      });
      return started;
    } catch (failure) {
      if (failure instanceof Fatal) say(program, "fatal", failure.line);
      else if (failure instanceof SystemFailure)
        say("svscan", "warning", unableTo(["start supervise ", order.directory], failure));
      else throw failure;
      return undefined;
    }
  }
}
