/**
 * A pid file that tells whether its process still runs: a process of that number may be any, but the lock on
 * the file is held by the program, or by what it handed its descriptor to, and by nobody else.
 *
 * The file is made as FILE.new, locked there, and renamed when the number stands in it: whoever reads FILE
 * finds the old text (its file is not locked) or the whole new one. FILE.new is also what two starters
 * meet at: the second finds it locked.
 */
import { SystemFailure } from "../posix/failure.ts";
import { isRegular } from "../posix/file-kind.ts";
import { AT_CWD } from "../posix/files.ts";
import type { Fd, Posix } from "../posix/types.ts";
import { parsePid } from "./pid-file.ts";

export type LockedFileSystem = Pick<
  Posix,
  | "openAt"
  | "close"
  | "lock"
  | "status"
  | "statusAt"
  | "readAt"
  | "write"
  | "truncate"
  | "renameAt"
  | "unlinkAt"
>;

/** Of st_mode: the type, and that of a regular file. */
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

/** What has the name is a directory, a device or the like: a rename would put a file in its place. */
export class NoFile extends Error {
  override readonly name = "NoFile";
}

export class LockedPidFile {
  /** Whoever has this descriptor, or a copy of it, holds the lock. */
  readonly fd: Fd;
  private readonly posix: LockedFileSystem;
  private readonly name: Buffer;
  private readonly fresh: Buffer;

  /** Locks what is to be the file. @throws Held; NoFile; SystemFailure */
  constructor(posix: LockedFileSystem, name: Buffer) {
    this.posix = posix;
    this.name = name;
    if (name.length === 0) throw new SystemFailure("ENOENT", "open", name);
    this.fresh = Buffer.concat([name, Buffer.from(".new")]);
    this.fd = lockByName(posix, this.fresh);
    try {
      refuseIfHeld(posix, name);
      posix.truncate(this.fd, 0);
    } catch (failure) {
      this.remove();
      posix.close(this.fd);
      throw failure;
    }
  }

  /** Writes the number and gives the file its name. @throws SystemFailure */
  write(pid: number): void {
    const text = Buffer.from(`${pid}\n`);
    const written = this.posix.write(this.fd, text, 0, text.length);
    if (written !== text.length) throw new SystemFailure("ENOSPC", "write", this.fresh);
    this.posix.renameAt(AT_CWD, this.fresh, this.name);
  }

  /** Nothing was started: what was made goes, while the lock is still held. */
  remove(): void {
    this.posix.unlinkAt(AT_CWD, this.fresh);
  }
}

/** Nobody else looks meanwhile: all who do hold the lock of FILE.new. */
function refuseIfHeld(posix: LockedFileSystem, name: Buffer): void {
  let fd: Fd;
  try {
    fd = posix.openAt(AT_CWD, name, "read");
  } catch (failure) {
    if (failure instanceof SystemFailure && failure.code === "ENOENT") return;
    throw failure;
  }
  try {
    if (!isRegular(posix.status(fd))) throw new NoFile();
    if (!posix.lock(fd)) throw new Held(pidIn(posix, fd));
  } finally {
    posix.close(fd);
  }
}

function lockByName(posix: LockedFileSystem, name: Buffer): Fd {
  for (;;) {
    const fd = posix.openAt(AT_CWD, name, "keep", MODE);
    if (!posix.lock(fd)) {
      posix.close(fd);
      throw new Held(undefined);
    }
    // A file that was removed or renamed before it was locked is nobody's.
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
