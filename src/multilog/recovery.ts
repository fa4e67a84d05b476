/**
 * Taking over a log directory as a crash, a clean stop or another program left it (multilog.c,
 * restart(); every combination of files stands in docs/logdir.md).
 */
import {
  type Fd,
  ignoring,
  orFatal,
  type Posix,
  SystemFailure,
  type Words,
} from "../posix/index.ts";
import { linkArchive, listArchives } from "./archive.ts";
import { letGo } from "./let-go.ts";
import { IN_USE_MODE, type Place, UNCLEAN_CODE } from "./place.ts";
import { prune } from "./retention.ts";
import { makeState } from "./state-file.ts";

/** Owner-execute: the file is complete and on the disk. */
const COMPLETE = 0o100;
const COMPLETE_CODE = Buffer.from("s");

export interface Recovered {
  readonly current: Fd;
  /** Bytes in `current`. */
  readonly filled: number;
  /** Whether `current` was not closed properly: the archives that were made of what was found. */
  readonly unclean: boolean;
  readonly archives: readonly Buffer[];
}

/**
 * Brings a locked log directory into use.
 *
 * @throws Fatal, exit code 111; nothing has been read from the input then
 */
export async function recover(place: Place): Promise<Recovered> {
  const { posix, directory, path } = place;
  const current = orFatal(["stat ", path, "/current"], () => posix.statusAt(directory, "current"));
  if (current !== undefined && (current.mode & COMPLETE) !== 0) {
    return { ...openCurrent(place), unclean: false, archives: [] };
  }
  const archives: Buffer[] = [];
  const keep = async (file: string, code: Uint8Array): Promise<void> => {
    const archive = await finish(place, file, code);
    if (archive !== undefined) archives.push(archive);
  };

  for (const file of ["state", "newstate"]) remove(place, file);
  const processed = orFatal(["stat ", path, "/processed"], () =>
    posix.statusAt(directory, "processed"),
  );
  if (processed !== undefined && (processed.mode & COMPLETE) !== 0) {
    remove(place, "previous");
    await keep(
      "processed",
      place.settings.processor === undefined ? COMPLETE_CODE : place.settings.suffix,
    );
  } else {
    remove(place, "processed");
    await keep("previous", UNCLEAN_CODE);
  }
  await keep("current", UNCLEAN_CODE);
  await keep("newcurrent", UNCLEAN_CODE);
  orFatal(["write to ", path, "/state"], () => makeState(posix, directory));
  return { ...openCurrent(place), unclean: current !== undefined || archives.length > 0, archives };
}

/** As in the C program, what cannot be removed stays; the steps behind this one do without. */
function remove(place: Place, file: string): void {
  try {
    place.posix.unlinkAt(place.directory, file);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
  }
}

function openCurrent(place: Place): { current: Fd; filled: number } {
  const { posix, directory, path } = place;
  const current = orFatal(["append to ", path, "/current"], () =>
    posix.openAt(directory, "current", "keep", IN_USE_MODE),
  );
  try {
    orFatal(["set mode of ", path, "/current"], () => posix.setMode(current, IN_USE_MODE));
    const { sizeBytes } = orFatal(["stat ", path, "/current"], () => posix.status(current));
    return { current, filled: sizeBytes };
  } catch (failure) {
    letGo(posix, current);
    throw failure;
  }
}

/**
 * Gives a left-over file its final name, removes the old one, and prunes.
 *
 * @returns the archive's name; undefined when there was no such file
 */
async function finish(place: Place, file: string, code: Uint8Array): Promise<Buffer | undefined> {
  const { posix, directory, path, clock } = place;
  const found = await untilDone(place, ["stat ", path, "/", file], () =>
    posix.statusAt(directory, file),
  );
  if (found === undefined) return undefined;
  const archive = await untilDone(
    place,
    ["link to ", path, "/@"],
    () =>
      (found.links > 1 ? nameOf(posix, directory, found.device, found.inode) : undefined) ??
      linkArchive(posix, directory, file, clock.take(), clock, code),
  );
  await untilDone(place, ["remove ", path, "/", file], () =>
    ignoring(["ENOENT"], () => posix.unlinkAt(directory, file)),
  );
  await untilDone(place, ["read ", path], () =>
    prune(posix, directory, place.settings, posix.now(), place.settings.sizeBytes),
  );
  return archive;
}

/** The archive that a file with several names is already; others may have linked it elsewhere. */
function nameOf(posix: Posix, directory: Fd, device: number, inode: number): Buffer | undefined {
  return listArchives(posix, directory).find((name) => {
    const status = posix.statusAt(directory, name);
    return status?.device === device && status.inode === inode;
  });
}

/** Does a step until it succeeds, with a warning and a pause after each failure. */
async function untilDone<T>(place: Place, words: Words, step: () => T): Promise<T> {
  for (;;) {
    try {
      return step();
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      await place.trouble.pause(words, failure);
    }
  }
}
