/**
 * The pump: batches out of a source, into every log, and only then taken from the source.
 *
 * An engine owns neither the process, nor its signals, nor its exit; any number may run beside each
 * other, sharing one kernel and one waiter.
 */
import { type Fd, type Posix, SystemFailure, turn, unableTo } from "../posix/index.ts";
import type { Account } from "./account.ts";
import { BatchWriter } from "./batch-writer.ts";
import { Caretaker } from "./caretaker.ts";
import { closeLogs } from "./closing.ts";
import { Delivery } from "./delivery.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { LabelClock } from "./label-clock.ts";
import { Logdir, type LogdirHost } from "./logdir.ts";
import { Pace } from "./pace.ts";
import { RepeatWatch, reportRepeated } from "./repeat-watch.ts";
import { Rest } from "./rest.ts";
import { RunningAccount } from "./running-account.ts";
import type { Script } from "./script.ts";
import type { Batch, Source } from "./source.ts";
import { StatusFile } from "./status-file.ts";
import { type Blocked, Trouble, type Warn } from "./trouble.ts";
import { Vigil } from "./vigil.ts";

/** A batch at the most. */
const MOST_BATCH_BYTES = 512 * 1024;

export interface EngineOptions {
  readonly posix: Posix;
  readonly kernel: Kernel;
  readonly warn: Warn;
  /** Where `e` writes. */
  readonly stderr: Fd;
  readonly pauseMs: number;
  /** Nothing else is done on this thread: it may stand still for some milliseconds. */
  readonly isAlone: boolean;
  readonly onRotated: (path: Uint8Array, archive: Buffer | undefined) => void;
}

export class Engine {
  private readonly options: EngineOptions;
  private readonly trouble: Trouble;
  private readonly clock: LabelClock;
  private readonly logdirs: readonly Logdir[];
  private readonly statuses: readonly StatusFile[];
  private readonly writer: BatchWriter;
  private readonly parts: EngineParts;
  private readonly delivery: Delivery;
  private readonly running: RunningAccount;
  private source: Source | undefined;
  private caretaker: Caretaker | undefined;
  private watches: RepeatWatch[] = [];
  private readonly pace = new Pace();
  private readonly rest: Rest;
  private readonly vigil: Vigil;
  private readonly course = { isStopping: false, fault: undefined as Error | undefined };
  /** The source was told that the program wants to end. */
  private finishing = false;

  constructor(script: Script, options: EngineOptions) {
    const { posix, warn } = options;
    this.options = options;
    this.trouble = new Trouble(posix, warn, options.pauseMs);
    this.clock = new LabelClock(() => posix.now());
    this.statuses = script.actions.flatMap((action) =>
      action.kind === "status" ? [new StatusFile(posix, action.file)] : [],
    );
    this.logdirs = this.makeLogdirs(script);
    this.writer = new BatchWriter(
      options.kernel,
      script,
      this.logdirs,
      this.statuses,
      this.clock,
      (unixSeconds) => posix.localTime(unixSeconds),
      (memory, at, length) => this.writeStderr(memory, at, length),
    );
    const { trouble, logdirs, course, writer } = this;
    this.parts = { posix, warn, trouble, logdirs, course };
    this.delivery = new Delivery(this.parts, writer, largestBatch(script));
    const books = {
      logdirs,
      counts: writer.counts,
      trouble,
      read: { lines: 0, bytes: 0 },
      latestNanos: () => writer.latestNanos,
      repeatedLines: 0,
    };
    this.running = new RunningAccount(posix, books, script.statsFile, warn);
    const mayHold = (): boolean => options.isAlone && !logdirs.some((log) => log.isRotating);
    this.rest = new Rest(posix, mayHold);
    this.vigil = new Vigil(posix, mayHold);
  }

  private makeLogdirs(script: Script): Logdir[] {
    const { posix, warn, onRotated } = this.options;
    const host: LogdirHost = {
      posix,
      warn,
      clock: this.clock,
      isLabelled: script.stamp === "tai64n",
      trouble: this.trouble,
      onRotated,
      onFault: (fault) => this.fail(fault),
    };
    return script.actions.flatMap((action) =>
      action.kind === "logdir" ? [new Logdir(action.path, action.settings, host)] : [],
    );
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
      this.writer.joinStatuses();
      for (const logdir of this.logdirs) {
        await logdir.open();
        if (logdir.recovered.unclean) this.watches.push(new RepeatWatch(posix, logdir));
      }
    } catch (failure) {
      this.release();
      throw failure;
    }
    this.running.write();
  }

  /** What has been counted so far, with what an earlier account said. */
  account(): Account {
    return this.running.now();
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
    this.caretaker.giveUp = () => this.course.isStopping;
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
    const { course, writer } = this;
    for (;;) {
      if (course.fault !== undefined) throw course.fault;
      if (this.caretaker?.isDue) await this.caretaker.work();
      if (course.isStopping && !this.finishing) {
        this.finishing = true;
        source.finishLine(writer.memory);
      }
      if (course.isStopping && source.canLeave && !writer.inLine) return;
      const batch = source.offer(writer.memory, this.delivery.mostBytes, writer.inLine);
      if (batch !== undefined) {
        const served = this.serve(source, batch);
        if (served !== undefined && !(await served)) return;
        // Signals, timers and the other engines have their turn between two batches.
        const pause = batch.more ? turn() : this.pause(source);
        if (pause !== undefined) await pause;
      } else if (source.ended) return;
      else if (!this.isCalled) await this.vigil.wait(source);
    }
  }

  /**
   * Until the next batch: a busy source is left alone for a moment, a quiet one says when.
   *
   * @returns undefined where there is nothing to wait for
   */
  private pause(source: Source): Promise<void> | undefined {
    if (this.course.isStopping) return undefined;
    const { posix } = this.options;
    const isBusy = this.pace.isBusy(this.writer.lastLines, () => posix.monotonicMs());
    if (isBusy) return this.rest.take();
    if (this.vigil.noteServed()) return turn();
    return this.isCalled ? undefined : this.vigil.wait(source);
  }

  /** Whether somebody called while nothing waited: a wake-up ends only a waiting that has begun. */
  private get isCalled(): boolean {
    return this.caretaker?.isDue === true || this.course.fault !== undefined;
  }

  /**
   * Writes a batch and takes it from the source: at once, without a promise, where nothing is in the
   * way, so that the thread of a busy source can stand still behind it.
   *
   * @returns false when it was left in the source, because the program is to end and cannot write
   */
  private serve(source: Source, batch: Batch): Promise<boolean> | undefined {
    const blocked = this.delivery.attempt(batch);
    if (blocked !== undefined) return this.serveLater(source, batch, blocked);
    const sync = this.caretaker?.syncBeforeTaking();
    if (sync === undefined) return void this.take(source, batch);
    return sync.then(() => this.take(source, batch));
  }

  private async serveLater(source: Source, batch: Batch, blocked: Blocked): Promise<boolean> {
    const outcome = await this.delivery.persist(source, batch, blocked);
    if (outcome === "written") {
      await this.caretaker?.syncBeforeTaking();
      this.take(source, batch);
    }
    return outcome !== "left";
  }

  private take(source: Source, batch: Batch): true {
    source.take(batch);
    this.noteTaken(batch);
    return true;
  }

  private noteTaken(batch: Batch): void {
    this.running.noteTaken(batch.length, this.writer.readLines);
    if (this.watches.length === 0) return;
    const { watches } = this;
    this.watches = [];
    if (this.source?.survives !== true) return;
    this.running.noteRepeated(reportRepeated(watches, this.writer.stampBytes, this.options.warn));
  }

  private async finish(): Promise<boolean> {
    const clean = await closeLogs(this.parts, (logdir) => this.caretaker?.noteClosed(logdir));
    if (this.course.fault !== undefined) throw this.course.fault;
    this.running.write();
    return clean;
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
    const { source, course } = this;
    if (course.isStopping) source?.hurry();
    // Bytes that only we hold need their rotations to be done; those in a pipe can wait for a successor.
    const patience = source?.survives ? "leave" : "keep trying";
    for (const logdir of this.logdirs) logdir.hurry(patience, course.isStopping);
    course.isStopping = true;
    this.trouble.wake();
    source?.wake();
  }

  private fail(fault: unknown): void {
    this.course.fault = fault instanceof Error ? fault : new Error(String(fault));
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
}

/** No larger than the smallest log: what a SIGKILL repeats is no more than one file. */
function largestBatch(script: Script): number {
  const sizes = script.actions.flatMap((action) =>
    action.kind === "logdir" ? [action.settings.sizeBytes] : [],
  );
  return Math.min(MOST_BATCH_BYTES, ...sizes);
}
