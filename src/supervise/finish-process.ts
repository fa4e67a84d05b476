/** `finish` as a process: what is run after every end of `run`, and its time. */
import type { Ending, Name, Posix } from "../posix/index.ts";
import type { Programs } from "./programs.ts";
import { KILL_AGAIN_MS } from "./run-process.ts";
import type { Settings } from "./settings.ts";
import { Alarm, type Timers } from "./timers.ts";

export class FinishProcess {
  private readonly posix: Posix;
  private readonly programs: Programs;
  private readonly settings: Settings;
  private readonly limit: Alarm;
  private readonly overdue: () => void;
  private pid = 0;

  /** @param overdue  is called when its time is over */
  constructor(
    posix: Posix,
    { programs, settings, timers }: { programs: Programs; settings: Settings; timers: Timers },
    overdue: () => void,
  ) {
    this.posix = posix;
    this.programs = programs;
    this.settings = settings;
    this.limit = new Alarm(timers);
    this.overdue = overdue;
  }

  /**
   * @param ending  that of `run`
   * @param name  the service's
   * @param pid  that `run` had
   * @returns how it ends, or undefined when there is none
   * @throws SystemFailure when it could not be started
   */
  start(ending: Ending, name: Name, pid: number): Promise<Ending> | undefined {
    const started = this.programs.startFinish(ending, name, pid);
    if (started === undefined) return undefined;
    this.pid = started;
    this.limit.set(this.settings.finishMs, this.overdue);
    return this.buried(started);
  }

  kill(): void {
    this.programs.signal(this.pid, "SIGKILL");
    this.programs.signal(this.pid, "SIGCONT");
    this.limit.set(KILL_AGAIN_MS, this.overdue);
  }

  private async buried(pid: number): Promise<Ending> {
    const ending = await this.posix.ended(pid);
    this.limit.cancel();
    this.pid = 0;
    return ending;
  }
}
