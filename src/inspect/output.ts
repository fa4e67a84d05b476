/** Standard output, or a pager: bytes are gathered, and written all together. */
import {
  Fatal,
  type Fd,
  POLL_ERR,
  POLL_HUP,
  POLL_OUT,
  type Posix,
  SYSTEM_TROUBLE,
  SystemFailure,
  unableTo,
} from "../posix/index.ts";

const BUFFER_BYTES = 256 * 1024;
const FULL_BYTES = 128 * 1024;
const SHORT_BYTES = 256;
const FOR_EVER = -1;

/** Nobody reads any more. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

export class Output {
  memory: Buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  /** Bytes that wait in `memory`. */
  filled = 0;
  /** What is put here may be taken back: nothing is written before `flush`. */
  holds = false;
  private readonly posix: Posix;
  private readonly fd: Fd;

  constructor(posix: Posix, fd: Fd) {
    this.posix = posix;
    this.fd = fd;
  }

  /** Whether it is time to write. */
  get isFull(): boolean {
    return this.filled >= FULL_BYTES;
  }

  /** Makes sure that so many bytes fit behind `filled`. */
  need(bytes: number): void {
    if (this.memory.length - this.filled >= bytes) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.memory.length, this.filled + bytes));
    this.memory.copy(larger, 0, 0, this.filled);
    this.memory = larger;
  }

  put(text: string): void {
    // Three bytes a character are enough; of a long text they are counted.
    this.need(text.length > BUFFER_BYTES ? Buffer.byteLength(text) : 3 * text.length);
    this.filled += this.memory.write(text, this.filled);
  }

  putBytes(bytes: Uint8Array, from: number, to: number): void {
    if (to - from >= FULL_BYTES && !this.holds) {
      // Long lines are held once: where they were read.
      this.flush();
      this.write(bytes, from, to);
      return;
    }
    this.need(to - from);
    const { memory, filled } = this;
    // Short lines: a view of them costs more than the copy (bench/svlog.bench.ts, the merge).
    if (to - from > SHORT_BYTES) memory.set(bytes.subarray(from, to), filled);
    else for (let i = from, at = filled; i < to; ) memory[at++] = bytes[i++]!;
    this.filled += to - from;
  }

  putByte(byte: number): void {
    this.need(1);
    this.memory[this.filled++] = byte;
  }

  /**
   * Writes all of it.
   *
   * @throws ReaderGone when nobody reads it, Fatal when it cannot be written
   */
  flush(): void {
    this.write(this.memory, 0, this.filled);
    this.filled = 0;
    if (this.memory.length > 16 * BUFFER_BYTES) this.memory = Buffer.allocUnsafe(BUFFER_BYTES);
  }

  /** Writes past what waits. */
  readonly write = (memory: Uint8Array, from: number, to: number): void => {
    for (let at = from; at < to; ) {
      try {
        at += this.posix.write(this.fd, memory, at, to - at);
      } catch (failure) {
        if (!(failure instanceof SystemFailure)) throw failure;
        if (failure.code === "EPIPE") throw new ReaderGone();
        if (failure.code !== "EAGAIN")
          throw new Fatal(SYSTEM_TROUBLE, unableTo(["write the output"], failure));
        // A terminal or pipe that somebody made non-blocking.
        this.posix.poll(this.fd, POLL_OUT, FOR_EVER);
      }
    }
  };

  /** @throws ReaderGone when the reader of a pipe is gone, though nothing is written */
  check(): void {
    // A pipe tells an error, a socket that it was hung up.
    const gone = POLL_ERR | POLL_HUP;
    if ((this.posix.poll(this.fd, 0, 0) & gone) !== 0) throw new ReaderGone();
  }
}
