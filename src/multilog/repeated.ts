/**
 * After an unclean end, the batch that was written but not yet taken from the pipe comes once more.
 * This finds how many lines of it stand at the end of the old file already, to say so.
 */
import type { Fd, Posix } from "../posix/index.ts";
import { listArchives } from "./archive.ts";
import { letGo } from "./let-go.ts";

/** A batch, and its stamps. */
const SEEN_BYTES = 1 << 20;
const LF = "\n";

/** The last bytes of a log: its archives one behind the other. */
export function readTail(posix: Posix, directory: Fd): string {
  let tail = "";
  for (const name of listArchives(posix, directory).reverse()) {
    tail = readLast(posix, directory, name, SEEN_BYTES - tail.length) + tail;
    if (tail.length >= SEEN_BYTES) break;
  }
  return tail;
}

/** The first bytes of what was written behind an archive: a batch may have filled several files. */
export function readHead(posix: Posix, directory: Fd, archive: Uint8Array): string {
  const younger = listArchives(posix, directory).filter(
    (name) => Buffer.compare(name, archive) > 0,
  );
  // With two links it is among the archives already.
  const isApart = posix.statusAt(directory, "previous")?.links === 1;
  let head = "";
  for (const name of [...younger, ...(isApart ? ["previous"] : []), "current"]) {
    head += readFirst(posix, directory, name, SEEN_BYTES - head.length);
    if (head.length >= SEEN_BYTES) break;
  }
  return head;
}

function readFirst(posix: Posix, directory: Fd, name: Uint8Array | string, most: number): string {
  return readPart(posix, directory, name, (size) => ({ at: 0, length: Math.min(size, most) }));
}

function readLast(posix: Posix, directory: Fd, name: Uint8Array, most: number): string {
  return readPart(posix, directory, name, (size) => {
    const length = Math.min(size, most);
    return { at: size - length, length };
  });
}

function readPart(
  posix: Posix,
  directory: Fd,
  name: Uint8Array | string,
  partOf: (size: number) => { readonly at: number; readonly length: number },
): string {
  const fd = posix.openAt(directory, name, "read");
  try {
    const { at, length } = partOf(posix.status(fd).sizeBytes);
    const bytes = Buffer.alloc(length);
    return bytes.toString("latin1", 0, posix.readAt(fd, bytes, 0, length, at));
  } finally {
    letGo(posix, fd);
  }
}

/**
 * How many lines at the end of `tail` stand at the beginning of `head` again.
 *
 * @param stampBytes  length of the stamp before each line; stamps are not compared
 */
export function countRepeated(tail: string, head: string, stampBytes: number): number {
  const old = tail.split(LF);
  // The last piece is empty, or a line that was torn.
  const torn = (old.pop() ?? "").slice(stampBytes);
  const oldLines = old.map((line) => line.slice(stampBytes));
  const newLines = head
    .split(LF)
    .slice(0, -1)
    .map((line) => line.slice(stampBytes));
  for (const length of overlaps(newLines, oldLines)) {
    if (torn === "" || (newLines[length] ?? "").startsWith(torn))
      return length + (torn === "" ? 0 : 1);
  }
  return 0;
}

/** Every length, the longest first, at which the beginning of `fresh` is the end of `old` (Knuth, Morris and Pratt). */
function overlaps(fresh: readonly string[], old: readonly string[]): number[] {
  const borders = [0];
  const extend = (from: number, line: string | undefined): number => {
    let length = from;
    while (length > 0 && fresh[length] !== line) length = borders[length - 1] ?? 0;
    return fresh[length] === line ? length + 1 : length;
  };
  for (let i = 1; i < fresh.length; i++) borders[i] = extend(borders[i - 1] ?? 0, fresh[i]);
  let length = 0;
  for (const line of old) {
    if (length === fresh.length) length = borders[length - 1] ?? 0;
    length = extend(length, line);
  }
  const lengths: number[] = [];
  for (; length > 0; length = borders[length - 1] ?? 0) lengths.push(length);
  return [...lengths, 0];
}
