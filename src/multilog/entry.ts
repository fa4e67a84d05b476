/**
 * Into a log directory: made when it is not there, opened, and locked against every other writer.
 */
import { AT_CWD, Fatal, type Fd, orFatal, type Posix, SystemFailure } from "../posix/index.ts";
import { letGo } from "./let-go.ts";
import { attempt } from "./trouble.ts";

const DIRECTORY_MODE = 0o700;
const LOCK_MODE = 0o600;

export interface Entry {
  readonly directory: Fd;
  /** Held for as long as the directory is written to. */
  readonly lock: Fd;
}

/** @throws Fatal, exit code 111; nothing is left open then */
export function enterLogdir(posix: Posix, path: Uint8Array): Entry {
  // Where it is not there and cannot be made, opening it says why (multilog.c does the same).
  attempt(["create ", path], () => posix.makeDirectory(AT_CWD, path, DIRECTORY_MODE));
  const directory = orFatal(["open directory ", path], () =>
    posix.openAt(AT_CWD, path, "directory"),
  );
  try {
    return {
      directory,
      lock: orFatal(["lock directory ", path], () => takeLock(posix, directory)),
    };
  } catch (failure) {
    letGo(posix, directory);
    throw failure;
  }
}

/** The same after the first byte: a failure is one to be tried again. */
export function enterAgain(posix: Posix, path: Uint8Array): Entry {
  try {
    return enterLogdir(posix, path);
  } catch (failure) {
    if (failure instanceof Fatal) throw new SystemFailure("ENOENT", "open", path);
    throw failure;
  }
}

function takeLock(posix: Posix, directory: Fd): Fd {
  const lock = posix.openAt(directory, "lock", "append", LOCK_MODE);
  try {
    if (posix.lock(lock)) return lock;
    throw new SystemFailure("EAGAIN", "flock");
  } catch (failure) {
    letGo(posix, lock);
    throw failure;
  }
}
