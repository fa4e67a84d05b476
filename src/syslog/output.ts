/**
 * Lines on their way out. A batch is written with one call, and nothing more is taken from the sockets
 * before it is: a reader that is slow holds the senders back.
 */
import { type Fd, POLL_OUT, type Posix, SystemFailure } from "../posix/index.ts";

/** As much as a usual pipe holds. */
const BATCH_BYTES: number = 64 * 1024;
const RETRY_MS = 1000;

export class Output {
  readonly memory: Buffer;
  /** Bytes that wait to be written. */
  length = 0;
  private readonly posix: Posix;
  private readonly fd: Fd;
  private readonly warn: (text: string) => void;
  private isRetrying = false;
  private hasGivenUp = false;

  /** @param mostBytes  the longest line */
  constructor(posix: Posix, fd: Fd, mostBytes: number, warn: (text: string) => void) {
    this.posix = posix;
    this.fd = fd;
    this.warn = warn;
    this.memory = Buffer.allocUnsafeSlow(BATCH_BYTES + mostBytes);
  }

  get isFull(): boolean {
    return this.length >= BATCH_BYTES;
  }

  hasRoom(bytes: number): boolean {
    return this.memory.length - this.length >= bytes;
  }

  /** Writes all, standing still until it is. @returns whether there was somebody to read it */
  flush(): boolean {
    for (let at = 0; at < this.length; ) {
      const written = this.write(at);
      if (written < 0) {
        this.memory.copyWithin(0, at, this.length);
        this.length -= at;
        return false;
      }
      at += written;
    }
    this.length = 0;
    return true;
  }

  private write(at: number): number {
    try {
      return this.posix.write(this.fd, this.memory, at, this.length - at);
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      if (failure.code !== "EAGAIN") return this.fail(failure);
      // Somebody has made it one that does not wait.
      this.posix.poll(this.fd, POLL_OUT, -1);
      return 0;
    }
  }

  private fail({ text }: SystemFailure): number {
    if (!this.isRetrying)
      this.warn(`unable to write to standard output, senders wait, trying again: ${text}`);
    this.isRetrying = true;
    return -1;
  }

  /** Tries again each second until what waits is written. @returns false: given up */
  async flushInTime(): Promise<boolean> {
    while (!this.flush()) {
      if (this.hasGivenUp) return false;
      await this.posix.sleep(RETRY_MS);
    }
    if (this.isRetrying) this.warn("writing to standard output again");
    this.isRetrying = false;
    return true;
  }

  /** What cannot be written now never will be. */
  giveUp(): void {
    this.hasGivenUp = true;
  }
}
