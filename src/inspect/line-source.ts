/**
 * Lines of one log, one after the other, in a buffer that is used again and again.
 *
 * A line without a label has the time of the line before it. A line that a rotation cut in two is
 * one line; a torn one, behind which a labelled line begins, ends where it was torn. Lines longer than
 * LONGEST_LINE_BYTES come in pieces.
 */
import type { SystemFailure } from "../posix/index.ts";
import { causeText } from "../posix/index.ts";
import type { Content } from "./content.ts";
import { compareKeys, type Key, LabelEye, labelText } from "./label-key.ts";
import { daemontoolsTime, type ToUnix } from "./producer.ts";
import type { Sink } from "./sink.ts";

export const LONGEST_LINE_BYTES: number = 16 * 2 ** 20;
const LF = 0x0a;

/** Where bytes come from: a log directory or a single file. */
export interface ByteSource {
  /** Reads on: 0 when there is nothing more now. One answer never joins bytes of two files. */
  read(memory: Uint8Array, at: number, length: number): number | Promise<number>;
  readonly file: Content | undefined;
  close(): void;
}

/** A place between two lines, and the label that was read last there. */
export interface Place {
  readonly device: number;
  readonly inode: number;
  readonly offset: number;
}

/** Something worth saying beside the lines; a fault makes the exit code 1. */
export type News = (text: string, isFault: boolean) => void;

/** How far a log was read: its last label, and how many lines at the end bear it. */
interface Reached extends Key {
  readonly labelSeconds: number;
  readonly count: number;
}

/** daemontools' clock tells microseconds, each as its middle: lines of one share a label. */
const COARSE_NANOS = 1000;
const COARSE_MIDDLE = 500;

export class LineSource implements Sink, Key {
  readonly name: string;
  /** The line is memory[start, end), without its newline. */
  memory: Buffer;
  start = 0;
  end = 0;
  /** Whether the line has a label of its own. */
  labelled = false;
  /** Whether a newline ended it; otherwise it is a piece, or the unfinished end. */
  ended = true;
  /** Unix time of the line, or of the line before it that has a label. */
  seconds: number = Number.NEGATIVE_INFINITY;
  nanos = 0;
  /** Label seconds of the last label, minus 2^62. */
  labelSeconds = 0;
  hasLabels = false;
  toUnix: ToUnix = daemontoolsTime;
  /** Finds out whose labels these are, when the first one comes; undefined: that is known. */
  findTime: ((label: Key) => ToUnix) | undefined;
  readonly bytes: ByteSource;

  private readonly news: News;
  private readonly eye = new LabelEye();
  /** Where the next line begins; bytes up to `filled` were read. */
  protected next = 0;
  protected filled = 0;
  /** No newline stands between `next` and here. */
  protected looked = 0;
  /** The line before was a piece: what comes is no beginning of a line. */
  private inPieces = false;
  /** Behind what was given out, as of the last reading. */
  private place: Place | undefined;
  private taken = false;
  /** Bytes of a new file begin here, behind an unfinished line. */
  private joinAt = -1;
  /** In a file that may repeat lines: those up to `reached` are old. */
  private doubt: "none" | "next" | "new" | "old" = "none";
  private reached: Reached = {
    seconds: Number.NEGATIVE_INFINITY,
    nanos: 0,
    labelSeconds: 0,
    count: 0,
  };
  private lost: string[] = [];
  /** So many lines up to now bear the last label. */
  private alike = 0;

  constructor(name: string, bytes: (sink: Sink) => ByteSource, news: News, bufferBytes: number) {
    this.name = name;
    this.news = news;
    this.memory = Buffer.allocUnsafe(bufferBytes);
    this.bytes = bytes(this);
  }

  /** Goes to the next line that stands in memory whole; false when more has to be read first. */
  advance(): boolean {
    for (;;) {
      const newline = this.looked < this.filled ? this.memory.indexOf(LF, this.looked) : -1;
      if (newline < 0 || newline >= this.filled) {
        this.looked = this.filled;
        if (this.filled - this.next < LONGEST_LINE_BYTES) return false;
        this.take(this.filled, false);
      } else this.take(newline, true);
      if (this.doubt === "none" || !this.isOld()) return true;
    }
  }

  /** Takes what stands there as a line though it has no newline: the end of what there is. */
  takeRest(): boolean {
    if (this.next === this.filled) return false;
    this.take(this.filled, false);
    this.inPieces = false;
    return this.doubt === "none" || !this.isOld();
  }

  private take(end: number, ended: boolean): void {
    this.start = this.next;
    this.end = end;
    this.ended = ended;
    this.next = ended ? end + 1 : end;
    this.looked = this.next;
    this.taken = true;
    this.labelled = !this.inPieces && this.eye.read(this.memory, this.start, end);
    this.inPieces = !ended;
    if (this.labelled) this.setTime();
  }

  /** Whether lines may come that were read before. */
  protected get mayRepeat(): boolean {
    return this.doubt !== "none";
  }

  /** Takes the time of the line at memory[start, end) if it has one. */
  protected readTime(start: number, end: number): boolean {
    if (!this.eye.read(this.memory, start, end)) return false;
    this.setTime();
    return true;
  }

  /** Leaves out what comes before `at`, where a line begins. */
  protected jump(at: number): void {
    this.next = this.looked = at;
    this.taken = true;
    this.inPieces = false;
  }

  private setTime(): void {
    const { seconds, nanos } = this.eye;
    if (this.findTime !== undefined) {
      this.toUnix = this.findTime(this.eye);
      this.findTime = undefined;
    }
    const isSame = seconds === this.labelSeconds && this.hasLabels;
    this.alike = isSame && nanos === this.nanos ? this.alike + 1 : 1;
    if (!isSame) this.seconds = this.toUnix(seconds);
    this.labelSeconds = seconds;
    this.nanos = nanos;
    this.hasLabels = true;
  }

  /** Whether the line was read before, in another file. */
  private isOld(): boolean {
    if (this.doubt === "next") {
      this.doubt = "new";
      return false;
    }
    const isOld = this.labelled ? this.isOldLabel() : this.doubt === "old";
    if (isOld) this.doubt = "old";
    else {
      if (this.doubt === "new") this.sayGap(this.reached);
      this.doubt = "none";
      this.lost = [];
    }
    return isOld;
  }

  private isOldLabel(): boolean {
    const { reached } = this;
    const order = compareKeys(this, reached);
    if (order !== 0 || reached.nanos % COARSE_NANOS !== COARSE_MIDDLE) return order <= 0;
    // Several lines may bear that label: those that were read are old, if this is a copy of their file.
    return this.doubt === "old" && this.alike <= reached.count;
  }

  private sayGap(reached: Omit<Reached, "count">): void {
    if (reached.seconds === Number.NEGATIVE_INFINITY && this.lost.length === 0) return;
    const behind =
      reached.seconds === Number.NEGATIVE_INFINITY
        ? ""
        : ` behind ${labelText(reached.labelSeconds, reached.nanos)}`;
    const before = this.labelled ? ` before ${labelText(this.labelSeconds, this.nanos)}` : "";
    const between = [behind, before].filter((part) => part !== "").join(" and");
    const what =
      this.lost.length > 0
        ? `${this.lost.join(" ")} went before it was read: lines are missing`
        : "files went before they were read: lines may be missing";
    this.news(`gap in ${this.name}: ${what}${between}`, false);
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

  private took(count: number): boolean {
    this.filled += count;
    if (this.joinAt >= 0 && count > 0) this.join();
    if (count === 0 && this.lost.length > 0) {
      this.labelled = false;
      this.sayGap(this);
      this.lost = [];
    }
    return count > 0;
  }

  /** What stands before the new file's first byte is torn when a labelled line begins there. */
  private join(): void {
    const at = this.joinAt;
    this.joinAt = -1;
    const isTorn = this.doubt !== "none" || new LabelEye().read(this.memory, at, this.filled);
    if (!isTorn) return;
    this.memory.copyWithin(at + 1, at, this.filled);
    this.memory[at] = LF;
    this.filled++;
    this.looked = Math.min(this.looked, at);
  }

  private makeRoom(): void {
    this.place = this.placeNow();
    this.taken = false;
    if (this.next > 0) {
      this.memory.copyWithin(0, this.next, this.filled);
      this.filled -= this.next;
      this.looked -= this.next;
      this.next = 0;
      this.start = this.end = 0;
    }
    if (this.memory.length - this.filled > this.memory.length / 4) return;
    const larger = Buffer.allocUnsafe(this.memory.length * 2);
    this.memory.copy(larger, 0, 0, this.filled);
    this.memory = larger;
  }

  /** Behind the last line that was given out; undefined before the first, and in compressed files. */
  placeNow(): Place | undefined {
    const { file } = this.bytes;
    if (!this.taken) return this.place;
    if (file === undefined || file.compression !== undefined) return undefined;
    const offset = file.offset - (this.filled - this.next);
    return { device: file.device, inode: file.inode, offset };
  }

  /** Before the line that was given out last; undefined when it began in another file, too. */
  placeBefore(): Place | undefined {
    const { file } = this.bytes;
    if (!this.taken || file === undefined || file.compression !== undefined) return undefined;
    const offset = file.offset - (this.filled - this.start);
    return offset < 0 ? undefined : { device: file.device, inode: file.inode, offset };
  }

  nextFile(_content: Content, inDoubt: boolean): void {
    if (this.filled > this.next) this.joinAt = this.filled;
    if (!inDoubt && this.lost.length === 0) return;
    const { seconds, nanos, labelSeconds, alike: count } = this;
    this.reached = { seconds, nanos, labelSeconds, count };
    this.alike = 0;
    if (this.hasLabels) this.doubt = this.joinAt >= 0 ? "next" : "new";
    else if (this.lost.length > 0 || this.taken || this.place !== undefined) this.sayLoss();
  }

  private sayLoss(): void {
    this.labelled = false;
    this.sayGap(this.lost.length > 0 ? this.reached : { ...this.reached, seconds: 0 });
    this.lost = [];
  }

  trouble(path: string, failure: SystemFailure): void {
    const what =
      failure.code === "EIO"
        ? `it is damaged, or its tool is missing: the rest of it is left out`
        : causeText(failure);
    this.news(`unable to read ${path}: ${what}`, true);
  }

  gap(_path: string, names: readonly Buffer[]): void {
    this.lost.push(...names.map(String));
  }

  shrunk(path: string, from: number, to: number): void {
    this.filled = this.looked = this.next;
    this.news(
      `${path} has shrunk from ${from} to ${to} bytes: what was cut off may come again`,
      false,
    );
  }

  close(): void {
    this.bytes.close();
  }
}
