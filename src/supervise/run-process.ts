/** `run` as a process: its start, its daemon where it makes one, the pipe on which it says that it is ready. */
import {
  type BackgroundEnd,
  type BackgroundWatch,
  verdict,
  watchBackground,
} from "../chain/index.ts";
import {
  type Ending,
  type Fd,
  ignoring,
  joined,
  type Name,
  type Posix,
  type Words,
} from "../posix/index.ts";
import { Commanded } from "./commanded.ts";
import { Notification } from "./notification.ts";
import type { Programs } from "./programs.ts";
import type { ProcessMeans } from "./script-process.ts";
import type { Settings } from "./settings.ts";

/** A process that was started. */
export interface Run {
  /** How it ends. */
  readonly ended: Promise<Ending>;
}

/** What it has to tell beside its end. */
export interface RunNews {
  ready(): void;
  /** It has put itself into the background: its daemon is the process now. */
  moved(): void;
}

export interface RunMeans extends ProcessMeans {
  /** The service directory, as messages name it. */
  readonly directory: Name;
  readonly warn: (words: Words) => void;
}

export class RunProcess {
  readonly commanded: Commanded;
  private readonly posix: Posix;
  private readonly programs: Programs;
  private readonly settings: Settings;
  private readonly means: RunMeans;
  private readonly news: RunNews;
  private current = 0;
  private notification: Notification | undefined;
  private watch: BackgroundWatch | undefined;

  constructor(means: RunMeans, news: RunNews) {
    const { posix, programs, settings, timers } = means;
    this.posix = posix;
    this.programs = programs;
    this.settings = settings;
    this.means = means;
    this.news = news;
    this.commanded = new Commanded(settings, timers, (name, toGroup) => this.send(name, toGroup));
  }

  /** 0 when there is none. */
  get pid(): number {
    return this.current;
  }

  /**
   * @returns what was started; a promise of it where the start takes its time
   * @throws SystemFailure, Unusable when it could not be started; LockHeld when one before it still runs
   */
  start(): Run | Promise<Run> {
    const { lockFd, notificationFd, pidFile } = this.settings;
    if (lockFd !== undefined) return this.startLocked(lockFd);
    if (notificationFd !== undefined || pidFile !== undefined) return this.startWith(new Map());
    const pid = this.programs.startRunAside(this.leadsGroup);
    return typeof pid === "number" ? this.follow(pid) : pid.then((known) => this.follow(known));
  }

  private startLocked(lockFd: Fd): Run {
    const lock = this.programs.takeLock();
    try {
      return this.startWith(new Map([[lockFd, lock]]));
    } finally {
      // The service has it now, if there is one.
      this.posix.close(lock);
    }
  }

  /** It runs already. */
  takeOver(pid: number): void {
    this.current = pid;
  }

  /** It has ended. @returns the process id that it had */
  forget(): number {
    const pid = this.current;
    this.commanded.ended();
    this.notification?.close();
    this.notification = undefined;
    this.watch = undefined;
    this.current = 0;
    return pid;
  }

  private startWith(more: Map<Fd, Fd>): Run {
    const fd = this.settings.notificationFd;
    let run: Run;
    try {
      if (fd !== undefined) {
        this.notification = new Notification(this.posix, () => this.news.ready());
        more.set(fd, this.notification.writeEnd);
      }
      run = this.launch(more);
    } catch (failure) {
      this.notification?.abandon();
      this.notification = undefined;
      throw failure;
    }
    this.notification?.handedOver();
    return run;
  }

  private get leadsGroup(): boolean {
    return this.settings.killGroup !== undefined;
  }

  private follow(pid: number): Run {
    this.current = pid;
    return { ended: this.posix.ended(pid) };
  }

  private launch(more: ReadonlyMap<Fd, Fd>): Run {
    const { posix, programs, leadsGroup } = this;
    const { pidFile } = this.settings;
    if (pidFile === undefined) return this.follow(programs.startRun(more, leadsGroup));
    posix.becomeSubreaper();
    const { directory } = programs;
    const watch = watchBackground(
      {
        start: () => programs.startRun(more, leadsGroup),
        pidFile,
        directory,
        onReady: (daemon) => {
          this.current = daemon;
          this.news.moved();
        },
      },
      posix,
    );
    this.current = watch.pid;
    this.watch = watch;
    return { ended: watch.ended.then((end) => this.endOf(end, pidFile)) };
  }

  private endOf(end: BackgroundEnd, pidFile: Name): Ending {
    if (end.cause === "parent" || end.cause === "daemon") return end.ending;
    const { directory, warn } = this.means;
    const program = joined([directory, "/run"]);
    warn(verdict(end, program, Buffer.from(pidFile as Uint8Array)).why ?? []);
    const isKnown = end.cause !== "daemon of another";
    // Of a parent that is not followed, it is known that it has ended well.
    return { code: isKnown ? 0 : undefined, signal: undefined };
  }

  private send(name: NodeJS.Signals, toGroup: boolean): void {
    const { watch } = this;
    if (watch === undefined || toGroup) this.programs.signal(this.current, name, toGroup);
    else ignoring(["EPERM"], () => watch.signal(name));
  }
}
