/** Showing what comes: when the logs are looked at again, and which of them. */
import { keepYoungSmall, type Posix } from "../posix/index.ts";
import type { Log } from "./targets.ts";
import { Watching } from "./watching.ts";

/** How long no news are waited for before every log is looked at. */
const TICK_MS = 250;
/** After news: lines that come thick and fast are taken together. */
const REST_MS = 3;

/** What is followed. */
export interface Followed {
  readonly logs: Iterable<Log>;
  add(log: Log, isSingle: boolean): void;
  /**
   * Shows what has come in logs that were stirred.
   *
   * @param isTick  every log is looked at
   * @returns whether there was one
   */
  catchUp(isStirred: (log: Log) => boolean, isTick: boolean): Promise<boolean>;
  /** Nothing that comes could be wanted. */
  readonly isDone: boolean;
}

export class Follow {
  private readonly posix: Posix;
  private readonly followed: Followed;
  private readonly looksMs: number | undefined;
  private watch: Watching | undefined;
  private isLast = false;

  /** @param looksMs  look so often, in place of being told */
  constructor(posix: Posix, followed: Followed, looksMs: number | undefined) {
    this.posix = posix;
    this.looksMs = looksMs;
    this.followed = followed;
  }

  /** Ends it when what stands there has been read. */
  finish(): void {
    this.isLast = true;
    this.watch?.wake();
  }

  /** @param resolve  which logs there are by now */
  async run(resolve: () => readonly Log[]): Promise<void> {
    keepYoungSmall();
    const watch = new Watching(this.posix, this.looksMs);
    this.watch = watch;
    try {
      for (let resolvedAt = 0; !this.followed.isDone; ) {
        const time = this.posix.monotonicMs();
        const { isLast } = this;
        const isTick = isLast || time - resolvedAt >= TICK_MS;
        if (isTick) {
          resolvedAt = time;
          this.lookForLogs(watch, resolve());
        }
        const any = await this.followed.catchUp(watch.take(), isTick);
        if (isLast || this.followed.isDone) return;
        if (any && !isTick) await this.posix.sleep(REST_MS);
        else await watch.wait(TICK_MS);
      }
    } finally {
      watch.close();
    }
  }

  private lookForLogs(watch: Watching, logs: readonly Log[]): void {
    for (const log of logs) this.followed.add(log, false);
    for (const log of this.followed.logs) watch.add(log);
  }
}
