/**
 * How much of a batch stands in a log: a batch may come again, from its first byte, when something
 * could not be done, and may be taken back while it stands in `current` alone.
 */
import type { CurrentFile } from "./current-file.ts";

export class BatchProgress {
  /** Bytes of the batch that stand in the files, and that this try has passed. */
  private written = 0;
  private passed = 0;
  /** Where the batch began. */
  private file: CurrentFile | undefined;
  private fileBytes = 0;

  /** A new batch begins: nothing of it stands anywhere. */
  begin(current: CurrentFile): void {
    this.written = 0;
    this.passed = 0;
    this.file = current;
    this.fileBytes = current.filledBytes;
  }

  /** The same batch comes once more. */
  repeat(): void {
    this.passed = 0;
  }

  /** Its next `length` bytes come: how many of them stand in the files already. */
  pass(length: number): number {
    const standing = Math.min(length, Math.max(0, this.written - this.passed));
    this.passed += length;
    return standing;
  }

  /** So many bytes were written. */
  note(taken: number): void {
    this.written += taken;
  }

  /**
   * Takes back what the batch has put into `current`.
   *
   * @param current  undefined while there is none: a rotation is half done
   * @returns false when part of it is in a finished file
   */
  undo(current: CurrentFile | undefined): boolean {
    if (this.written === 0) return true;
    if (current === undefined || current !== this.file) return false;
    current.cutBack(this.fileBytes);
    this.written = 0;
    return true;
  }
}
