/**
 * A tree of services: every subdirectory of the working directory, each with its logger, in one process.
 *
 * A service is known by its directory (device and inode), not by its name: it goes on when it is
 * renamed, and under two names it runs once. It is let go when no name is left and nothing of it runs.
 *
 * @see daemontools 0.76, svscan.c
 */
import { type Ending, type Fd, type Name, SystemFailure, turn, unableTo } from "../posix/index.ts";
import { joined } from "../posix/message.ts";
import { signalNumber } from "../posix/signals.ts";
import type { Attend, Means } from "./attendant.ts";
import type { BranchMeans } from "./begin.ts";
import { Branch } from "./branch.ts";
import { type Found, ScanDirectory } from "./scan-directory.ts";
import { ScanNews } from "./scan-news.ts";
import { Alarm, realTimers } from "./timers.ts";

/** How often the directory is looked at, whatever is told of it. */
const SCAN_MS = 5000;
/** Between the first news of the directory and the look at it: whoever makes a service makes more than its directory. */
const SETTLE_MS = 400;
/** From so many services on, the descriptors that this process has open weigh on every start. */
const MANY_SERVICES = 100;
/** What is added to a signal's number, as shells do. */
const KILLED = 128;

export interface TreeOptions extends Pick<Means, "posix" | "say"> {
  readonly attend: Attend;
  /** Keeps the logs that this process writes. */
  readonly host: Attend;
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  /** Is told, before the first service, that there are many. */
  readonly onMany?: () => void;
}

export class Tree {
  private readonly options: TreeOptions;
  private readonly means: BranchMeans;
  private readonly directory: ScanDirectory;
  private readonly branches = new Map<string, Branch>();
  private readonly alarm = new Alarm(realTimers);
  private wake: () => void = nothing;
  /** Milliseconds of the monotonic clock at which the next look is due. */
  private dueAt = 0;
  private isStopping = false;
  private exitCode = 0;

  constructor(options: TreeOptions) {
    this.options = options;
    this.directory = new ScanDirectory(options.posix, (line) => this.warn(line));
    this.means = {
      ...options,
      onEssentialDeath: (name, ending) => this.essentialDeath(name, ending),
      onEnd: () => this.dropOver(),
    };
  }

  /** Keeps the services running until it is told to stop. @returns the exit code */
  async run(): Promise<number> {
    const news = new ScanNews(() => this.lookWithin(SETTLE_MS));
    while (!this.isStopping) {
      this.dueAt = this.now() + SCAN_MS;
      await this.look();
      await this.untilDue();
    }
    news.close();
    this.alarm.cancel();
    await Promise.all([...this.branches.values()].map((branch) => branch.stop()));
    return this.exitCode;
  }

  /** Looks at the directory now. */
  rescan(): void {
    this.lookWithin(0);
  }

  /** Stops all services, then their loggers. Told again, it does not wait for the slow ones. */
  stop(): void {
    if (this.isStopping) for (const branch of this.branches.values()) branch.hurry();
    this.isStopping = true;
    this.wake();
  }

  /** One look at the directory: what is new is started, what has ended is started again, what is gone is let go. */
  private async look(): Promise<void> {
    const found = this.directory.find();
    if (this.branches.size === 0 && (found?.length ?? 0) >= MANY_SERVICES) this.options.onMany?.();
    const listed = new Set<Branch>();
    for (const one of found ?? []) {
      if (this.isStopping) return;
      const branch = this.branches.get(one.identity) ?? this.addBranch(one);
      if (branch === undefined || listed.has(branch)) continue;
      listed.add(branch);
      // Signals, commands and the ends of others have their turn between two starts.
      if (branch.tend(one.name)) await turn();
    }
    for (const branch of this.branches.values()) {
      branch.isListed = found === undefined ? branch.isListed : listed.has(branch);
    }
    this.dropOver();
  }

  private addBranch({ name, identity }: Found): Branch | undefined {
    const loggers = this.directory.findLoggers(name);
    if (loggers === undefined) return undefined;
    try {
      const branch = new Branch(this.means, name, loggers);
      this.branches.set(identity, branch);
      return branch;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      this.warn(unableTo(["create pipe for ", name], failure));
      return undefined;
    }
  }

  private dropOver(): void {
    if (this.isStopping) return;
    for (const [identity, branch] of this.branches) {
      if (branch.isListed) continue;
      branch.unlist();
      if (!branch.isOver) continue;
      branch.close();
      this.branches.delete(identity);
    }
  }

  private essentialDeath(name: Name, { code, signal }: Ending): void {
    if (this.isStopping) return;
    this.exitCode = code ?? KILLED + signalNumber(signal ?? "");
    const how = code === undefined ? (signal ?? "killed") : `exit ${code}`;
    this.warn(joined([name, ` is essential and has ended (${how}): stopping all others`]));
    this.stop();
  }

  private lookWithin(ms: number): void {
    this.dueAt = Math.min(this.dueAt, this.now() + ms);
    this.wake();
  }

  private async untilDue(): Promise<void> {
    for (;;) {
      const left = this.dueAt - this.now();
      if (left <= 0 || this.isStopping) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        this.alarm.set(Math.ceil(left), resolve);
      });
    }
  }

  private warn(line: Buffer): void {
    this.options.say("svscan", "warning", line);
  }

  private now(): number {
    return this.options.posix.monotonicMs();
  }
}

function nothing(): void {
  // Until somebody waits.
}
