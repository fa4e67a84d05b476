/**
 * `current` was removed while it was being written: whoever removed it meant what stood in it
 * then. What was written since goes into a new file of that name.
 */
import type { Fd, Posix } from "../posix/index.ts";
import { linkArchive } from "./archive.ts";
import type { LabelClock } from "./label-clock.ts";
import { IN_USE_MODE, UNCLEAN_CODE } from "./place.ts";

const PIECE_BYTES = 64 * 1024;

/** Somebody else's file of that name gets another, as the leaving of an unclean stop would. */
export function keepStranger(posix: Posix, directory: Fd, clock: LabelClock): void {
  if (posix.statusAt(directory, "current") === undefined) return;
  linkArchive(posix, directory, "current", clock.take(), clock, UNCLEAN_CODE);
}

/**
 * @param from  the nameless file, open for reading as well
 * @param since  bytes that stood in it when it still had a name
 * @param end  its size
 * @returns the descriptor of the new `current`
 * @throws SystemFailure; nothing is changed then, but for a file `newcurrent`
 */
export function rescue(posix: Posix, directory: Fd, from: Fd, since: number, end: number): Fd {
  // Under another name until it is whole: a reader never sees half of it.
  posix.close(posix.openAt(directory, "newcurrent", "truncate", IN_USE_MODE));
  const to = posix.openAt(directory, "newcurrent", "keep", IN_USE_MODE);
  try {
    copy(posix, from, to, since, end);
    posix.renameAt(directory, "newcurrent", "current");
    return to;
  } catch (failure) {
    posix.close(to);
    throw failure;
  }
}

function copy(posix: Posix, from: Fd, to: Fd, since: number, end: number): void {
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let place = since; place < end; ) {
    const filled = posix.readAt(from, piece, 0, Math.min(PIECE_BYTES, end - place), place);
    if (filled === 0) return;
    for (let at = 0; at < filled; ) at += posix.write(to, piece, at, filled - at);
    place += filled;
  }
}
