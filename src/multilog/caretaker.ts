/**
 * What a log directory is due by the clock, done between two batches: rotation (`:every`, ALRM),
 * removal by age (`:age`), and fsync (`:sync`).
 */
import { type Posix, SystemFailure, type Words } from "../posix/index.ts";
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
  private readonly rotations = new Map<Logdir, AskedRotation>();
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
      const syncing = { logdir, counts: counts[d] as LogCounts, atWork: false };
      this.syncings.set(logdir, syncing);
      this.arrange(logdir, syncing);
    }
  }

  private arrange(logdir: Logdir, syncing: Syncing): void {
    const { everySeconds, ageSeconds, syncSeconds } = logdir.settings;
    if (everySeconds !== undefined) {
      this.rotateStale(logdir, everySeconds);
      this.schedule(everySeconds, () => void this.askRotation(logdir));
    }
    if (ageSeconds !== undefined) {
      this.prunings.add(logdir);
      this.schedule(Math.min(AGE_LOOK_SECONDS, ageSeconds), () => this.prunings.add(logdir));
    }
    if (syncSeconds === 0) this.always.push(syncing);
    else if (syncSeconds !== undefined)
      this.schedule(syncSeconds, () => void this.syncAside(syncing));
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
        void this.askRotation(logdir);
    });
  }

  /** Asks for a rotation; resolves when `current` is new, or was empty. Asked twice, it is one. */
  askRotation(logdir: Logdir): Promise<void> {
    if (this.stopped) return Promise.resolve();
    const asked = this.rotations.get(logdir);
    if (asked !== undefined) return asked.done;
    let resolve = (): void => {};
    const done = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.rotations.set(logdir, { done, resolve, isDue: true });
    return done;
  }

  /** Whether something is to be done between two batches: rotations by the clock or by ALRM, removals by age. */
  get isDue(): boolean {
    if (this.prunings.size > 0) return true;
    for (const { isDue } of this.rotations.values()) if (isDue) return true;
    return false;
  }

  /** Does what is due; what fails is tried again. */
  async work(): Promise<void> {
    for (const logdir of this.prunings) {
      this.prunings.delete(logdir);
      logdir.prune();
    }
    for (const [logdir, asked] of this.rotations) if (asked.isDue) await this.rotate(logdir, asked);
  }

  private async rotate(logdir: Logdir, asked: AskedRotation): Promise<void> {
    for (;;) {
      const blocked = logdir.rotate();
      if (blocked?.kind === "busy") return this.rotateLater(asked, blocked.done);
      if (blocked === undefined || this.giveUp()) break;
      await this.trouble.pause(blocked.words, blocked.failure);
    }
    this.rotations.delete(logdir);
    asked.resolve();
  }

  /** The rotation before it is still at work: lines go on into `current` meanwhile. */
  private rotateLater(asked: AskedRotation, done: Promise<void>): void {
    asked.isDue = false;
    const resume = (): void => {
      asked.isDue = true;
      this.wake();
    };
    done.then(resume, resume);
  }

  /** `:sync=always`: on the disk before it is taken from the pipe; undefined where nobody asks for it. */
  syncBeforeTaking(): Promise<unknown> | undefined {
    if (this.always.length === 0) return undefined;
    return Promise.all(
      this.always.map((syncing) =>
        this.sync(syncing, (words, failure) => this.trouble.pause(words, failure)),
      ),
    );
  }

  /** `:sync=5s`: one at a time, while lines go on. */
  private async syncAside(syncing: Syncing): Promise<void> {
    if (syncing.atWork) return;
    syncing.atWork = true;
    await this.sync(syncing, (words, failure) => this.trouble.pauseAside(words, failure));
    syncing.atWork = false;
  }

  /** Syncs a log; a failure is said and tried again after a pause. */
  private async sync({ logdir, counts }: Syncing, pause: Pause): Promise<void> {
    while (!this.stopped) {
      const { lines } = counts.selected;
      try {
        await logdir.sync();
        counts.syncedLines = lines;
        return;
      } catch (failure) {
        if (!(failure instanceof SystemFailure)) throw failure;
        if (this.giveUp()) return;
        await pause(["write ", logdir.path, "/current to disk"], failure);
      }
    }
  }

  /** A log was closed cleanly: all of it is on the disk. */
  noteClosed(logdir: Logdir): void {
    const syncing = this.syncings.get(logdir);
    if (syncing !== undefined) syncing.counts.syncedLines = syncing.counts.selected.lines;
  }

  stop(): void {
    this.stopped = true;
    for (const schedule of this.schedules) schedule.stop();
    for (const { resolve } of this.rotations.values()) resolve();
    this.rotations.clear();
  }
}

interface Syncing {
  readonly logdir: Logdir;
  readonly counts: LogCounts;
  atWork: boolean;
}

interface AskedRotation {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  /** False while the rotation before it is waited for. */
  isDue: boolean;
}

type Pause = (words: Words, failure: unknown) => Promise<void>;
