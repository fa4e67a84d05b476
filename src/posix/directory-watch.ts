/**
 * News of many directories through one inotify descriptor; elsewhere, and where the system has no
 * more watches, nothing is ever new, and who waits looks by the clock.
 */
import { ignoring, unlessRefused } from "./failure.ts";
import { bind, call, callOrNothing, cString } from "./libc.ts";
import type { Fd, Name, Watch } from "./types.ts";
import { watch } from "./waiter.ts";

const init = bind("int inotify_init1(int flags)");
const addWatch = bind("int inotify_add_watch(int fd, const uint8_t *path, uint32_t mask)");
const removeWatch = bind("int inotify_rm_watch(int fd, int number)");
const readCall = bind("int64_t read(int fd, void *bytes, size_t length)");
const closeCall = bind("int close(int fd)");

const CLOEXEC_NONBLOCK = 0o2004000;
/** MODIFY, ATTRIB, MOVED_FROM, MOVED_TO, CREATE, DELETE, DELETE_SELF, MOVE_SELF, ONLYDIR. */
const MASK = 0x2 | 0x4 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x1000000;
const Q_OVERFLOW = 0x4000;
const HEADER_BYTES = 16;
const BATCH_BYTES = 64 * 1024;

export class DirectoryWatch {
  private readonly fd: Fd;
  private readonly waiting: Watch | undefined;
  private readonly batch = Buffer.alloc(BATCH_BYTES);

  /** @throws SystemFailure where there is no inotify, or no more of it for this user */
  constructor() {
    this.fd = call("inotify_init", undefined, () => init(CLOEXEC_NONBLOCK));
    this.waiting = watch(this.fd);
  }

  /** @returns the watch's number, the same for the same directory; undefined where it cannot be watched */
  add(path: Name): number | undefined {
    return unlessRefused(() => {
      const bytes = cString(path, "inotify_add_watch");
      return call("inotify_add_watch", path, () => addWatch(this.fd, bytes, MASK));
    });
  }

  remove(number: number): void {
    ignoring(["EINVAL"], () =>
      call("inotify_rm_watch", undefined, () => removeWatch(this.fd, number)),
    );
  }

  /** Resolves when there is news, or after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    if (this.waiting === undefined) await new Promise((resolve) => setTimeout(resolve, timeoutMs));
    else await this.waiting.next(timeoutMs);
  }

  /** Ends a wait. */
  wake(): void {
    this.waiting?.wake();
  }

  /**
   * Takes the news that stand there.
   *
   * @param tell  is told the number of each watch; -1: of any of them
   */
  take(tell: (number: number) => void): void {
    for (;;) {
      const filled = callOrNothing("read", () => readCall(this.fd, this.batch, BATCH_BYTES));
      if (filled <= 0) return;
      for (let at = 0; at < filled; at += HEADER_BYTES + this.batch.readUInt32LE(at + 12)) {
        const overflown = (this.batch.readUInt32LE(at + 4) & Q_OVERFLOW) !== 0;
        tell(overflown ? -1 : this.batch.readInt32LE(at));
      }
    }
  }

  close(): void {
    this.waiting?.stop();
    closeCall(this.fd);
  }
}
