/**
 * Where lines come from: bytes are offered, and taken for good only when they stand in every log.
 */

import type { SystemFailure } from "../posix/index.ts";

/** The memory that a batch is put into. */
export interface BatchMemory {
  readonly memory: Buffer;
  readonly at: number;
  /** Room from `at`; one byte more is there for a newline at the end of the input. */
  readonly capacity: number;
}

export interface Batch {
  /** Bytes in the memory: whole lines, or a piece of a line that is too long to wait for. */
  readonly length: number;
  /** Bytes to take from the source once they are written; a newline may have been added at its end. */
  readonly taken: number;
  /** Whether more may be ready behind it. */
  readonly more: boolean;
}

export interface Source {
  /**
   * Puts what can be served now into memory: whole lines, up to about `most` bytes.
   *
   * @param inLine  the last batch ended in the middle of a line: any bytes will do
   * @returns undefined when nothing can be served now
   */
  offer(into: BatchMemory, most: number, inLine: boolean): Batch | undefined;
  /** Puts the same batch into memory again; false when it is not there any more. */
  offerAgain(into: BatchMemory, batch: Batch): boolean;
  /** The batch is written. */
  take(batch: Batch): void;
  /** Whether nothing will come any more, once `offer` answers undefined. */
  readonly ended: boolean;
  /** Whether the source can be left now: nothing was read that is not written, no line has begun. */
  readonly canLeave: boolean;
  /** Whether what was offered survives this process: it can be left to a successor. */
  readonly survives: boolean;
  /** Why reading came to an end, when it was not the end of the input. */
  readonly failure: SystemFailure | undefined;
  /**
   * From now on no byte behind the end of the line that has begun is to be taken.
   *
   * @param scratch  memory that nobody else needs now
   */
  finishLine(scratch: BatchMemory): void;
  /** Not even the end of the line that has begun is waited for any more. */
  hurry(): void;
  /**
   * Has the thread stand still until there is something to offer.
   *
   * @returns false when there was nothing so long, or when a signal came
   */
  standBy?(ms: number): boolean;
  /** Waits until there may be something to offer. */
  wait(): Promise<void>;
  wake(): void;
  close(): void;
}
