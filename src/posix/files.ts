/**
 * Files and directories, by descriptor and by name relative to a directory descriptor: what a
 * process holds stays the same thing when somebody renames a directory above it.
 */
import fs from "node:fs";
import { asFailure, SystemFailure } from "./failure.ts";
import { readEntries, statusRecord } from "./layouts.ts";
import { bind, call, cString } from "./libc.ts";
import type { Fd, FileStatus, Files, Name, OpenFor } from "./types.ts";

const { O_RDONLY, O_WRONLY, O_RDWR, O_APPEND, O_CREAT, O_TRUNC, O_EXCL, O_DIRECTORY } =
  fs.constants;
const { O_NOFOLLOW } = fs.constants;
/** Not in node:fs; the kernels' own numbers. */
const O_CLOEXEC = process.platform === "darwin" ? 0x1000000 : 0o2000000;
/** Every file is opened with it, so that opening a FIFO does not wait. */
export const O_NONBLOCK: number = fs.constants.O_NONBLOCK;

/** Relative names start at the working directory. */
export const AT_CWD: Fd = process.platform === "darwin" ? -2 : -100;

const FLAGS: Readonly<Record<OpenFor, number>> = {
  read: O_RDONLY | O_NONBLOCK,
  write: O_WRONLY | O_NONBLOCK,
  append: O_WRONLY | O_NONBLOCK | O_APPEND | O_CREAT,
  keep: O_RDWR | O_NONBLOCK | O_APPEND | O_CREAT,
  truncate: O_WRONLY | O_NONBLOCK | O_TRUNC | O_CREAT,
  new: O_WRONLY | O_NONBLOCK | O_CREAT | O_EXCL,
  directory: O_RDONLY | O_NONBLOCK | O_DIRECTORY,
  "own read": O_RDONLY | O_NONBLOCK | O_NOFOLLOW,
  "own write": O_WRONLY | O_NONBLOCK | O_NOFOLLOW,
  "own append": O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_APPEND | O_CREAT,
};

const openat = bind("int openat(int dir, const uint8_t *path, int flags, ...)");
const mkdirat = bind("int mkdirat(int dir, const uint8_t *path, uint32_t mode)");
const renameat = bind("int renameat(int a, const uint8_t *from, int b, const uint8_t *to)");
const linkat = bind("int linkat(int a, const uint8_t *from, int b, const uint8_t *to, int flags)");
const unlinkat = bind("int unlinkat(int dir, const uint8_t *path, int flags)");
const mkfifo = bind("int mkfifoat(int dir, const uint8_t *path, uint32_t mode)");
const readlinkat = bind(
  "int64_t readlinkat(int dir, const uint8_t *path, void *out, size_t length)",
);
const flock = bind("int flock(int fd, int operation)");
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
/** PATH_MAX: no link is longer. */
const LINK_BYTES = 4096;

function openAt(dir: Fd, name: Name, how: OpenFor, mode: number = 0o644): Fd {
  const path = cString(name, "open");
  return call("open", name, () => openat(dir, path, FLAGS[how] | O_CLOEXEC, "int", mode));
}

/** Runs a function of node:fs that takes a descriptor, until it is not interrupted. */
function withFd<T>(syscall: string, attempt: () => T): T {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      const failure = asFailure(error, syscall);
      if (!(failure instanceof SystemFailure) || failure.code !== "EINTR") throw failure;
    }
  }
}

function status(fd: Fd): FileStatus {
  const s = withFd("stat", () => fs.fstatSync(fd));
  return {
    device: s.dev,
    inode: s.ino,
    mode: s.mode,
    links: s.nlink,
    uid: s.uid,
    gid: s.gid,
    sizeBytes: s.size,
    modifiedSeconds: s.mtimeMs / 1000,
  };
}

function statusAt(dir: Fd, name: Name): FileStatus | undefined {
  try {
    return statusRecord(dir, name);
  } catch (failure) {
    if (failure instanceof SystemFailure && failure.code === "ENOENT") return undefined;
    throw failure;
  }
}

function list(dir: Fd): Buffer[] {
  // A descriptor of its own: the caller's may be in the middle of another reading.
  const own = openAt(dir, ".", "directory");
  try {
    return readEntries(own);
  } finally {
    fs.closeSync(own);
  }
}

function unlock(fd: Fd): void {
  call("flock", undefined, () => flock(fd, LOCK_UN));
}

function lock(fd: Fd, wait: boolean = false): boolean {
  try {
    call("flock", undefined, () => flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB));
    return true;
  } catch (failure) {
    if (failure instanceof SystemFailure && failure.code === "EAGAIN") return false;
    throw failure;
  }
}

function syncLater(fd: Fd): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fsync(fd, (error) => {
      if (error) reject(asFailure(error, "fsync"));
      else resolve();
    });
  });
}

function readLink(dir: Fd, name: Name): Buffer {
  const path = cString(name, "readlink");
  const target = Buffer.alloc(LINK_BYTES);
  const length = call("readlink", name, () => readlinkat(dir, path, target, target.length));
  return target.subarray(0, length);
}

/** A call with two names; `blamed` is the one that a failure names. */
function pair(
  syscall: string,
  from: Name,
  to: Name,
  attempt: (a: Buffer, b: Buffer) => number,
  blamed: Name = from,
): void {
  const a = cString(from, syscall);
  const b = cString(to, syscall);
  call(syscall, blamed, () => attempt(a, b));
}

function named(syscall: string, name: Name, attempt: (path: Buffer) => number): void {
  const path = cString(name, syscall);
  call(syscall, name, () => attempt(path));
}

export const files: Files = {
  openAt,
  close: (fd) => withFd("close", () => fs.closeSync(fd)),
  read: (fd, memory, offset, length) =>
    withFd("read", () => fs.readSync(fd, memory, offset, length, null)),
  readAt: (fd, memory, offset, length, place) =>
    withFd("pread", () => fs.readSync(fd, memory, offset, length, place)),
  write: (fd, memory, offset, length) =>
    withFd("write", () => fs.writeSync(fd, memory, offset, length)),
  writeAt: (fd, memory, offset, length, place) =>
    withFd("pwrite", () => fs.writeSync(fd, memory, offset, length, place)),
  status,
  statusAt,
  makeDirectory: (dir, name, mode) => named("mkdir", name, (path) => mkdirat(dir, path, mode)),
  renameAt: (dir, from, to) => pair("rename", from, to, (a, b) => renameat(dir, a, dir, b)),
  // What fails is the new name: it exists, or there is no room for it.
  linkAt: (dir, from, to) => pair("link", from, to, (a, b) => linkat(dir, a, dir, b, 0), to),
  unlinkAt: (dir, name) => named("unlink", name, (path) => unlinkat(dir, path, 0)),
  setMode: (fd, mode) => withFd("fchmod", () => fs.fchmodSync(fd, mode)),
  truncate: (fd, sizeBytes) => withFd("ftruncate", () => fs.ftruncateSync(fd, sizeBytes)),
  syncLater,
  list,
  lock,
  unlock,
  makeFifo: (dir, name, mode) => named("mkfifo", name, (path) => mkfifo(dir, path, mode)),
  readLink,
};
