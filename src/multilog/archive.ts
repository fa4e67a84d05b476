/**
 * Archives: the finished files of a log directory, `@` and 24 digits, a dot and a code.
 */
import { type Fd, type Posix, SystemFailure } from "../posix/index.ts";
import { fromUnixNanos, toUnixNanos } from "../tai64/instant.ts";
import { LABEL_BYTES, readLabel, writeLabel } from "../tai64/label.ts";
import type { LabelClock } from "./label-clock.ts";

/** Labels further ahead of the clock than this are nobody's time: they are not followed. */
const AHEAD_NANOS = 366n * 86_400n * 1_000_000_000n;
/** How much of `current`'s end is searched for its last label. */
const TAIL_BYTES = 8192;
const LF = 0x0a;
const AT = 0x40;
/** 2^63 and above are no TAI seconds. */
const LABEL = /^[0-7][0-9a-f]{23}$/;

/** @returns the name of the archive that ends at `unixNanos` */
export function archiveName(unixNanos: bigint, code: Uint8Array): Buffer {
  const name = Buffer.alloc(LABEL_BYTES + 1 + code.length, ".");
  writeLabel(name, 0, fromUnixNanos(unixNanos));
  name.set(code, LABEL_BYTES + 1);
  return name;
}

/** Whether retention counts a file: a label, and whatever stands behind it. */
export function isArchive(name: Buffer): boolean {
  return name[0] === AT && LABEL.test(name.toString("latin1", 1, LABEL_BYTES));
}

export function countArchives(posix: Posix, directory: number): number {
  return posix.list(directory).filter(isArchive).length;
}

/** The archives in a directory, oldest first. */
export function listArchives(posix: Posix, directory: number): Buffer[] {
  return posix
    .list(directory)
    .filter(isArchive)
    .sort((a, b) => Buffer.compare(a, b));
}

/**
 * Gives a file its final name besides its old one, under a label that no other file bears.
 *
 * @param ended  when the file ended, nanoseconds since 1970, a reading of `clock`
 * @returns the archive's name
 * @throws SystemFailure of link(2)
 */
export function linkArchive(
  posix: Posix,
  directory: number,
  file: string,
  ended: bigint,
  clock: LabelClock,
  code: Uint8Array,
): Buffer {
  for (let reading = ended; ; reading = clock.take()) {
    const name = archiveName(reading, code);
    try {
      posix.linkAt(directory, file, name);
      return name;
    } catch (failure) {
      // Somebody else's file: the next nanosecond is free, or the one after it.
      if (!(failure instanceof SystemFailure) || failure.code !== "EEXIST") throw failure;
    }
  }
}

/**
 * The latest label in a log directory, so that a clock that was set back does not repeat it.
 *
 * @param isLabelled  whether the lines in `current` begin with labels of ours
 * @returns nanoseconds since 1970; 0 when there is none
 */
export function latestLabel(posix: Posix, directory: number, isLabelled: boolean): bigint {
  const end = posix.now() + AHEAD_NANOS;
  const archive = listArchives(posix, directory)
    .map(labelNanos)
    .findLast((nanos) => nanos > 0n && nanos < end);
  const line = isLabelled ? labelNanos(lastLine(posix, directory)) : 0n;
  const latest = archive ?? 0n;
  return line > latest && line < end ? line : latest;
}

/** The time of the label at the beginning of some bytes; 0 when there is none. */
function labelNanos(bytes: Uint8Array | undefined): bigint {
  const instant = bytes === undefined ? undefined : readLabel(bytes);
  return instant === undefined ? 0n : toUnixNanos(instant);
}

/**
 * The last line in `current`, as far as it stands in the file's last bytes. What stands there behind
 * no newline may be the rest of a long line, and is whatever the service wrote.
 */
function lastLine(posix: Posix, directory: number): Uint8Array | undefined {
  let fd: Fd | undefined;
  try {
    fd = posix.openAt(directory, "current", "read");
    const { sizeBytes } = posix.status(fd);
    const tail = Buffer.alloc(Math.min(sizeBytes, TAIL_BYTES));
    const filled = posix.readAt(fd, tail, 0, tail.length, sizeBytes - tail.length);
    const text = tail.subarray(0, filled);
    const newline = text.lastIndexOf(LF, -2);
    const isWhole = newline !== -1 || (sizeBytes <= TAIL_BYTES && endsInLine(posix, directory));
    return isWhole ? text.subarray(newline + 1) : undefined;
  } catch (failure) {
    // Not there, not ours to read, not a file: whether that matters is said where it is opened.
    if (failure instanceof SystemFailure) return undefined;
    throw failure;
  } finally {
    if (fd !== undefined) posix.close(fd);
  }
}

/** Whether the newest archive, if there is one, ends with a whole line: then `current` begins with one. */
function endsInLine(posix: Posix, directory: number): boolean {
  const newest = listArchives(posix, directory).at(-1);
  if (newest === undefined) return true;
  const fd = posix.openAt(directory, newest, "read");
  try {
    const last = Buffer.alloc(1);
    const { sizeBytes } = posix.status(fd);
    return sizeBytes === 0 || (posix.readAt(fd, last, 0, 1, sizeBytes - 1) === 1 && last[0] === LF);
  } finally {
    posix.close(fd);
  }
}
