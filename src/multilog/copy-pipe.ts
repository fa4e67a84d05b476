/**
 * Pipes of our own, into which what stands in a log's pipe is copied (tee), and through which it is taken.
 *
 * A copy is empty between two calls, so the logs of a thread share one for each size of pipe: a
 * thousand logs need three descriptors for it instead of three thousand, and no share of the memory that a user's pipes may hold.
 */
import { AT_CWD, type Fd, POLL_OUT, type Posix } from "../posix/index.ts";
import { letGo } from "./let-go.ts";
import type { BatchMemory } from "./source.ts";

/** The copies of one thread. */
export class CopyPipes {
  private readonly posix: Posix;
  private readonly bySize = new Map<number, CopyPipe>();

  constructor(posix: Posix) {
    this.posix = posix;
  }

  /**
   * @param bytes  size of the pipe that is to be copied
   * @returns one to be given back
   * @throws SystemFailure when no pipe is to be had
   */
  take(bytes: number): CopyPipe {
    const copy = this.bySize.get(bytes) ?? new CopyPipe(this.posix, bytes);
    this.bySize.set(bytes, copy);
    copy.users++;
    return copy;
  }

  giveBack(copy: CopyPipe): void {
    if (--copy.users > 0) return;
    this.bySize.delete(copy.wantedBytes);
    copy.close();
  }
}

export class CopyPipe {
  users = 0;
  /** Size of the pipes that it is for; what it has may be less, where the user's share is used up. */
  readonly wantedBytes: number;
  private readonly posix: Posix;
  private readonly sink: Fd;
  private out: Fd = -1;
  private in: Fd = -1;

  /** @throws SystemFailure when no pipe is to be had */
  constructor(posix: Posix, wantedBytes: number) {
    this.posix = posix;
    this.wantedBytes = wantedBytes;
    this.sink = posix.openAt(AT_CWD, "/dev/null", "write");
    this.open();
  }

  private open(): void {
    [this.out, this.in] = this.posix.pipe();
    this.fit();
  }

  /** As many places as the other pipe, so that a full one fills it. @returns bytes that it has room for */
  fit(): number {
    return this.posix.resizePipe(this.in, this.wantedBytes);
  }

  /** Copies up to `wanted` bytes out of a pipe into memory, and leaves them in the pipe. */
  peek(fd: Fd, into: BatchMemory, wanted: number): number {
    const copied = this.posix.tee(fd, this.in, wanted);
    this.emptied(() => this.drain(into, copied));
    return copied;
  }

  /** Whether nothing more fits into a pipe: then its copy has no room either. The memory is written over. */
  isFull(fd: Fd, into: BatchMemory, wanted: number): boolean {
    const { posix } = this;
    const copied = posix.tee(fd, this.in, wanted);
    const full = (posix.poll(this.in, POLL_OUT, 0) & POLL_OUT) === 0;
    this.emptied(() => this.drain(into, copied));
    return full;
  }

  private drain(into: BatchMemory, copied: number): void {
    for (let filled = 0; filled < copied; ) {
      filled += this.posix.read(this.out, into.memory, into.at + filled, copied - filled);
    }
  }

  /**
   * Takes bytes out of a pipe: from pipe to pipe, so that all of it goes at once. On the way to
   * /dev/null, splice(2) looks for signals between two pages, and a SIGKILL would leave the tail of a line behind.
   */
  discard(fd: Fd, bytes: number): void {
    for (let left = bytes; left > 0; ) {
      const moved = this.posix.splice(fd, this.in, left);
      // Gone already: somebody else reads from this pipe. It is written, so nothing is lost.
      if (moved <= 0) return;
      left -= moved;
      this.emptied(() => this.empty(moved));
    }
  }

  private empty(copied: number): void {
    for (let left = copied; left > 0; ) {
      const gone = this.posix.splice(this.out, this.sink, left);
      if (gone <= 0) throw new Error("somebody else reads from our own pipe");
      left -= gone;
    }
  }

  /** What an action leaves in it when it fails is not to be taken for bytes of another log. */
  private emptied(action: () => void): void {
    try {
      action();
    } catch (failure) {
      this.closePipe();
      this.open();
      throw failure;
    }
  }

  private closePipe(): void {
    for (const fd of [this.in, this.out]) letGo(this.posix, fd);
  }

  close(): void {
    letGo(this.posix, this.sink);
    this.closePipe();
  }
}
