/**
 * The pipe on which a service says that it is ready: anything that ends in a newline.
 *
 * It is read without waiting, so that a service which writes half a line holds nobody up.
 *
 * @see s6, notification-fd
 */
import type { Fd, Posix, Watch } from "../posix/index.ts";

const LF = 0x0a;
const PAGE_BYTES = 512;

export class Notification {
  /** What the service is given. To be closed here, by `handedOver`, as soon as the service has it. */
  readonly writeEnd: Fd;
  private readonly posix: Posix;
  private readonly readEnd: Fd;
  private readonly onReady: () => void;
  private readonly watch: Watch | undefined;
  private isOpen = true;

  constructor(posix: Posix, onReady: () => void) {
    this.posix = posix;
    this.onReady = onReady;
    [this.readEnd, this.writeEnd] = posix.pipe();
    this.watch = posix.watch(this.readEnd);
  }

  handedOver(): void {
    this.posix.close(this.writeEnd);
    void this.listen();
  }

  /** There is no service. */
  abandon(): void {
    this.posix.close(this.writeEnd);
    this.close();
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.watch?.stop();
    this.posix.close(this.readEnd);
  }

  private async listen(): Promise<void> {
    const page = Buffer.alloc(PAGE_BYTES);
    for (let hangup = false; this.isOpen && !hangup; ) {
      hangup = (await this.watch?.next())?.hangup ?? true;
      if (this.isOpen && this.takes(page)) {
        this.close();
        this.onReady();
      }
    }
    this.close();
  }

  /** Reads what is there. @returns whether a line has ended */
  private takes(page: Buffer): boolean {
    const { posix, readEnd } = this;
    while (posix.queued(readEnd) > 0) {
      const length = posix.read(readEnd, page, 0, page.length);
      if (page.subarray(0, length).includes(LF)) return true;
    }
    return false;
  }
}
