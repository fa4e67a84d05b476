/**
 * Bytes of one log, taken apart into lines in a buffer that is used again and again.
 *
 * A line that a rotation cut in two is one line. Lines longer than LONGEST_LINE_BYTES come in pieces.
 */
import type { Content } from "./content.ts";
import { LabelEye } from "./label-key.ts";

export const LONGEST_LINE_BYTES: number = 16 * 2 ** 20;
const LF = 0x0a;

/** Where bytes come from: a log directory or a single file. */
export interface ByteSource {
  /** Reads on: 0 when there is nothing more now. One answer never joins bytes of two files. */
  read(memory: Uint8Array, at: number, length: number): number | Promise<number>;
  readonly file: Content | undefined;
  close(): void;
}

/** A place between two lines. */
export interface Place {
  readonly device: number;
  readonly inode: number;
  readonly offset: number;
}

export abstract class LineBuffer {
  /** The line is memory[start, end), without its newline. */
  memory: Buffer;
  start = 0;
  end = 0;
  /** Whether a newline ended it; otherwise it is a piece, or the unfinished end. */
  ended = true;
  /** Whether it is a later piece of a line, and whether another piece follows. */
  continues = false;
  goesOn = false;
  abstract readonly bytes: ByteSource;
  /** Where the next line begins; bytes up to `filled` were read. */
  protected next = 0;
  protected filled = 0;
  /** No newline stands between `next` and here. */
  protected looked = 0;
  /** The line before was a piece: what comes is no beginning of a line. */
  protected inPieces = false;
  /** Something was given out since the last reading. */
  protected taken = false;
  /** Behind what was given out, as of the last reading. */
  protected place: Place | undefined;
  /** Bytes of a new file begin here, behind an unfinished line. */
  protected joinAt = -1;
  private readonly usualBytes: number;

  constructor(bufferBytes: number) {
    this.memory = Buffer.allocUnsafe(bufferBytes);
    this.usualBytes = bufferBytes;
  }

  /** Goes to the next line that stands in memory whole, or to a piece; false when more has to be read first. */
  protected advanceLine(): boolean {
    const newline = this.looked < this.filled ? this.memory.indexOf(LF, this.looked) : -1;
    if (newline >= 0 && newline < this.filled) this.take(newline, true);
    else {
      this.looked = this.filled;
      if (this.filled - this.next < LONGEST_LINE_BYTES) return false;
      this.take(this.filled, false);
    }
    return true;
  }

  /** Takes what stands there as a line though it has no newline. */
  protected takeUnended(): boolean {
    if (this.next === this.filled) return false;
    this.take(this.filled, false);
    this.inPieces = this.goesOn = false;
    return true;
  }

  private take(end: number, ended: boolean): void {
    this.start = this.next;
    this.end = end;
    this.ended = ended;
    this.next = ended ? end + 1 : end;
    this.looked = this.next;
    this.taken = true;
    this.continues = this.inPieces;
    this.inPieces = this.goesOn = !ended;
    this.lookAt();
  }

  /** A line was taken. */
  protected abstract lookAt(): void;

  /** Leaves out what comes before `at`, where a line begins. */
  protected jump(at: number): void {
    this.next = this.looked = at;
    this.taken = true;
    this.inPieces = false;
  }

  /**
   * Reads on.
   *
   * @returns whether there was anything
   */
  fill(): boolean | Promise<boolean> {
    this.makeRoom();
    // A byte is kept free for a newline.
    const room = this.memory.length - this.filled - 1;
    const count = this.bytes.read(this.memory, this.filled, room);
    return typeof count === "number" ? this.took(count) : count.then((late) => this.took(late));
  }

  protected took(count: number): boolean {
    this.filled += count;
    if (this.joinAt >= 0 && count > 0) this.join();
    return count > 0;
  }

  /** Whether what stands before a new file's first byte is to be a line of its own in any case. */
  protected abstract get neverJoins(): boolean;

  /** What stands before the new file's first byte is torn when a labelled line begins there. */
  private join(): void {
    const at = this.joinAt;
    this.joinAt = -1;
    if (!this.neverJoins && !new LabelEye().read(this.memory, at, this.filled)) return;
    this.memory.copyWithin(at + 1, at, this.filled);
    this.memory[at] = LF;
    this.filled++;
    this.looked = Math.min(this.looked, at);
  }

  private makeRoom(): void {
    this.place = this.placeNow();
    this.taken = false;
    const { memory, next } = this;
    const kept = this.filled - next;
    const length = this.wantedBytes(kept);
    const target = length === memory.length ? memory : Buffer.allocUnsafe(length);
    if (next > 0 || target !== memory) memory.copy(target, 0, next, this.filled);
    this.memory = target;
    this.filled = kept;
    this.looked -= next;
    this.joinAt = this.joinAt > next ? this.joinAt - next : -1;
    this.next = this.start = this.end = 0;
  }

  /** More for a long line, up to the longest and a reading; no more than usual when it is over. */
  private wantedBytes(kept: number): number {
    const { length } = this.memory;
    const most = LONGEST_LINE_BYTES + this.usualBytes;
    if (!this.inPieces && kept < this.usualBytes / 2 && length > 4 * this.usualBytes)
      return this.usualBytes;
    if (length >= most || length - kept > length / 4) return length;
    return Math.min(2 * length, most);
  }

  /** Behind the last line that was given out; undefined before the first, and in compressed files. */
  placeNow(): Place | undefined {
    return this.taken ? this.placeAt(this.next) : this.place;
  }

  /** Before the line that was given out last; undefined when it began in another file, too. */
  placeBefore(): Place | undefined {
    const place = this.taken ? this.placeAt(this.start) : undefined;
    return place !== undefined && place.offset >= 0 ? place : undefined;
  }

  private placeAt(at: number): Place | undefined {
    const { file } = this.bytes;
    if (file === undefined || file.compression !== undefined) return undefined;
    const offset = file.offset - (this.filled - at);
    return { device: file.device, inode: file.inode, offset };
  }

  close(): void {
    this.bytes.close();
  }
}
