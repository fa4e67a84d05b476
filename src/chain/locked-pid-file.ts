/**
 * A pid file that tells whether its process still runs: a process of that number may be any, but the lock on
 * the file is held by the program, or by what it handed its descriptor to, and by nobody else.
 *
 * The file is emptied as soon as it is locked, and then written in one write(2): whoever reads it finds the
 * old text (the lock tells that it is old), nothing, or the whole new text.
 */
import { SystemFailure } from "../posix/failure.ts";
import { AT_CWD } from "../posix/files.ts";
import type { Fd, Posix } from "../posix/types.ts";
import { parsePid } from "./pid-file.ts";

export type LockedFileSystem = Pick<
  Posix,
  "openAt" | "close" | "lock" | "status" | "statusAt" | "readAt" | "write" | "truncate" | "unlinkAt"
>;

const MODE = 0o644;
const MOST_BYTES = 128;

/** Somebody else holds the lock. */
export class Held extends Error {
  override readonly name = "Held";
  /** Undefined while it is being started, or where the file says nothing of use. */
  readonly pid: number | undefined;

  constructor(pid: number | undefined) {
    super(pid === undefined ? "held" : `held by process ${pid}`);
    this.pid = pid;
  }
}

export class LockedPidFile {
  /** Whoever has this descriptor, or a copy of it, holds the lock. */
  readonly fd: Fd;
  private readonly posix: LockedFileSystem;
  private readonly name: Buffer;

  /** Locks the file, which is made if need be. @throws Held; SystemFailure */
  constructor(posix: LockedFileSystem, name: Buffer) {
    this.posix = posix;
    this.name = name;
    this.fd = lockByName(posix, name);
    posix.truncate(this.fd, 0);
  }

  /** @throws SystemFailure */
  write(pid: number): void {
    const text = Buffer.from(`${pid}\n`);
    const written = this.posix.write(this.fd, text, 0, text.length);
    if (written !== text.length) throw new SystemFailure("ENOSPC", "write", this.name);
  }

  /** Nothing was started: the file goes, while the lock is still held. */
  remove(): void {
    this.posix.unlinkAt(AT_CWD, this.name);
  }
}

function lockByName(posix: LockedFileSystem, name: Buffer): Fd {
  for (;;) {
    const fd = posix.openAt(AT_CWD, name, "keep", MODE);
    if (!posix.lock(fd)) {
      const pid = pidIn(posix, fd);
      posix.close(fd);
      throw new Held(pid);
    }
    // A file that was removed before it was locked is nobody's pid file.
    const ours = posix.status(fd);
    const named = posix.statusAt(AT_CWD, name);
    if (named?.inode === ours.inode && named.device === ours.device) return fd;
    posix.close(fd);
  }
}

function pidIn(posix: LockedFileSystem, fd: Fd): number | undefined {
  const bytes = Buffer.alloc(MOST_BYTES);
  const length = posix.readAt(fd, bytes, 0, bytes.length, 0);
  const reading = parsePid(bytes.toString("latin1", 0, length));
  return reading.kind === "pid" ? reading.pid : undefined;
}
