/**
 * A pipe as the source: what stands in it is copied (tee), and taken (splice) only
 * when it is written. Killed at any instruction in between, this process has lost nothing.
 *
 * Whole lines are served; a line that is not finished stays in the pipe, so that a successor finds
 * it from its first byte. Only a line that fills the pipe is passed on in pieces.
 */
import { type Fd, POLL_HUP, POLL_IN, type Posix, type Watch } from "../posix/index.ts";
import { type CopyPipe, CopyPipes } from "./copy-pipe.ts";
import type { Batch, BatchMemory, Source } from "./source.ts";

const LF = 0x0a;
/** What a busy log's pipe is enlarged to: the most that an unprivileged user may ask for. */
const LARGE_PIPE_BYTES = 1 << 20;
/** In steps, as all pipes of an unprivileged user may hold 64 MiB together. */
const PIPE_STEP = 4;
/** So many looks that find little make the end of a rush. */
const RUSH_LOOKS = 8;
/** Kernels 5.5 to 5.13 may not tell of bytes that come to a pipe which is not empty: look again. */
const RECHECK_MS = 1000;

export class PipeSource implements Source {
  ended = false;
  readonly survives = true;
  readonly failure = undefined;
  private readonly posix: Posix;
  private readonly fd: Fd;
  private readonly watch: Watch | undefined;
  private readonly copies: CopyPipes;
  private copy: CopyPipe;
  private pipeBytes: number;
  /** It is as large as it may be. */
  private isLargest = false;
  private hasPart = false;
  private oneLine = false;
  private hurried = false;
  private rush = 0;
  /** Every writer was gone when the waiter last looked. */
  private hangup = false;

  /** @param copies  those of this thread, where it has several logs */
  constructor(posix: Posix, fd: Fd, copies: CopyPipes = new CopyPipes(posix)) {
    this.posix = posix;
    this.fd = fd;
    this.copies = copies;
    this.copy = copies.take(posix.pipeSize(fd));
    this.pipeBytes = this.copy.fit();
    this.watch = posix.watch(fd);
  }

  /** Takes a copy of the size that the pipe has now. @returns bytes that the copy has room for */
  private fitCopy(): number {
    const bytes = this.posix.pipeSize(this.fd);
    if (bytes !== this.copy.wantedBytes) {
      const other = this.copies.take(bytes);
      this.copies.giveBack(this.copy);
      this.copy = other;
    }
    return this.copy.fit();
  }

  /** A line that has begun is finished before the program ends; in a hurry it is left whole in the pipe. */
  get canLeave(): boolean {
    return this.hurried || !this.hasPart;
  }

  offer(into: BatchMemory, most: number, inLine: boolean): Batch | undefined {
    this.hasPart = false;
    let wanted = Math.min(most, into.capacity);
    for (let isLast = false; ; ) {
      const copied = this.peek(into, wanted);
      if (copied <= 0) {
        this.ended = copied === 0;
        // Nothing there, and yet no end: a FIFO that has a writer again.
        this.hangup = false;
        // A line that was passed on in pieces ends here, whether its own end ever comes or not.
        if (inLine && (this.ended || this.hurried)) return this.endLine(into);
        return undefined;
      }
      const more = copied === wanted;
      const lines = this.wholeLines(into, copied);
      if (lines > 0) return this.served(lines, lines, copied, more);
      if (inLine) return this.served(copied, copied, copied, more);
      if (isLast) {
        into.memory[into.at + copied] = LF;
        return this.served(copied + 1, copied, copied, more);
      }
      if (more && wanted < into.capacity) {
        wanted = into.capacity;
      } else if (more || this.isFull(into, wanted)) {
        if (!this.enlarge()) return this.served(copied, copied, copied, true);
      } else if ((this.posix.poll(this.fd, POLL_IN, 0) & POLL_HUP) !== 0) {
        // Nobody can add to it any more: what another look finds is all.
        isLast = true;
      } else {
        this.hasPart = true;
        return undefined;
      }
    }
  }

  private endLine(into: BatchMemory): Batch {
    into.memory[into.at] = LF;
    return { length: 1, taken: 0, more: true };
  }

  private peek(into: BatchMemory, wanted: number): number {
    return this.copy.peek(this.fd, into, wanted);
  }

  private isFull(into: BatchMemory, wanted: number): boolean {
    // Its writer may have made it smaller.
    this.pipeBytes = this.fitCopy();
    return this.copy.isFull(this.fd, into, wanted);
  }

  private wholeLines(into: BatchMemory, copied: number): number {
    // Looked for in all of the memory: a view of its own for each batch would cost more.
    const { memory, at } = into;
    const end = at + copied;
    const found = this.oneLine ? memory.indexOf(LF, at) : memory.lastIndexOf(LF, end - 1);
    return found < at || found >= end ? 0 : found + 1 - at;
  }

  private served(length: number, taken: number, copied: number, more: boolean): Batch {
    // When the program is to end, the line that had begun is done, and the next one a successor's.
    this.hasPart = taken < copied && !this.oneLine;
    // A busy log: some rests more would fill it.
    if (copied * 8 >= this.pipeBytes) this.enlarge();
    // What fills a quarter of the pipe in a moment would fill all of it in a rest, and so soon again.
    this.rush = copied * 4 >= this.pipeBytes ? RUSH_LOOKS : Math.max(0, this.rush - 1);
    return { length, taken, more: more || this.rush > 0 || this.oneLine || this.hangup };
  }

  /** @returns whether the pipe is larger now */
  private enlarge(): boolean {
    if (this.isLargest) return false;
    const before = this.pipeBytes;
    const wanted = Math.min(LARGE_PIPE_BYTES, PIPE_STEP * before);
    if (wanted > before) this.posix.resizePipe(this.fd, wanted);
    this.pipeBytes = this.fitCopy();
    this.isLargest = this.pipeBytes <= before;
    return !this.isLargest;
  }

  offerAgain(into: BatchMemory, batch: Batch): boolean {
    // From the first byte again: tee(2) always begins there, and all of it stands there still.
    const copied = this.peek(into, batch.taken);
    if (batch.length > batch.taken) into.memory[into.at + batch.taken] = LF;
    return copied === batch.taken;
  }

  take(batch: Batch): void {
    this.copy.discard(this.fd, batch.taken);
  }

  /** A line has also begun when it came so lately that nobody has looked yet. */
  finishLine(scratch: BatchMemory): void {
    this.oneLine = true;
    const copied = this.peek(scratch, scratch.capacity);
    this.hasPart ||= copied > 0 && this.wholeLines(scratch, copied) === 0;
  }

  hurry(): void {
    this.hurried = true;
  }

  standBy(ms: number): boolean {
    // A line that has begun would end it at once, over and over.
    return !this.hasPart && this.posix.poll(this.fd, POLL_IN, ms) !== 0;
  }

  async wait(): Promise<void> {
    const readiness = await this.watch?.next(this.hasPart ? RECHECK_MS : undefined);
    // Told once: no wait may come between this news and the end of the pipe.
    this.hangup ||= readiness?.hangup === true;
  }

  wake(): void {
    this.watch?.wake();
  }

  close(): void {
    this.watch?.stop();
    this.copies.giveBack(this.copy);
  }
}
