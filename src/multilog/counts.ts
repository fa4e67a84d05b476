/**
 * The account of one log directory. At every moment between two batches
 * read = selected + deselected, in lines and in bytes.
 */

export interface Tally {
  lines: number;
  bytes: number;
}

export class LogCounts {
  readonly read: Tally = { lines: 0, bytes: 0 };
  readonly selected: Tally = { lines: 0, bytes: 0 };
  /** Selected lines that an fsync has covered. */
  syncedLines = 0;

  add(lines: number, bytes: number, selectedLines: number, selectedBytes: number): void {
    this.read.lines += lines;
    this.read.bytes += bytes;
    this.selected.lines += selectedLines;
    this.selected.bytes += selectedBytes;
  }

  get deselected(): Tally {
    return {
      lines: this.read.lines - this.selected.lines,
      bytes: this.read.bytes - this.selected.bytes,
    };
  }
}
