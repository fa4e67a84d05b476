/**
 * Messages out of a stream: RFC 6587, each either counted (`LENGTH MESSAGE`) or ended by a newline.
 *
 * Each message says for itself which it is: digits, a blank and `<` begin a counted one. One that is
 * longer than MOST_MESSAGE_BYTES comes in pieces. Memory grows to what is held and shrinks again.
 */
import { skipDigits } from "./time.ts";

const NEWLINE = 0x0a;
const SPACE = 0x20;
const LESS = 0x3c;
const ZERO = 0x30;
/** RFC 5425 wants 8 KiB to be taken. */
export const MOST_MESSAGE_BYTES: number = 64 * 1024;
const SMALL_BYTES = 4096;
const LARGE_BYTES: number = 2 * MOST_MESSAGE_BYTES;
const MOST_LENGTH_DIGITS = 9;

/** A message, or a piece of one: bytes of `memory`, valid until the next call. */
export interface Frame {
  readonly at: number;
  readonly end: number;
  /** It goes on where the one before has ended. */
  readonly continues: boolean;
  /** More of it follows. */
  readonly goesOn: boolean;
}

export class Framing {
  memory: Buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  private at = 0;
  private end = 0;
  /** No newline was found before this place. */
  private searched = 0;
  /** Of the counted message that has begun: bytes to come. */
  private owed = 0;
  private inPieces = false;

  /** Where the next bytes go, and how many. */
  room(): { readonly at: number; readonly bytes: number } {
    if (this.at === this.end) this.rewind();
    if (this.memory.length - this.end < SMALL_BYTES / 2) this.makeRoom();
    return { at: this.end, bytes: this.memory.length - this.end };
  }

  /** So many bytes were put there. */
  add(bytes: number): void {
    this.end += bytes;
  }

  get isEmpty(): boolean {
    return this.at === this.end;
  }

  /** Nothing is expected soon: memory that is not needed goes. */
  rest(): void {
    if (this.isEmpty && this.memory.length > SMALL_BYTES) {
      this.memory = Buffer.allocUnsafeSlow(SMALL_BYTES);
      this.rewind();
    }
  }

  /** @param isOver  nothing follows: what is left is a message */
  next(isOver: boolean): Frame | undefined {
    if (this.owed === 0 && !this.inPieces) this.begin(isOver);
    if (this.at === this.end) return undefined;
    return this.owed > 0 ? this.counted(isOver) : this.line(isOver);
  }

  private rewind(): void {
    this.at = this.end = this.searched = 0;
  }

  private makeRoom(): void {
    const held = this.end - this.at;
    const wanted = Math.min(LARGE_BYTES, Math.max(this.memory.length * 2, SMALL_BYTES));
    const memory = this.at >= this.memory.length / 2 ? this.memory : Buffer.allocUnsafeSlow(wanted);
    this.memory.copy(memory, 0, this.at, this.end);
    this.memory = memory;
    this.searched -= this.at;
    this.at = 0;
    this.end = held;
  }

  /** Passes over what stands between messages, and reads a length. */
  private begin(isOver: boolean): void {
    const { memory, end } = this;
    while (this.at < end && (memory[this.at] === NEWLINE || memory[this.at] === 0)) this.at++;
    this.searched = Math.max(this.searched, this.at);
    if (memory[this.at] === ZERO) return;
    const stop = skipDigits(memory, this.at, Math.min(end, this.at + MOST_LENGTH_DIGITS));
    if (stop === this.at || stop + 1 >= end) return;
    if (memory[stop] !== SPACE || memory[stop + 1] !== LESS) return;
    this.owed = Number(memory.toString("latin1", this.at, stop));
    this.at = stop + 1;
    if (isOver) this.owed = Math.min(this.owed, end - this.at);
  }

  private counted(isOver: boolean): Frame | undefined {
    const here = this.end - this.at;
    const bytes = Math.min(this.owed, here, MOST_MESSAGE_BYTES);
    if (bytes < this.owed && bytes < MOST_MESSAGE_BYTES && !isOver) return undefined;
    this.owed = isOver && bytes === here ? 0 : this.owed - bytes;
    return this.take(bytes, this.owed > 0);
  }

  private line(isOver: boolean): Frame | undefined {
    const { memory, at, end } = this;
    const found = memory.subarray(0, end).indexOf(NEWLINE, Math.max(at, this.searched));
    this.searched = end;
    const stop = found < 0 ? end : found;
    const bytes = Math.min(stop - at, MOST_MESSAGE_BYTES);
    if (found < 0 && bytes < MOST_MESSAGE_BYTES && !isOver) return undefined;
    const isWhole = bytes === stop - at && (found >= 0 || isOver);
    const frame = this.take(bytes, !isWhole);
    if (found >= 0) this.searched = at + bytes;
    if (isWhole && found >= 0) this.at++;
    return frame;
  }

  private take(bytes: number, goesOn: boolean): Frame {
    const frame = { at: this.at, end: this.at + bytes, continues: this.inPieces, goesOn };
    this.at += bytes;
    this.inPieces = goesOn;
    return frame;
  }
}
