/**
 * A file, a socket or a terminal as the source: read plainly, whenever something is there.
 */
import {
  type Fd,
  POLL_ERR,
  POLL_HUP,
  POLL_IN,
  type Posix,
  SystemFailure,
  type Watch,
} from "../posix/index.ts";
import { HeldSource } from "./held-source.ts";

const HELD_BYTES = 256 * 1024;
const READ_BYTES = 64 * 1024;

export class PlainSource extends HeldSource {
  private readonly posix: Posix;
  private readonly fd: Fd;
  private readonly watch: Watch | undefined;
  private byteByByte = false;

  constructor(posix: Posix, fd: Fd) {
    super(HELD_BYTES);
    this.posix = posix;
    this.fd = fd;
    this.watch = posix.watch(fd);
  }

  protected refill(inLine: boolean): void {
    if (this.complete || this.room === 0) return;
    if (!this.byteByByte) this.readOnce(READ_BYTES);
    // The end of the line and not a byte more: a successor reads on from there.
    else if (this.endsInPart || (this.isEmpty && inLine)) this.readLine();
    else this.complete = true;
  }

  private readLine(): void {
    while (!this.complete && this.readOnce(1) === 1) this.complete = !this.endsInPart;
  }

  /** @returns bytes read; 0 when nothing is there now, or nothing will be */
  private readOnce(most: number): number {
    const { posix, fd } = this;
    try {
      if ((posix.poll(fd, POLL_IN, 0) & (POLL_IN | POLL_HUP | POLL_ERR)) === 0) return 0;
      const added = this.add((memory, at, room) =>
        posix.read(fd, memory, at, Math.min(most, room)),
      );
      if (added === 0) this.complete = true;
      return added;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      if (failure.code === "EAGAIN") return 0;
      // As in the C program: what cannot be read any more has ended.
      this.complete = true;
      this.failure = failure;
      return 0;
    }
  }

  finishLine(): void {
    this.byteByByte = true;
  }

  async wait(): Promise<void> {
    await this.watch?.next();
  }

  wake(): void {
    this.watch?.wake();
  }

  close(): void {
    this.watch?.stop();
  }
}
