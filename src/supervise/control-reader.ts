/** Listening to `supervise/control`: whatever is written into it, as it comes. */
import type { Fd, Posix, Watch } from "../posix/index.ts";

/** One for all of them: what was read is given on before anything else is. */
const page: Buffer = Buffer.allocUnsafeSlow(4096);

export class ControlReader {
  private readonly posix: Posix;
  private readonly fd: Fd;
  private readonly watch: Watch | undefined;
  private stopped = false;

  /** @param fd  the reading end; whoever opened it closes it */
  constructor(posix: Posix, fd: Fd) {
    this.posix = posix;
    this.fd = fd;
    this.watch = posix.watch(fd);
  }

  /** Something else than a FIFO stands in its place: nobody can be heard on it. */
  get isDeaf(): boolean {
    return this.watch === undefined;
  }

  /** Gives on what stands there and what comes, until it is stopped. */
  async listen(take: (bytes: Uint8Array) => void): Promise<void> {
    const { posix, fd, watch } = this;
    while (!this.stopped && watch !== undefined) {
      await watch.next();
      while (!this.stopped && posix.queued(fd) > 0) {
        take(page.subarray(0, posix.read(fd, page, 0, page.length)));
      }
    }
  }

  stop(): void {
    this.stopped = true;
    this.watch?.stop();
  }
}
