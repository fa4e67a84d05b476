/**
 * What a log directory is due by the clock, done between two batches: rotation (`:every`, ALRM),
 * removal by age (`:age`), and fsync (`:sync`).
 */
import { type Posix, SystemFailure } from "../posix/index.ts";
import type { LogCounts } from "./counts.ts";
import type { Logdir } from "./logdir.ts";
import { Schedule, turnAt } from "./schedule.ts";
import { attempt, type Trouble } from "./trouble.ts";

/** `:age` is looked at this often, at the most. */
const AGE_LOOK_SECONDS = 60;

export class Caretaker {
  /** Ends the pump's waiting. */
  wake: () => void = () => {};
  /** Whether there is no time to try again what failed. */
  giveUp: () => boolean = () => false;
  private readonly posix: Posix;
  private readonly trouble: Trouble;
  private readonly schedules: Schedule[] = [];
  private readonly rotations = new Set<Logdir>();
  private readonly prunings = new Set<Logdir>();
  private readonly always: Syncing[] = [];
  private readonly syncings = new Map<Logdir, Syncing>();
  private stopped = false;

  constructor(
    posix: Posix,
    logdirs: readonly Logdir[],
    counts: readonly LogCounts[],
    trouble: Trouble,
  ) {
    this.posix = posix;
    this.trouble = trouble;
    for (const [d, logdir] of logdirs.entries()) {
      const syncing = { logdir, counts: counts[d] as LogCounts };
      this.syncings.set(logdir, syncing);
      this.arrange(logdir, syncing);
    }
  }

  private arrange(logdir: Logdir, syncing: Syncing): void {
    const { everySeconds, ageSeconds, syncSeconds } = logdir.settings;
    if (everySeconds !== undefined) {
      this.rotateStale(logdir, everySeconds);
      this.schedule(everySeconds, () => this.rotations.add(logdir));
    }
    if (ageSeconds !== undefined) {
      this.prunings.add(logdir);
      this.schedule(Math.min(AGE_LOOK_SECONDS, ageSeconds), () => this.prunings.add(logdir));
    }
    if (syncSeconds === 0) this.always.push(syncing);
    else if (syncSeconds !== undefined) this.schedule(syncSeconds, () => void this.sync(syncing));
  }

  private schedule(seconds: number, onTurn: () => void): void {
    const { posix } = this;
    const turn = (): void => {
      onTurn();
      this.wake();
    };
    this.schedules.push(
      new Schedule(
        seconds,
        () => posix.now(),
        (second) => posix.localTime(second),
        turn,
      ),
    );
  }

  /** A `current` that was left in an earlier turn is rotated before a line of this one comes. */
  private rotateStale(logdir: Logdir, everySeconds: number): void {
    const { posix } = this;
    const turn = (seconds: number): number =>
      turnAt(seconds, everySeconds, (second) => posix.localTime(second));
    attempt([], () => {
      if (turn(logdir.modifiedSeconds) < turn(Number(posix.now()) / 1e9))
        this.rotations.add(logdir);
    });
  }

  askRotation(logdir: Logdir): void {
    this.rotations.add(logdir);
  }

  get isDue(): boolean {
    return this.rotations.size + this.prunings.size > 0;
  }

  /** Does what is due; what fails is tried again. */
  async work(): Promise<void> {
    for (const logdir of this.prunings) {
      this.prunings.delete(logdir);
      logdir.prune();
    }
    for (const logdir of this.rotations) {
      this.rotations.delete(logdir);
      for (let blocked = logdir.rotate(); blocked !== undefined; blocked = logdir.rotate()) {
        if (blocked.kind === "busy") await blocked.done;
        else if (this.giveUp()) break;
        else await this.trouble.pause(blocked.words, blocked.failure);
      }
    }
  }

  /** `:sync=always`: on the disk before it is taken from the pipe. */
  async syncBeforeTaking(): Promise<void> {
    if (this.always.length > 0) await Promise.all(this.always.map((syncing) => this.sync(syncing)));
  }

  /** Syncs a log; a failure is said and tried again after a pause. */
  private async sync({ logdir, counts }: Syncing): Promise<void> {
    while (!this.stopped) {
      const { lines } = counts.selected;
      try {
        await logdir.sync();
        counts.syncedLines = lines;
        return;
      } catch (failure) {
        if (!(failure instanceof SystemFailure)) throw failure;
        if (this.giveUp()) return;
        await this.trouble.pause(["write ", logdir.path, "/current to disk"], failure);
      }
    }
  }

  /** A log was closed: if cleanly, all of it is on the disk. */
  noteClosed(logdir: Logdir): void {
    const syncing = this.syncings.get(logdir);
    if (syncing !== undefined && !logdir.isLeft)
      syncing.counts.syncedLines = syncing.counts.selected.lines;
  }

  stop(): void {
    this.stopped = true;
    for (const schedule of this.schedules) schedule.stop();
  }
}

interface Syncing {
  readonly logdir: Logdir;
  readonly counts: LogCounts;
}
