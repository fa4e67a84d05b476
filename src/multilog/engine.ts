/**
 * The pump: batches out of a source, into every log, and only then taken from the source.
 *
 * An engine owns neither the process, nor its signals, nor its exit; any number may run beside each
 * other, sharing one kernel and one waiter.
 */
import { type Fd, joined, type Posix, SystemFailure, unableTo } from "../posix/index.ts";
import { type Account, type Books, makeAccount } from "./account.ts";
import { BatchWriter } from "./batch-writer.ts";
import { Caretaker } from "./caretaker.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { LabelClock } from "./label-clock.ts";
import { Logdir } from "./logdir.ts";
import { Pace } from "./pace.ts";
import { RepeatWatch } from "./repeat-watch.ts";
import type { Script } from "./script.ts";
import type { Batch, Source } from "./source.ts";
import { StatsFile } from "./stats-file.ts";
import { StatusFile } from "./status-file.ts";
import { type Blocked, Trouble, type Warn } from "./trouble.ts";
import { plural } from "./units.ts";

/** A batch in a quiet moment, and the most; smaller while rotations hold a batch up. */
const MOST_BATCH_BYTES = 512 * 1024;
const LEAST_BATCH_BYTES = 4096;
/** How long a rotation that is in the way is waited for before the log is looked at again. */
const BUSY_LOOK_MS = 1000;
/** How long a busy source is left alone: 2 ms cost half the CPU of 1 ms at 50,000 lines a second (bench/cpu.bench.ts). */
const REST_MS = 2;
/** How often it is looked whether somebody removed a log that is written. */
const NAMES_MS = 100;

export interface EngineOptions {
  readonly posix: Posix;
  readonly kernel: Kernel;
  readonly warn: Warn;
  /** Where `e` writes. */
  readonly stderr: Fd;
  readonly pauseMs: number;
  readonly onRotated: (path: Uint8Array, archive: Buffer | undefined) => void;
}

export class Engine {
  private readonly options: EngineOptions;
  private readonly trouble: Trouble;
  private readonly clock: LabelClock;
  private readonly logdirs: Logdir[] = [];
  private readonly statuses: StatusFile[] = [];
  private readonly writer: BatchWriter;
  private readonly books: Books;
  private readonly stats: StatsFile | undefined;
  private readonly startMs: number;
  private before: Account | undefined;
  private source: Source | undefined;
  private caretaker: Caretaker | undefined;
  private watches: RepeatWatch[] = [];
  private readonly pace = new Pace();
  private namesCheckedMs = Number.NEGATIVE_INFINITY;
  /** A batch is no larger than the smallest log: what a SIGKILL repeats is no more than one file. */
  private readonly largest: number;
  private most: number;
  private stopping = false;
  /** The source was told so. */
  private finishing = false;
  private fault: Error | undefined;

  constructor(script: Script, options: EngineOptions) {
    const { posix, warn } = options;
    this.options = options;
    this.trouble = new Trouble(posix, warn, options.pauseMs);
    this.clock = new LabelClock(() => posix.now());
    this.startMs = Number(posix.now() / 1_000_000n);
    this.largest = largestBatch(script);
    this.most = this.largest;
    for (const action of script.actions) {
      if (action.kind === "status") this.statuses.push(new StatusFile(posix, action.file));
      if (action.kind === "logdir") {
        this.logdirs.push(
          new Logdir(action.path, action.settings, {
            posix,
            warn,
            clock: this.clock,
            isLabelled: script.stamp === "tai64n",
            trouble: this.trouble,
            onRotated: options.onRotated,
            onFault: (fault) => this.fail(fault),
          }),
        );
      }
    }
    this.writer = new BatchWriter(
      options.kernel,
      script,
      this.logdirs,
      this.statuses,
      this.clock,
      (unixSeconds) => posix.localTime(unixSeconds),
      (memory, at, length) => this.writeStderr(memory, at, length),
    );
    this.books = {
      logdirs: this.logdirs,
      counts: this.writer.counts,
      trouble: this.trouble,
      read: { lines: 0, bytes: 0 },
      latestNanos: () => this.writer.latestNanos,
      repeatedLines: 0,
    };
    if (script.statsFile !== undefined) {
      this.stats = new StatsFile(posix, script.statsFile, warn);
      this.stats.account = () => this.account();
      this.trouble.onChange = () => this.stats?.write();
    }
  }

  /**
   * Opens every file and directory of the script, in the order of the C program.
   *
   * @throws Fatal, exit code 111; nothing has been read then, and everything is released
   */
  async open(): Promise<void> {
    const { posix } = this.options;
    try {
      for (const status of this.statuses) status.open();
      for (const logdir of this.logdirs) {
        await logdir.open();
        if (logdir.recovered.unclean) this.watches.push(new RepeatWatch(posix, logdir));
      }
    } catch (failure) {
      this.release();
      throw failure;
    }
    this.before = this.stats?.read();
    this.stats?.write();
  }

  /** What has been counted so far, with what an earlier account said. */
  account(): Account {
    const { posix } = this.options;
    const nowMs = Number(posix.now() / 1_000_000n);
    return makeAccount(this.books, this.before, this.startMs, nowMs, posix.monotonicMs());
  }

  /**
   * Serves a source until it ends, or `stop` is called.
   *
   * @returns whether every log was closed cleanly
   */
  async run(source: Source): Promise<boolean> {
    this.source = source;
    this.caretaker = new Caretaker(
      this.options.posix,
      this.logdirs,
      this.writer.counts,
      this.trouble,
    );
    this.caretaker.wake = () => source.wake();
    this.caretaker.giveUp = () => this.stopping;
    try {
      await this.pump(source);
      if (source.failure !== undefined) this.options.warn(unableTo(["read input"], source.failure));
      return await this.finish();
    } finally {
      this.caretaker.stop();
      this.release();
    }
  }

  private async pump(source: Source): Promise<void> {
    for (;;) {
      if (this.fault !== undefined) throw this.fault;
      await this.keepHouse();
      if (this.stopping && !this.finishing) {
        this.finishing = true;
        source.finishLine(this.writer.memory);
      }
      if (this.stopping && source.canLeave && !this.writer.inLine) return;
      const batch = source.offer(this.writer.memory, this.most, this.writer.inLine);
      if (batch !== undefined) {
        if (!(await this.deliver(source, batch))) return;
        // Signals, timers and the other engines have their turn between two batches.
        if (batch.more) await new Promise((resolve) => setImmediate(resolve));
        else if (!this.stopping) await this.pause(source);
      } else if (source.ended) return;
      else if (!this.isCalled) await source.wait();
    }
  }

  /** Until the next batch: a busy source is left alone for a moment, a quiet one says when. */
  private async pause(source: Source): Promise<void> {
    const { posix } = this.options;
    if (this.pace.isBusy(this.writer.lastLines, posix.monotonicMs())) await posix.sleep(REST_MS);
    else if (!this.isCalled) await source.wait();
  }

  /** Whether somebody called while nothing waited: a wake-up ends only a waiting that has begun. */
  private get isCalled(): boolean {
    return this.caretaker?.isDue === true || this.fault !== undefined;
  }

  /** What is due between two batches: rotations by the clock or by ALRM, removals by age, a sync. */
  private async keepHouse(): Promise<void> {
    if (this.caretaker?.isDue) await this.caretaker.work();
  }

  /**
   * Writes a batch, for as long as it takes, and takes it from the source.
   *
   * @returns false when it was left in the source, because the program is to end and cannot write
   */
  private async deliver(source: Source, batch: Batch): Promise<boolean> {
    const { writer } = this;
    writer.begin();
    for (let tries = 0; ; tries++) {
      // While this engine waited, others may have used the kernel's memory.
      if (tries > 0 && !source.offerAgain(writer.memory, batch)) return this.giveUpOn(batch);
      const blocked = this.checkNames() ?? writer.attempt(batch.length);
      if (blocked === undefined) {
        this.grow(tries === 0);
        break;
      }
      if (this.stopping && source.survives && blocked.kind === "failure") {
        this.leave(batch);
        return false;
      }
      await this.overcome(blocked);
    }
    await this.caretaker?.syncBeforeTaking();
    source.take(batch);
    this.noteTaken(batch);
    return true;
  }

  /** Somebody else has taken the batch from the pipe meanwhile: it is theirs now. */
  private giveUpOn(batch: Batch): boolean {
    this.options.warn(
      joined([`somebody else reads from the input: ${batch.taken} bytes are gone`]),
    );
    return true;
  }

  /** Once in a while: whether every log still has its name. */
  private checkNames(): Blocked | undefined {
    const now = this.options.posix.monotonicMs();
    if (now - this.namesCheckedMs < NAMES_MS) return undefined;
    this.namesCheckedMs = now;
    let blocked: Blocked | undefined;
    for (const logdir of this.logdirs) blocked = logdir.checkName() ?? blocked;
    return blocked;
  }

  private grow(atOnce: boolean): void {
    if (atOnce) this.most = Math.min(this.largest, this.most * 2);
  }

  private noteTaken(batch: Batch): void {
    this.books.read.bytes += batch.length;
    this.books.read.lines = this.writer.readLines;
    this.stats?.touch();
    if (this.watches.length > 0) this.reportRepeated();
  }

  /** Says what is wrong and pauses, or waits for the rotation that is in the way. */
  private async overcome(blocked: Blocked): Promise<void> {
    if (blocked.kind === "failure") {
      await this.trouble.pause(blocked.words, blocked.failure);
    } else {
      // Smaller batches while rotations are slow: less is put into memory twice.
      this.most = Math.max(LEAST_BATCH_BYTES, Math.floor(this.most / 2));
      // Looked at again once a second: the directory may have been removed, and the rotation with it.
      await this.trouble.standing("a rotation is at work", () =>
        Promise.race([blocked.done, this.options.posix.sleep(BUSY_LOOK_MS)]),
      );
    }
    if (this.fault !== undefined) throw this.fault;
  }

  /** The batch stays in the pipe for a successor; what was written of it is taken back. */
  private leave(batch: Batch): void {
    for (const logdir of this.logdirs) {
      let undone = false;
      try {
        undone = logdir.undoBatch();
      } catch (failure) {
        if (!(failure instanceof SystemFailure)) throw failure;
      }
      if (undone) continue;
      const words = [logdir.path, ` holds part of ${batch.taken} bytes that stay in the input too`];
      this.options.warn(joined(words));
    }
  }

  /** Closes every log; while that fails: warns, pauses, tries again, unless the program is to end. */
  private async finish(): Promise<boolean> {
    let clean = true;
    for (const logdir of this.logdirs) {
      if (this.stopping) logdir.hurry("leave");
      if (await this.closeLog(logdir)) this.caretaker?.noteClosed(logdir);
      else clean = false;
    }
    if (this.fault !== undefined) throw this.fault;
    this.stats?.write();
    return clean;
  }

  /** @returns whether all of it is on the disk */
  private async closeLog(logdir: Logdir): Promise<boolean> {
    for (;;) {
      const blocked = await logdir.close();
      if (blocked?.kind !== "failure") return !logdir.isLeft;
      if (this.stopping) {
        this.options.warn(unableTo(blocked.words, blocked.failure));
        return false;
      }
      await this.trouble.pause(blocked.words, blocked.failure);
    }
  }

  /** Rotates every log that holds something, as ALRM asks; resolves when `current` is new, or the end has come. */
  async rotate(): Promise<void> {
    const { caretaker } = this;
    if (caretaker === undefined) return;
    const asked = this.logdirs.map((logdir) => caretaker.askRotation(logdir));
    this.source?.wake();
    await Promise.all(asked);
  }

  /**
   * Ends the engine: the line that has begun is finished, the rest stays in a pipe. Asked a second
   * time, it does not wait for the end of that line.
   */
  stop(): void {
    const { source } = this;
    if (this.stopping) source?.hurry();
    // Bytes that only we hold need their rotations to be done; those in a pipe can wait for a successor.
    const patience = source?.survives ? "leave" : "keep trying";
    for (const logdir of this.logdirs) logdir.hurry(patience, this.stopping);
    this.stopping = true;
    this.trouble.wake();
    source?.wake();
  }

  private fail(fault: unknown): void {
    this.fault = fault instanceof Error ? fault : new Error(String(fault));
    this.trouble.wake();
    this.source?.wake();
  }

  private release(): void {
    for (const logdir of this.logdirs) logdir.release();
    for (const status of this.statuses) status.close();
    this.source?.close();
  }

  private writeStderr(memory: Buffer, at: number, length: number): void {
    try {
      this.options.posix.write(this.options.stderr, memory, at, length);
    } catch (failure) {
      // As in the C program: nobody may read it, and the logs do not depend on it.
      if (!(failure instanceof SystemFailure)) throw failure;
    }
  }

  /** Says which lines of the first batch stand in the old files already. */
  private reportRepeated(): void {
    const { watches } = this;
    this.watches = [];
    if (this.source?.survives !== true) return;
    for (const watch of watches) {
      const repeated = watch.look(this.writer.stampBytes);
      if (repeated === undefined) continue;
      const { logdir, archive, lines } = repeated;
      this.books.repeatedLines += lines;
      const said = `: the first ${plural(lines, "line")} may repeat the last ones of `;
      this.options.warn(joined([logdir.path, said, archive]));
    }
  }
}

function largestBatch(script: Script): number {
  const sizes = script.actions.flatMap((action) =>
    action.kind === "logdir" ? [action.settings.sizeBytes] : [],
  );
  return Math.min(MOST_BATCH_BYTES, ...sizes);
}
