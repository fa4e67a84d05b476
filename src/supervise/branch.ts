/**
 * One service of the tree and its loggers: who attends them, and how they end together.
 *
 * @see daemontools 0.76, svscan.c, start()
 */
import type { Ending, Name } from "../posix/index.ts";
import type { Attendant } from "./attendant.ts";
import { type BranchMeans, begin } from "./begin.ts";
import type { Command } from "./commands.ts";
import type { Loggers } from "./hosted-log.ts";
import { LogOutlet } from "./log-outlet.ts";

export class Branch {
  /** Whether the last look at the scan directory found it. */
  isListed = true;
  private readonly means: BranchMeans;
  private readonly outlets: readonly LogOutlet[];
  private name: Name;
  private main: Attendant | undefined;
  /** No service writes any more: the loggers come to an end, and this branch with them. */
  private isClosing = false;
  private wasHurried = false;

  /** @throws SystemFailure when there is no pipe to be had */
  constructor(means: BranchMeans, name: Name, loggers: Loggers) {
    this.means = means;
    this.name = name;
    this.outlets = openOutlets(means, name, loggers);
  }

  /** Nothing is left of it. */
  get isOver(): boolean {
    return !this.isListed && this.main === undefined && !this.outlets.some((one) => one.isRunning);
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
    const isWhole = this.main !== undefined && this.outlets.every((one) => one.isRunning);
    this.main ??= this.startMain();
    for (const outlet of this.outlets) outlet.tend(name);
    return !isWhole;
  }

  /**
   * It is not in the scan directory: a log that is ours ends with its service, as nobody else could tell it;
   * so does what was removed.
   */
  unlist(): void {
    this.main?.leaveIfRemoved();
    if (this.main !== undefined) return;
    for (const outlet of this.outlets) {
      if (!outlet.isToEnd()) continue;
      outlet.closeWriteEnd();
      this.isClosing = true;
    }
  }

  /** Stops the service, lets the loggers come to the end of what was written, lets go of all. */
  async stop(): Promise<void> {
    this.main?.stop();
    await this.main?.ended;
    this.isClosing = true;
    await Promise.all(this.outlets.map((outlet) => outlet.drain(this.name)));
    this.close();
  }

  /** It was told to stop, and takes too long. */
  hurry(): void {
    if (this.main !== undefined) return this.main.kill();
    for (const outlet of this.outlets) {
      if (this.wasHurried) outlet.kill();
      else outlet.stop();
    }
    this.wasHurried = true;
  }

  close(): void {
    this.isClosing = true;
    for (const outlet of this.outlets) outlet.close(this.name);
  }

  private startMain(): Attendant | undefined {
    const { means, name, outlets } = this;
    const descriptors = new Map(means.descriptors);
    for (const { fd, writeEnd } of outlets) descriptors.set(fd, writeEnd);
    const onEssentialDeath = (ending: Ending): void => means.onEssentialDeath(this.name, ending);
    const onLogCommand = ({ signal }: Command): void => {
      if (signal === "SIGALRM") for (const outlet of outlets) outlet.rotate();
    };
    const order = { directory: name, descriptors, onEssentialDeath, onLogCommand };
    return begin(means, "supervise", order, () => {
      this.main = undefined;
    });
  }
}

function openOutlets(means: BranchMeans, name: Name, loggers: Loggers): LogOutlet[] {
  const outlets: LogOutlet[] = [];
  try {
    for (const [folder, kind] of loggers) outlets.push(new LogOutlet(means, name, folder, kind));
    return outlets;
  } catch (failure) {
    for (const outlet of outlets) outlet.close(name);
    throw failure;
  }
}
