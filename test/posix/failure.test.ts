import assert from "node:assert/strict";
import { constants } from "node:os";
import { test } from "node:test";
import {
  asFailure,
  errnoName,
  errnoText,
  ignoring,
  SystemFailure,
} from "../../src/posix/failure.ts";

/** daemontools 0.76, error_str.c. */
const TEXTS: Readonly<Record<string, string>> = {
  EPERM: "permission denied",
  ENOENT: "file does not exist",
  ESRCH: "no such process",
  EINTR: "interrupted system call",
  EIO: "input/output error",
  ENXIO: "device not configured",
  E2BIG: "argument list too long",
  ENOEXEC: "exec format error",
  EBADF: "file descriptor not open",
  ECHILD: "no child processes",
  EAGAIN: "temporary failure",
  ENOMEM: "out of memory",
  EACCES: "access denied",
  EFAULT: "bad address",
  ENOTBLK: "not a block device",
  EBUSY: "device busy",
  EEXIST: "file already exists",
  EXDEV: "cross-device link",
  ENODEV: "device does not support operation",
  ENOTDIR: "not a directory",
  EISDIR: "is a directory",
  EINVAL: "invalid argument",
  EMFILE: "process cannot open more files",
  ENFILE: "system cannot open more files",
  ENOTTY: "not a tty",
  ETXTBSY: "text busy",
  EFBIG: "file too big",
  ENOSPC: "out of disk space",
  ESPIPE: "unseekable descriptor",
  EROFS: "read-only file system",
  EMLINK: "too many links",
  EPIPE: "broken pipe",
  EDOM: "input out of range",
  ERANGE: "output out of range",
  EDEADLK: "operation would cause deadlock",
  ENAMETOOLONG: "file name too long",
  ENOLCK: "no locks available",
  ENOSYS: "system call not available",
  ENOTEMPTY: "directory not empty",
  ELOOP: "symbolic link loop",
  ENOBUFS: "out of buffer space",
  EOPNOTSUPP: "operation not supported",
  EDQUOT: "disk quota exceeded",
  ESTALE: "stale NFS file handle",
  ETIMEDOUT: "timed out",
  EPROTO: "protocol error",
  EINPROGRESS: "operation in progress",
  ECONNREFUSED: "connection refused",
};

/** The two that every Unix numbers alike and Node's table leaves out or doubles. */
const NUMBERS: Readonly<Record<string, number>> = { ...constants.errno, ENOTBLK: 15 };

test("every errno of daemontools' table has its words, by name and by number", () => {
  for (const [code, text] of Object.entries(TEXTS)) {
    assert.equal(errnoText(code), text);
    assert.equal(errnoName(NUMBERS[code] ?? -1), code);
    assert.equal(new SystemFailure(code, "open").text, text);
  }
  assert.equal(Object.keys(TEXTS).length, 48);
});

test("EPERM is permission denied and EACCES is access denied, not the other way round", () => {
  assert.equal(errnoText(errnoName(constants.errno.EPERM)), "permission denied");
  assert.equal(errnoText(errnoName(constants.errno.EACCES)), "access denied");
});

test("an errno that has two names is called by daemontools' one", () => {
  assert.equal(errnoName(constants.errno.EWOULDBLOCK), "EAGAIN");
  assert.equal(errnoName(constants.errno.EOPNOTSUPP), "EOPNOTSUPP");
});

test("an errno without words is an unknown error, and one without a name keeps its number", () => {
  assert.equal(errnoText("EILSEQ"), "unknown error");
  assert.equal(errnoName(9999), "E9999");
  assert.equal(errnoText("E9999"), "unknown error");
});

test("a SystemFailure says which call failed on what", () => {
  const named = new SystemFailure("ENOENT", "open", "./main");
  assert.equal(named.message, "open ./main: file does not exist");
  assert.deepEqual([named.code, named.syscall, named.path], ["ENOENT", "open", "./main"]);
  assert.equal(new SystemFailure("EIO", "fsync").message, "fsync: input/output error");
  const bytes = Uint8Array.of(0x78, 0xff);
  assert.equal(new SystemFailure("EIO", "open", bytes).path, bytes);
});

test("ignoring passes over the named codes alone", () => {
  const failing = (code: string) => () => {
    throw new SystemFailure(code, "unlink");
  };
  assert.equal(
    ignoring(["ENOENT"], () => 7),
    7,
  );
  assert.equal(ignoring(["EIO", "ENOENT"], failing("ENOENT")), undefined);
  assert.throws(() => ignoring(["ENOENT"], failing("EACCES")), { code: "EACCES" });
  const own = new TypeError("ours");
  assert.throws(
    () =>
      ignoring(["ENOENT"], () => {
        throw own;
      }),
    own,
  );
});

test("asFailure takes over what the system said", () => {
  const system = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC", errno: -28 });
  const failure = asFailure(system, "write", "x");
  assert.ok(failure instanceof SystemFailure);
  assert.deepEqual([failure.code, failure.syscall, failure.path], ["ENOSPC", "write", "x"]);
});

test("asFailure leaves our own mistakes what they are", () => {
  const range = Object.assign(new RangeError("out of range"), { code: "ERR_OUT_OF_RANGE" });
  assert.equal(asFailure(range, "write"), range);
  assert.equal(asFailure("text", "write"), "text");
});
