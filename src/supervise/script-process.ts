/** `start`, `finish` or `stop` as a process: one of them at a time. */
import type { Ending, Posix } from "../posix/index.ts";
import { Commanded } from "./commanded.ts";
import type { Programs, Script } from "./programs.ts";
import type { Settings } from "./settings.ts";
import type { Timers } from "./timers.ts";

export interface ProcessMeans {
  readonly posix: Posix;
  readonly programs: Programs;
  readonly settings: Settings;
  readonly timers: Timers;
}

export class ScriptProcess {
  readonly commanded: Commanded;
  private readonly posix: Posix;
  private readonly programs: Programs;
  private current = 0;

  constructor({ posix, programs, settings, timers }: ProcessMeans) {
    this.posix = posix;
    this.programs = programs;
    this.commanded = new Commanded(settings, timers, (name, toGroup) =>
      programs.signal(this.current, name, toGroup),
    );
  }

  /** 0 when there is none. */
  get pid(): number {
    return this.current;
  }

  /**
   * @param before  is called where there is one, before it is started
   * @returns how it ends, or undefined when there is none
   * @throws SystemFailure when it could not be started
   */
  start(script: Script, before: () => void): Promise<Ending> | undefined {
    const started = this.programs.startScript(script, before);
    if (started === undefined) return undefined;
    this.current = started;
    return this.buried(started);
  }

  private async buried(pid: number): Promise<Ending> {
    const ending = await this.posix.ended(pid);
    this.commanded.ended();
    this.current = 0;
    return ending;
  }
}
