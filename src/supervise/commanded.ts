/** A process that commands reach: its signals, and the time that it has to stop. */
import type { Settings } from "./settings.ts";
import { Alarm, type Timers } from "./timers.ts";

/** A process that KILL did not end is killed again so often: it may have been stuck in the kernel. */
export const KILL_AGAIN_MS = 5000;

export type Send = (name: NodeJS.Signals, toGroup: boolean) => void;

export class Commanded {
  private readonly settings: Settings;
  private readonly limit: Alarm;
  private readonly send: Send;

  /** @param send  signals the process that there is now, or nobody */
  constructor(settings: Settings, timers: Timers, send: Send) {
    this.settings = settings;
    this.limit = new Alarm(timers);
    this.send = send;
  }

  /** @param toGroup  to the process group that it leads, where it leads one */
  signal(name: NodeJS.Signals, toGroup: boolean = false): void {
    this.send(name, toGroup);
  }

  /** Asks it to end; `due` is called when its time is over. */
  stop(toGroup: boolean, due: () => void): void {
    const reachesAll = toGroup || this.settings.killGroup === "all";
    this.signal(this.settings.downSignal, reachesAll);
    this.signal("SIGCONT", reachesAll);
    this.limit.set(this.settings.killAfterMs, due);
  }

  /** `again` is called when it should long have ended. */
  kill(again: () => void): void {
    const reachesAll = this.settings.killGroup !== undefined;
    this.signal("SIGKILL", reachesAll);
    this.signal("SIGCONT", reachesAll);
    this.limit.set(KILL_AGAIN_MS, again);
  }

  /** @param ms  how long it may take in all; undefined: for ever */
  allow(ms: number | undefined, due: () => void): void {
    this.limit.set(ms, due);
  }

  ended(): void {
    this.limit.cancel();
  }
}
