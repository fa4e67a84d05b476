/**
 * When a demonstration is to end: Ctrl-C, TERM, a closed terminal, no reader, or the time is up.
 */
const PARENT_LOOK_MS = 500;
/** npm passes a Ctrl-C on that the terminal has told us already: within this time it is the same. */
const SAME_MS = 1000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export class Ending {
  /** Resolves with the reason, the first time somebody wants the end. */
  readonly asked: Promise<string>;
  /** Called when somebody asks again. */
  onImpatience: () => void = () => {};
  private wantedAt: number | undefined;
  private readonly resolve: (reason: string) => void;
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly listener = (signal: NodeJS.Signals): void =>
    this.ask(signal === "SIGINT" ? "Ctrl-C" : signal);

  /** @param afterMs  the end comes by itself then */
  constructor(afterMs: number | undefined) {
    let resolve = (_reason: string): void => {};
    this.asked = new Promise((settle) => {
      resolve = settle;
    });
    this.resolve = resolve;
    for (const signal of SIGNALS) process.on(signal, this.listener);
    // An npm that was killed tells nobody; it is not to leave a server behind.
    if (process.env["npm_lifecycle_event"] !== undefined) this.watchParent(process.ppid);
    if (afterMs !== undefined) this.timer = setTimeout(() => this.ask("the time is up"), afterMs);
  }

  private watchParent(parent: number): void {
    const look = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(look);
      this.ask("npm is gone");
    }, PARENT_LOOK_MS);
    look.unref();
  }

  ask(reason: string): void {
    const now = performance.now();
    if (this.wantedAt === undefined) {
      this.wantedAt = now;
      this.resolve(reason);
    } else if (now - this.wantedAt > SAME_MS && reason !== "the time is up") this.onImpatience();
  }

  /** Lets go of the timer; signals are still met until the process ends. */
  over(): void {
    clearTimeout(this.timer);
    this.onImpatience = () => {};
  }
}
