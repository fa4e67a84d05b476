/**
 * Archives: the finished files of a log directory, `@` and 24 digits, a dot and a code.
 */
import { type Fd, type Posix, SystemFailure } from "../posix/index.ts";
import { fromUnixNanos, toUnixNanos } from "../tai64/instant.ts";
import { LABEL_BYTES, readLabel, writeLabel } from "../tai64/label.ts";
import type { LabelClock } from "./label-clock.ts";

/** Labels above this are nobody's clock: they are not followed (the year 36812). */
const LAST_SENSIBLE_NANOS = (1n << 40n) * 1_000_000_000n;
/** How much of `current`'s end is searched for its last label. */
const TAIL_BYTES = 8192;
const LF = 0x0a;
const AT = 0x40;

/** @returns the name of the archive that ends at `unixNanos` */
export function archiveName(unixNanos: bigint, code: Uint8Array): Buffer {
  const name = Buffer.alloc(LABEL_BYTES + 1 + code.length, ".");
  writeLabel(name, 0, fromUnixNanos(unixNanos));
  name.set(code, LABEL_BYTES + 1);
  return name;
}

/** Whether retention counts a file: a label, and whatever stands behind it. */
export function isArchive(name: Uint8Array): boolean {
  return name[0] === AT && readLabel(name) !== undefined;
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
 * @returns nanoseconds since 1970; 0 when there is none
 */
export function latestLabel(posix: Posix, directory: number): bigint {
  const newest = listArchives(posix, directory).findLast((name) => labelNanos(name) > 0n);
  const [a, b] = [labelNanos(newest), labelNanos(lastLine(posix, directory))];
  return a > b ? a : b;
}

/** The time of the label at the beginning of some bytes; 0 when there is none, or none that is sensible. */
function labelNanos(bytes: Uint8Array | undefined): bigint {
  const instant = bytes === undefined ? undefined : readLabel(bytes);
  const nanos = instant === undefined ? 0n : toUnixNanos(instant);
  return nanos > 0n && nanos < LAST_SENSIBLE_NANOS ? nanos : 0n;
}

/** The last line in `current`, as far as it stands in the file's last bytes. */
function lastLine(posix: Posix, directory: number): Uint8Array | undefined {
  let fd: Fd | undefined;
  try {
    fd = posix.openAt(directory, "current", "read");
    const { sizeBytes } = posix.status(fd);
    const tail = Buffer.alloc(Math.min(sizeBytes, TAIL_BYTES));
    const filled = posix.readAt(fd, tail, 0, tail.length, sizeBytes - tail.length);
    const text = tail.subarray(0, filled);
    return text.subarray(text.lastIndexOf(LF, text.length - 2) + 1);
  } catch (failure) {
    // Not there, not ours to read, not a file: whether that matters is said where it is opened.
    if (failure instanceof SystemFailure) return undefined;
    throw failure;
  } finally {
    if (fd !== undefined) posix.close(fd);
  }
}
