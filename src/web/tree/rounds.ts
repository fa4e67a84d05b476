/**
 * What is looked at by the clock: once a second a share of the services, so that a thousand of them never have
 * their turn at once.
 */
import { type Posix, SystemFailure } from "../../posix/index.ts";
import type { ServiceEntry } from "./service-entry.ts";

const TICK_MS = 1000;
/** How often each has its turn, in ticks. */
const LOG_TICKS = 2;
/** While nobody watches. */
const IDLE_LOG_TICKS = 5;
const LIFE_TICKS = 5;
/** Of those that the system tells nothing of. */
const UNWATCHED_TICKS = 2;
const FIND_LOG_TICKS = 30;
const SCAN_TICKS = 10;
const NANOS_PER_MS = 1_000_000n;

export interface RoundsOptions {
  readonly posix: Pick<Posix, "now">;
  readonly entries: () => readonly ServiceEntry[];
  readonly isWatchedBySomebody: () => boolean;
  readonly onChange: (changed: readonly ServiceEntry[]) => void;
  readonly scan: () => void;
  /** Is told what has cut a round short; the next one is made all the same. */
  readonly onTrouble: (failure: SystemFailure) => void;
}

export class Rounds {
  private readonly options: RoundsOptions;
  private readonly timer: NodeJS.Timeout;
  private tick = 0;

  constructor(options: RoundsOptions) {
    this.options = options;
    this.timer = setInterval(() => this.go(), TICK_MS);
    this.timer.unref();
    this.lookAtLogs(1);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private go(): void {
    this.tick++;
    try {
      this.look();
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      this.options.onTrouble(failure);
    }
  }

  private look(): void {
    const { options } = this;
    if (this.tick % SCAN_TICKS === 0) options.scan();
    const changed = new Set([...this.lookAtStates(), ...this.lookAtLogs(this.logTicks)]);
    if (changed.size > 0) options.onChange([...changed]);
  }

  private get logTicks(): number {
    return this.options.isWatchedBySomebody() ? LOG_TICKS : IDLE_LOG_TICKS;
  }

  private lookAtStates(): ServiceEntry[] {
    const nowMs = this.nowMs;
    return this.options.entries().filter((entry, place) => {
      const turn = this.tick + place;
      if (!entry.isWatched && turn % UNWATCHED_TICKS === 0) return entry.read();
      if (turn % LIFE_TICKS === 0 && !entry.isAsRead) return entry.read();
      return entry.validUntilMs <= nowMs && entry.refresh();
    });
  }

  /** @param ticks  how often each has its turn; 1: all have */
  private lookAtLogs(ticks: number): ServiceEntry[] {
    const nowMs = this.nowMs;
    return this.options.entries().filter((entry, place) => {
      const { log } = entry;
      if ((this.tick + place) % FIND_LOG_TICKS === 0) log.find();
      return (this.tick + place) % ticks === 0 && log.look(nowMs) && entry.refresh();
    });
  }

  private get nowMs(): number {
    return Number(this.options.posix.now() / NANOS_PER_MS);
  }
}
