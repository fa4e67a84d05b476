/**
 * Structures that the kernel fills in and node:fs does not offer by directory descriptor: the
 * status of a file, the entries of a directory. Layouts from the kernels' public headers.
 */
import { bind, call, cString } from "./libc.ts";
import type { Fd, FileStatus, Name } from "./types.ts";

const darwin = process.platform === "darwin";

// Linux: struct statx is the same on every architecture.
const STATX_BASIC_STATS = 0x7ff;
const statx = bind("int statx(int dir, const uint8_t *path, int flags, uint32_t mask, void *out)");
const getdents = bind("int64_t getdents64(int fd, void *out, size_t length)");
// macOS: the 64-bit-inode struct stat, and its directory reader.
const fstatat = bind(
  `int ${process.arch === "x64" && darwin ? "fstatat$INODE64" : "fstatat"}(int dir, const uint8_t *path, void *out, int flags)`,
);
const getdirentries = bind(
  "int64_t __getdirentries64(int fd, void *out, size_t length, int64_t *base)",
);

const record = Buffer.alloc(256);

/**
 * The status of a file, following symbolic links.
 *
 * @throws SystemFailure, ENOENT among them
 */
export function statusRecord(dir: Fd, name: Name): FileStatus {
  const path = cString(name, "stat");
  return darwin ? darwinStatus(dir, path, name) : linuxStatus(dir, path, name);
}

function linuxStatus(dir: Fd, path: Buffer, name: Name): FileStatus {
  call("stat", name, () => statx(dir, path, 0, STATX_BASIC_STATS, record));
  return {
    // As the C library's makedev() packs it, which is what node:fs answers for a descriptor.
    device: deviceNumber(record.readUInt32LE(136), record.readUInt32LE(140)),
    inode: Number(record.readBigUInt64LE(32)),
    mode: record.readUInt16LE(28),
    links: record.readUInt32LE(16),
    uid: record.readUInt32LE(20),
    gid: record.readUInt32LE(24),
    sizeBytes: Number(record.readBigUInt64LE(40)),
    modifiedSeconds: Number(record.readBigInt64LE(112)) + record.readUInt32LE(120) / 1e9,
  };
}

function deviceNumber(major: number, minor: number): number {
  return (
    (major & 0xfff) * 0x100 +
    (minor & 0xff) +
    (minor >>> 8) * 0x100000 +
    Math.floor(major / 0x1000) * 0x100000000000
  );
}

function darwinStatus(dir: Fd, path: Buffer, name: Name): FileStatus {
  call("stat", name, () => fstatat(dir, path, record, 0));
  return {
    device: record.readInt32LE(0),
    inode: Number(record.readBigUInt64LE(8)),
    mode: record.readUInt16LE(4),
    links: record.readUInt16LE(6),
    uid: record.readUInt32LE(16),
    gid: record.readUInt32LE(20),
    sizeBytes: Number(record.readBigInt64LE(96)),
    modifiedSeconds: Number(record.readBigInt64LE(48)) + Number(record.readBigInt64LE(56)) / 1e9,
  };
}

const ENTRIES_BYTES = 32 * 1024;
const RECORD_LENGTH_AT = 16;
const NAME_AT = darwin ? 21 : 19;

/** One for all listings, made at the first: thousands of them at the start of a tree would be a mountain. */
let entriesPage: Buffer | undefined;

/** The names in the directory that `fd` has open, from its beginning; `.` and `..` left out. */
export function readEntries(fd: Fd): Buffer[] {
  const names: Buffer[] = [];
  entriesPage ??= Buffer.allocUnsafeSlow(ENTRIES_BYTES);
  const page = entriesPage;
  const base = Buffer.alloc(8);
  for (;;) {
    const filled = call("readdir", undefined, () =>
      darwin ? getdirentries(fd, page, page.length, base) : getdents(fd, page, page.length),
    );
    if (filled === 0) return names;
    for (let at = 0; at < filled; at += page.readUInt16LE(at + RECORD_LENGTH_AT)) {
      const name = page.subarray(at + NAME_AT, page.indexOf(0, at + NAME_AT));
      const isOwn =
        name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
      if (!isOwn) names.push(Buffer.from(name));
    }
  }
}
