/**
 * The file of a log that lines are written to: open as `current`, until a rotation or somebody else
 * takes the name from it. The next one is another CurrentFile.
 *
 * Invariant: `filledBytes` is its size.
 */
import type { Fd, Posix } from "../posix/index.ts";
import type { LabelClock } from "./label-clock.ts";
import { letGo } from "./let-go.ts";
import { keepStranger, rescue } from "./rescue.ts";
import { syncDirectory } from "./sync.ts";

export class CurrentFile {
  readonly fd: Fd;
  private readonly posix: Posix;
  private filled: number;
  /** How full it was when it last had its name. */
  private namedFilled: number;
  /** Bytes that no fsync has covered. */
  private dirty = false;
  /** No fsync of the directory has covered the name. */
  private nameDirty = true;
  private syncing: Promise<void> = Promise.resolve();

  /**
   * @param fd  open to append and to read, and new under its name; owned from now on
   * @param filled  its size in bytes
   */
  constructor(posix: Posix, fd: Fd, filled: number) {
    this.posix = posix;
    this.fd = fd;
    this.filled = filled;
    this.namedFilled = filled;
  }

  get filledBytes(): number {
    return this.filled;
  }

  /** When it was written last, seconds since 1970. */
  get modifiedSeconds(): number {
    return this.posix.status(this.fd).modifiedSeconds;
  }

  /** @returns the bytes written; fewer than `length` where write(2) came up short */
  write(memory: Buffer, at: number, length: number): number {
    const taken = this.posix.write(this.fd, memory, at, length);
    this.filled += taken;
    this.dirty = true;
    return taken;
  }

  /** Takes away what stands behind the first `sizeBytes`. */
  cutBack(sizeBytes: number): void {
    this.posix.truncate(this.fd, sizeBytes);
    this.filled = sizeBytes;
    this.namedFilled = Math.min(this.namedFilled, sizeBytes);
  }

  /** Whether it has its name still. */
  hasName(directory: Fd): boolean {
    const { device, inode } = this.posix.status(this.fd);
    const named = this.posix.statusAt(directory, "current");
    const isOurs = named?.device === device && named.inode === inode;
    if (isOurs) this.namedFilled = this.filled;
    return isOurs;
  }

  /**
   * Puts what was written since it lost its name into a new `current`; this one is done with then.
   *
   * @throws SystemFailure; nothing is lost then
   */
  rescue(directory: Fd, clock: LabelClock): CurrentFile {
    const { posix, fd, namedFilled, filled } = this;
    keepStranger(posix, directory, clock);
    const rescued = rescue(posix, directory, fd, namedFilled, filled);
    this.release();
    return new CurrentFile(posix, rescued, filled - namedFilled);
  }

  setMode(mode: number): void {
    this.posix.setMode(this.fd, mode);
  }

  /** Whether an fsync has something to do. */
  get isDirty(): boolean {
    return this.dirty || this.nameDirty;
  }

  /** fsync of its bytes. */
  async sync(): Promise<void> {
    this.dirty = false;
    const syncing = this.posix.syncLater(this.fd);
    this.syncing = syncing.catch(() => undefined);
    try {
      await syncing;
    } catch (failure) {
      this.dirty = true;
      throw failure;
    }
  }

  /** fsync of its name, where it is a new one. */
  async syncName(directory: Fd): Promise<void> {
    if (!this.nameDirty) return;
    await syncDirectory(this.posix, directory);
    this.nameDirty = false;
  }

  /** Resolves when the last fsync of it is over, whatever came of it: it can be closed then. */
  get synced(): Promise<void> {
    return this.syncing;
  }

  release(): void {
    letGo(this.posix, this.fd);
  }
}
