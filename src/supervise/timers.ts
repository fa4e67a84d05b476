/** Timers, as an argument: a test hands in its own. */

export interface Timers {
  /** Runs `action` once after that time. @returns what calls it off */
  after(ms: number, action: () => void): () => void;
}

export const realTimers: Timers = {
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/** One time that is waited for; a new one takes the place of the one before. */
export class Alarm {
  private readonly timers: Timers;
  private cancelSet: (() => void) | undefined;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /** @param ms  undefined: never */
  set(ms: number | undefined, action: () => void): void {
    this.cancel();
    if (ms !== undefined) this.cancelSet = this.timers.after(ms, action);
  }

  cancel(): void {
    this.cancelSet?.();
    this.cancelSet = undefined;
  }
}
