/**
 * The processor of a log directory: `/bin/sh -c COMMAND`, from `previous` to `processed`.
 *
 * Descriptors: 0 previous, 1 processed, 2 ours, 3 closed, 4 state, 5 newstate (multilog.c, fullcurrent()).
 */
import type { Ending, Fd, Posix } from "../posix/index.ts";
import { letGo } from "./let-go.ts";
import { IN_USE_MODE } from "./place.ts";
import { makeState } from "./state-file.ts";

const SHELL = "/bin/sh";
const STDERR = 2;

/**
 * Runs the processor once.
 *
 * @param onStart  is told its process id
 * @returns how it ended
 * @throws SystemFailure when a file cannot be opened or no process can be made
 */
export async function runProcessor(
  posix: Posix,
  directory: Fd,
  command: Uint8Array,
  onStart: (pid: number) => void,
): Promise<Ending> {
  const opened: Fd[] = [];
  const open = (name: string, how: "read" | "truncate"): Fd => {
    const fd = posix.openAt(directory, name, how, IN_USE_MODE);
    opened.push(fd);
    return fd;
  };
  try {
    const previous = open("previous", "read");
    const processed = open("processed", "truncate");
    const state = openState(posix, directory, opened);
    const newState = open("newstate", "truncate");
    return await posix.spawn(SHELL, ["sh", "-c", command], {
      descriptors: [previous, processed, STDERR, undefined, state, newState],
      directory,
      onStart,
    });
  } finally {
    for (const fd of opened) letGo(posix, fd);
  }
}

/** The state of the run before; a directory made by hand has none yet. */
function openState(posix: Posix, directory: Fd, opened: Fd[]): Fd {
  if (posix.statusAt(directory, "state") === undefined) {
    makeState(posix, directory);
  }
  const fd = posix.openAt(directory, "state", "read");
  opened.push(fd);
  return fd;
}
