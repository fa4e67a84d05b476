/**
 * One batch from its source into every log, for as long as it takes: what is in the way is said and
 * waited for, and the batch is tried again.
 */
import { joined, SystemFailure } from "../posix/index.ts";
import type { BatchWriter } from "./batch-writer.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Batch, Source } from "./source.ts";
import type { Blocked } from "./trouble.ts";

/** A batch is no smaller than this, however slow rotations are. */
const LEAST_BATCH_BYTES = 4096;
/** How long a rotation that is in the way is waited for before the log is looked at again. */
const BUSY_LOOK_MS = 1000;
/** How often it is looked whether somebody removed a log that is written. */
const NAMES_MS = 100;

/** `left`: it stands in the source still, for a successor; `gone`: somebody else has taken it from there. */
export type Outcome = "written" | "left" | "gone";

export class Delivery {
  private readonly parts: EngineParts;
  private readonly writer: BatchWriter;
  private readonly largest: number;
  private most: number;
  private namesCheckedMs = Number.NEGATIVE_INFINITY;

  /** @param largest  bytes of a batch while nothing is in the way */
  constructor(parts: EngineParts, writer: BatchWriter, largest: number) {
    this.parts = parts;
    this.writer = writer;
    this.largest = largest;
    this.most = largest;
  }

  /** How many bytes the next batch is to have, at the most. */
  get mostBytes(): number {
    return this.most;
  }

  /**
   * Tries to write a batch that stands in memory; it is not yet taken from the source then.
   *
   * @returns what is in the way; the batch is `persist`'s then
   */
  attempt(batch: Batch): Blocked | undefined {
    this.writer.begin();
    const blocked = this.tryOnce(batch);
    if (blocked === undefined) this.most = Math.min(this.largest, this.most * 2);
    return blocked;
  }

  /**
   * Writes a batch that could not be written, however long it takes. Left in the source only when
   * the program is to end and cannot write.
   */
  async persist(source: Source, batch: Batch, obstacle: Blocked): Promise<Outcome> {
    let blocked: Blocked | undefined = obstacle;
    while (blocked !== undefined) {
      if (this.parts.course.isStopping && source.survives && blocked.kind === "failure") {
        this.takeBack(batch);
        return "left";
      }
      await this.overcome(blocked);
      // While this engine waited, others may have used the kernel's memory.
      if (!source.offerAgain(this.writer.memory, batch)) return this.noteGone(batch);
      blocked = this.tryOnce(batch);
    }
    return "written";
  }

  private tryOnce(batch: Batch): Blocked | undefined {
    return this.checkNames() ?? this.writer.attempt(batch.length);
  }

  private noteGone(batch: Batch): Outcome {
    const line = `somebody else reads from the input: ${batch.taken} bytes are gone`;
    this.parts.warn(joined([line]));
    return "gone";
  }

  /** Once in a while: whether every log still has its name. */
  private checkNames(): Blocked | undefined {
    const now = this.parts.posix.monotonicMs();
    if (now - this.namesCheckedMs < NAMES_MS) return undefined;
    this.namesCheckedMs = now;
    let blocked: Blocked | undefined;
    for (const logdir of this.parts.logdirs) blocked = logdir.checkName() ?? blocked;
    return blocked;
  }

  /** Says what is wrong and pauses, or waits for the rotation that is in the way. */
  private async overcome(blocked: Blocked): Promise<void> {
    const { posix, trouble, course } = this.parts;
    if (blocked.kind === "failure") {
      await trouble.pause(blocked.words, blocked.failure);
    } else {
      // Smaller batches while rotations are slow: less is put into memory twice.
      this.most = Math.max(LEAST_BATCH_BYTES, Math.floor(this.most / 2));
      // Looked at again once a second: the directory may have been removed, and the rotation with it.
      await trouble.standing("a rotation is at work", () =>
        Promise.race([blocked.done, posix.sleep(BUSY_LOOK_MS)]),
      );
    }
    if (course.fault !== undefined) throw course.fault;
  }

  /** The batch stays in the pipe for a successor; what was written of it is taken back. */
  private takeBack(batch: Batch): void {
    for (const logdir of this.parts.logdirs) {
      let undone = false;
      try {
        undone = logdir.undoBatch();
      } catch (failure) {
        if (!(failure instanceof SystemFailure)) throw failure;
      }
      if (undone) continue;
      const words = [logdir.path, ` holds part of ${batch.taken} bytes that stay in the input too`];
      this.parts.warn(joined(words));
    }
  }
}
