/**
 * From a batch in the kernel's memory to every log: stderr, status files, log directories.
 *
 * A try is synchronous: no other engine gets at the shared kernel in between. When something could
 * not be written, the same batch is put into memory again and tried once more; it comes out byte
 * for byte the same, and what stands in the files already is passed over.
 */

import { compileScript, statusPaths } from "./compile-script.ts";
import { LogCounts } from "./counts.ts";
import type { Kernel } from "./kernel/kernel.ts";
import type { Program } from "./kernel/program.ts";
import type { LabelClock } from "./label-clock.ts";
import type { Logdir } from "./logdir.ts";
import type { Script } from "./script.ts";
import type { BatchMemory } from "./source.ts";
import { type LocalTimeOf, NANOS_PER_SECOND, type Stamp, stampOf } from "./stamp.ts";
import type { StatusFile } from "./status-file.ts";
import type { Blocked } from "./trouble.ts";

/** One byte is kept free behind the input, for a newline at its end. */
const SPARE_BYTES = 1;

export class BatchWriter {
  readonly memory: BatchMemory;
  /** The account of each log directory, in script order. */
  readonly counts: readonly LogCounts[];
  /** Lines of every batch that was written. */
  readLines = 0;
  /** Lines of the last batch. */
  lastLines = 0;
  /** When the last of them was stamped, nanoseconds since 1970; 0 before there was one. */
  latestNanos = 0n;
  private readonly kernel: Kernel;
  private readonly script: Script;
  private program: Program;
  private readonly stamp: Stamp | undefined;
  private readonly clock: LabelClock;
  private readonly logdirs: readonly Logdir[];
  private readonly statuses: readonly StatusFile[];
  private readonly writeStderr: (memory: Buffer, at: number, length: number) => void;
  /** The kernel's state of a line that is not finished, as it was before this batch. */
  private readonly lineState: Uint8Array;
  /** The stamp of this batch's first line, nanoseconds since 1970. */
  private reading = 0n;
  private prefix: Buffer = Buffer.alloc(0);
  private prefixSecond = -1n;
  private stderrWritten = 0;
  private stderrPassed = 0;
  /** What this try has counted, applied when it succeeds. */
  private lines = 0;
  private readonly selectedLines: Float64Array;
  private readonly selectedBytes: Float64Array;

  constructor(
    kernel: Kernel,
    script: Script,
    logdirs: readonly Logdir[],
    statuses: readonly StatusFile[],
    clock: LabelClock,
    localTime: LocalTimeOf,
    writeStderr: (memory: Buffer, at: number, length: number) => void,
  ) {
    this.kernel = kernel;
    this.stamp = script.stamp === undefined ? undefined : stampOf(script.stamp, localTime);
    this.script = script;
    this.program = compileScript(script, this.stamp, statusPaths(script));
    this.lineState = new Uint8Array(this.program.stateBytes);
    this.logdirs = logdirs;
    this.statuses = statuses;
    this.clock = clock;
    this.writeStderr = writeStderr;
    this.counts = logdirs.map(() => new LogCounts());
    this.selectedLines = new Float64Array(logdirs.length);
    this.selectedBytes = new Float64Array(logdirs.length);
    this.memory = {
      memory: Buffer.from(kernel.memory.buffer),
      at: kernel.inputAt,
      capacity: kernel.inputBytes - SPARE_BYTES,
    };
  }

  /** Bytes of the stamp before each line. */
  get stampBytes(): number {
    return this.program.stampBytes;
  }

  /** Whether the last batch ended in the middle of a line. */
  get inLine(): boolean {
    return this.lineState[0] !== 0;
  }

  /**
   * The status files are open: those that turn out to be one file keep one text.
   *
   * @throws Fatal, exit code 100, as the constructor does
   */
  joinStatuses(): void {
    const files = this.statuses.map(({ identity }) => identity);
    if (new Set(files).size === files.length) return;
    this.program = compileScript(this.script, this.stamp, files);
  }

  /** A new batch stands in memory. */
  begin(): void {
    this.reading = this.clock.read();
    this.stderrWritten = 0;
    for (const logdir of this.logdirs) logdir.beginBatch();
  }

  /**
   * Tries to write the whole batch.
   *
   * @returns why it could not be; the batch is to be put into memory again and tried once more
   */
  attempt(length: number): Blocked | undefined {
    const { kernel, memory } = this;
    kernel.load(this.program);
    kernel.restoreState(this.lineState);
    this.reset();
    let blocked: Blocked | undefined;
    let reading = this.reading;
    for (let done = 0; done < length; ) {
      const second = this.setStamp(reading);
      const used = kernel.run(memory.at + done, length - done);
      if (this.stamp !== undefined) reading = second * NANOS_PER_SECOND + BigInt(kernel.nanos);
      this.clock.advance(reading - 1n);
      this.count();
      blocked = this.writeOut() ?? blocked;
      done += used;
    }
    for (const status of this.statuses) blocked = status.write() ?? blocked;
    if (blocked === undefined) this.commit(length, reading);
    return blocked;
  }

  private reset(): void {
    this.stderrPassed = 0;
    this.lines = 0;
    this.selectedLines.fill(0);
    this.selectedBytes.fill(0);
    for (const logdir of this.logdirs) logdir.repeatBatch();
  }

  /** @returns the second in which the next lines are stamped */
  private setStamp(reading: bigint): bigint {
    if (this.stamp === undefined) return 0n;
    const second = reading / NANOS_PER_SECOND;
    if (second !== this.prefixSecond) this.prefix = this.stamp.prefix(second);
    this.prefixSecond = second;
    this.kernel.setStamp(this.prefix, Number(reading % NANOS_PER_SECOND));
    return second;
  }

  private count(): void {
    const { kernel } = this;
    this.lines += kernel.lines;
    for (let d = 0; d < this.logdirs.length; d++) {
      this.selectedLines[d] = (this.selectedLines[d] ?? 0) + kernel.outputLines(d);
      this.selectedBytes[d] = (this.selectedBytes[d] ?? 0) + kernel.outputInputBytes(d);
    }
  }

  /** Writes what one run of the kernel laid out; a log that is blocked does not hold up the others. */
  private writeOut(): Blocked | undefined {
    const { kernel } = this;
    const { memory } = this.memory;
    this.passStderr(kernel.stderrLength);
    for (const [s, status] of this.statuses.entries()) {
      status.remember(memory, kernel.statusAt(s), kernel.statusLength(s));
    }
    let blocked: Blocked | undefined;
    for (const [d, logdir] of this.logdirs.entries()) {
      const length = kernel.outputLength(d);
      if (length > 0) blocked = logdir.accept(memory, kernel.outputAt(d), length) ?? blocked;
    }
    return blocked;
  }

  private passStderr(length: number): void {
    this.stderrPassed += length;
    const fresh = this.stderrPassed - this.stderrWritten;
    if (fresh <= 0) return;
    this.writeStderr(this.memory.memory, this.kernel.stderrAt + length - fresh, fresh);
    this.stderrWritten = this.stderrPassed;
  }

  private commit(length: number, reading: bigint): void {
    this.kernel.saveState(this.lineState);
    this.readLines += this.lines;
    this.lastLines = this.lines;
    if (this.lines > 0) this.latestNanos = this.stamp === undefined ? reading : reading - 1n;
    for (const [d, counts] of this.counts.entries()) {
      counts.add(this.lines, length, this.selectedLines[d] ?? 0, this.selectedBytes[d] ?? 0);
    }
  }
}
