/** `run` as a process: its start, the pipe on which it says that it is ready, its signals, its time to stop. */
import type { Fd, Posix } from "../posix/index.ts";
import { Notification } from "./notification.ts";
import type { Programs } from "./programs.ts";
import type { Settings } from "./settings.ts";
import { Alarm, type Timers } from "./timers.ts";

/** A process that KILL did not end is killed again so often: it may have been stuck in the kernel. */
export const KILL_AGAIN_MS = 5000;

/** What it has to tell beside its end. */
export interface RunNews {
  ready(): void;
  /** Its time to stop is over. */
  killDue(): void;
}

export class RunProcess {
  private readonly posix: Posix;
  private readonly programs: Programs;
  private readonly settings: Settings;
  private readonly limit: Alarm;
  private readonly news: RunNews;
  private current = 0;
  private notification: Notification | undefined;

  constructor(
    posix: Posix,
    { programs, settings, timers }: { programs: Programs; settings: Settings; timers: Timers },
    news: RunNews,
  ) {
    this.posix = posix;
    this.programs = programs;
    this.settings = settings;
    this.limit = new Alarm(timers);
    this.news = news;
  }

  /** 0 when there is none. */
  get pid(): number {
    return this.current;
  }

  /**
   * @returns its process id
   * @throws SystemFailure when it could not be started; LockHeld when one before it still runs
   */
  start(): number {
    const lockFd = this.settings.lockFd;
    if (lockFd === undefined) return this.startWith(new Map());
    const lock = this.programs.takeLock();
    try {
      return this.startWith(new Map([[lockFd, lock]]));
    } finally {
      // The service has it now, if there is one.
      this.posix.close(lock);
    }
  }

  private startWith(more: Map<Fd, Fd>): number {
    const fd = this.settings.notificationFd;
    try {
      if (fd !== undefined) {
        this.notification = new Notification(this.posix, () => this.news.ready());
        more.set(fd, this.notification.writeEnd);
      }
      this.current = this.programs.startRun(more);
    } catch (failure) {
      this.notification?.abandon();
      this.notification = undefined;
      throw failure;
    }
    this.notification?.handedOver();
    return this.current;
  }

  /** It runs already. */
  takeOver(pid: number): void {
    this.current = pid;
  }

  /** It has ended. @returns the process id that it had */
  forget(): number {
    const pid = this.current;
    this.limit.cancel();
    this.notification?.close();
    this.notification = undefined;
    this.current = 0;
    return pid;
  }

  /** @param toGroup  to the process group that it leads, where it leads one */
  signal(name: NodeJS.Signals, toGroup: boolean = false): void {
    this.programs.signal(this.current, name, toGroup);
  }

  /** Asks it to end. */
  stop(toGroup: boolean): void {
    this.signal(this.settings.downSignal, toGroup);
    this.signal("SIGCONT", toGroup);
    this.limit.set(this.settings.killAfterMs, () => this.news.killDue());
  }

  kill(): void {
    this.signal("SIGKILL");
    this.signal("SIGCONT");
    this.limit.set(KILL_AGAIN_MS, () => this.news.killDue());
  }
}
