/**
 * What stands in a log directory, in the order in which it was written.
 *
 * `current` is opened first, then `previous`, then `processed`, and only then the names are read: a
 * file leaves each of these places for the next of them, so none can slip past.
 */
import { isArchive } from "../multilog/archive.ts";
import { type Fd, type Posix, SystemFailure } from "../posix/index.ts";
import { LABEL_BYTES } from "../tai64/label.ts";
import { Content } from "./content.ts";
import { type Key, keyOf } from "./label-key.ts";

const FINISHED_BIT = 0o100;

export interface Listing {
  /** Names of archives, oldest first. */
  readonly names: readonly Buffer[];
  /** Names that come before the floor, in no order. */
  readonly older: readonly Buffer[];
  /** Files that have no final name yet, or did not have one when they were opened; oldest first. */
  readonly unnamed: readonly Content[];
}

/** What could not be read, and why. */
export type Complain = (name: Buffer, failure: SystemFailure) => void;

const MOST_TRIES = 20;
const CURRENT = Buffer.from("current");
const PREVIOUS = Buffer.from("previous");
const PROCESSED = Buffer.from("processed");

/** @param floor  older archives than this one stand apart: there may be a hundred thousand of them */
export function listLog(posix: Posix, dir: Fd, complain: Complain, floor?: Buffer): Listing {
  for (let tries = 1; ; tries++) {
    const listing = listOnce(posix, dir, complain, floor);
    // What was made of it may stand in the list already.
    if (tries === MOST_TRIES || !wasReplaced(posix, listing)) return listing;
    closeAll(listing.unnamed);
  }
}

/** Whether one of them has no name any more: a processor was done with it, or it was removed. */
function wasReplaced(posix: Posix, { unnamed }: Listing): boolean {
  return unnamed.some(({ fd }) => posix.status(fd).links === 0);
}

function listOnce(posix: Posix, dir: Fd, complain: Complain, floor: Buffer | undefined): Listing {
  const current = openIfThere(posix, dir, CURRENT, complain);
  const previous = openIfThere(posix, dir, PREVIOUS, complain);
  // Beside `previous` it is a copy of it; alone it is all that there is of it.
  const processed = previous === undefined ? openProcessed(posix, dir, complain) : undefined;
  const unnamed = [previous ?? processed, current].filter((content) => content !== undefined);
  const all = posix.list(dir);
  if (floor === undefined) return { names: archiveNames(all), older: [], unnamed };
  const isOlder = (name: Buffer): boolean => Buffer.compare(name, floor) < 0;
  const names = archiveNames(all.filter((name) => !isOlder(name)));
  return { names, older: all.filter((name) => isOlder(name) && isArchive(name)), unnamed };
}

export function closeAll(contents: readonly Content[]): void {
  for (const content of contents) content.close();
}

/** @returns undefined for a file that is not there, or that cannot be read; the latter is said */
export function openIfThere(
  posix: Posix,
  dir: Fd,
  name: Buffer,
  complain: Complain,
): Content | undefined {
  try {
    return Content.open(posix, dir, name);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    if (failure.code !== "ENOENT") complain(name, failure);
    return undefined;
  }
}

function openProcessed(posix: Posix, dir: Fd, complain: Complain): Content | undefined {
  const status = posix.statusAt(dir, PROCESSED);
  if (status === undefined || (status.mode & FINISHED_BIT) === 0) return undefined;
  return openIfThere(posix, dir, PROCESSED, complain);
}

/** Archives in order. svlogd's `.u` and `.t` beside a finished `.s` of the same label are what it was made of. */
export function archiveNames(names: readonly Buffer[]): Buffer[] {
  const archives = names.filter(isArchive).sort((a, b) => Buffer.compare(a, b));
  const finished = new Set(archives.filter((name) => code(name) === "s").map(labelOf));
  return archives.filter(
    (name) => code(name) !== "t" && !(code(name) === "u" && finished.has(labelOf(name))),
  );
}

function code(name: Buffer): string {
  return name.toString("latin1", LABEL_BYTES + 1);
}

function labelOf(name: Buffer): string {
  return name.toString("latin1", 0, LABEL_BYTES);
}

/** When an archive ended, by its name. */
export function endOf(name: Buffer): Key | undefined {
  return keyOf(name);
}
