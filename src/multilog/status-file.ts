/**
 * The file of an `=` action: the last selected line, 1001 bytes, padded with newlines.
 */
import { AT_CWD, type Fd, orFatal, type Posix } from "../posix/index.ts";
import { letGo } from "./let-go.ts";
import { attempt, type Blocked } from "./trouble.ts";

/** 1000 bytes of a line, and its newline. */
const STATUS_BYTES = 1001;
const STATUS_MODE = 0o600;
const LF = 0x0a;

export class StatusFile {
  private readonly posix: Posix;
  private readonly path: Uint8Array;
  private readonly record = Buffer.alloc(STATUS_BYTES, LF);
  private fd: Fd = -1;
  private key = "";
  private isNew = false;

  constructor(posix: Posix, path: Uint8Array) {
    this.posix = posix;
    this.path = path;
  }

  /**
   * Makes the file if it is not there; what stands in it stays until the first line.
   *
   * @throws Fatal, exit code 111
   */
  open(): void {
    const { posix, path } = this;
    orFatal(["create ", path], () =>
      posix.close(posix.openAt(AT_CWD, path, "append", STATUS_MODE)),
    );
    this.fd = orFatal(["write ", path], () => posix.openAt(AT_CWD, path, "write"));
    const { device, inode } = orFatal(["stat ", path], () => posix.status(this.fd));
    this.key = `${device}:${inode}`;
  }

  /** Once it is open: the same for two names of one file. */
  get identity(): string {
    return this.key;
  }

  /** Remembers a line; `length` is -1 when there is none. */
  remember(memory: Uint8Array, at: number, length: number): void {
    if (length < 0) return;
    this.record.fill(LF);
    this.record.set(memory.subarray(at, at + length));
    this.isNew = true;
  }

  /** Writes the line that was remembered since the last writing. */
  write(): Blocked | undefined {
    if (!this.isNew) return undefined;
    return attempt(["write ", this.path], () => {
      for (let at = 0; at < STATUS_BYTES; ) {
        at += this.posix.writeAt(this.fd, this.record, at, STATUS_BYTES - at, at);
      }
      this.isNew = false;
    });
  }

  close(): void {
    if (this.fd >= 0) letGo(this.posix, this.fd);
    this.fd = -1;
  }
}
