/**
 * The one error that the system can cause, and the words for it.
 *
 * The texts are those of daemontools, which replace the C library's (note EPERM and EACCES).
 */
import { constants } from "node:os";
import type { Name } from "./types.ts";

const TEXTS: Readonly<Record<string, string>> = {
  E2BIG: "argument list too long",
  EACCES: "access denied",
  EADDRINUSE: "address already used",
  EADDRNOTAVAIL: "address not available",
  EAGAIN: "temporary failure",
  EBADF: "file descriptor not open",
  EBUSY: "device busy",
  ECHILD: "no child processes",
  ECONNREFUSED: "connection refused",
  EDEADLK: "operation would cause deadlock",
  EDOM: "input out of range",
  EDQUOT: "disk quota exceeded",
  EEXIST: "file already exists",
  EFAULT: "bad address",
  EFBIG: "file too big",
  EINPROGRESS: "operation in progress",
  EINTR: "interrupted system call",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  EISDIR: "is a directory",
  ELOOP: "symbolic link loop",
  EMFILE: "process cannot open more files",
  EMLINK: "too many links",
  ENAMETOOLONG: "file name too long",
  ENFILE: "system cannot open more files",
  ENOBUFS: "out of buffer space",
  ENODEV: "device does not support operation",
  ENOENT: "file does not exist",
  ENOEXEC: "exec format error",
  ENOLCK: "no locks available",
  ENOMEM: "out of memory",
  ENOSPC: "out of disk space",
  ENOSYS: "system call not available",
  ENOTBLK: "not a block device",
  ENOTDIR: "not a directory",
  ENOTEMPTY: "directory not empty",
  ENOTTY: "not a tty",
  ENXIO: "device not configured",
  EOPNOTSUPP: "operation not supported",
  EPERM: "permission denied",
  EPIPE: "broken pipe",
  EPROTO: "protocol error",
  ERANGE: "output out of range",
  EROFS: "read-only file system",
  ESPIPE: "unseekable descriptor",
  ESRCH: "no such process",
  ESTALE: "stale NFS file handle",
  ETIMEDOUT: "timed out",
  ETXTBSY: "text busy",
  EXDEV: "cross-device link",
};

const CODES: ReadonlyMap<number, string> = new Map(
  // Node's table leaves ENOTBLK out; it is 15 on every Unix.
  Object.entries({ ...constants.errno, ENOTBLK: 15 })
    // EWOULDBLOCK is EAGAIN's other name, ENOTSUP EOPNOTSUPP's.
    .filter(([code]) => code !== "EWOULDBLOCK" && code !== "ENOTSUP")
    .map(([code, number]) => [number, code]),
);

/** @returns the name of an errno value of this platform (`ENOENT`), or `E` and the number */
export function errnoName(errno: number): string {
  return CODES.get(errno) ?? `E${errno}`;
}

/** @returns daemontools' words for an errno name; `unknown error` where it has none */
export function errnoText(code: string): string {
  return TEXTS[code] ?? "unknown error";
}

/**
 * A system call that failed: which, on what, and why.
 *
 * Without a stack: most of them say that an optional file is not there, twenty at each start of a service, and
 * collecting the frames took a seventh of the time of a tree's start.
 */
export class SystemFailure extends Error {
  override readonly name = "SystemFailure";
  /** The errno's name, as in `ENOSPC`. */
  readonly code: string;
  readonly syscall: string;
  readonly path: Name | undefined;

  constructor(code: string, syscall: string, path?: Name) {
    const place =
      path === undefined
        ? ""
        : ` ${typeof path === "string" ? path : Buffer.from(path).toString()}`;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${syscall}${place}: ${errnoText(code)}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.syscall = syscall;
    this.path = path;
  }

  /** The cause in daemontools' words. */
  get text(): string {
    return errnoText(this.code);
  }
}

/** Runs `action`; a failure with one of the named codes is no failure, and gives undefined. */
export function ignoring<T>(codes: readonly string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (failure) {
    if (failure instanceof SystemFailure && codes.includes(failure.code)) return undefined;
    throw failure;
  }
}

/** @returns undefined where the system refuses it, for whatever reason */
export function unlessRefused<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (failure) {
    if (failure instanceof SystemFailure) return undefined;
    throw failure;
  }
}

/** Makes a SystemFailure of what a function of `node:fs` threw; a bad argument is our own mistake and stays it. */
export function asFailure(error: unknown, syscall: string, path?: Name): unknown {
  if (!(error instanceof Error && "errno" in error && "code" in error)) return error;
  return new SystemFailure(String(error.code), syscall, path);
}
