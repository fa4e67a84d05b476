/**
 * The path of a unix socket: made so that it is there as a whole or not at all, and so that one that
 * somebody answers at is never taken away.
 */
import {
  AT_CWD,
  Fatal,
  type Fd,
  ignoring,
  isSocket,
  joined,
  orFatal,
  type Posix,
  type Sockets,
  unableTo,
} from "../posix/index.ts";

/** As everybody's /dev/log is: who may log is not decided here. */
const MODE = 0o666;

/** A socket at a path. */
export interface Place {
  readonly fd: Fd;
  /** Takes the path away, where it is still this socket's. */
  remove(): void;
}

/**
 * Takes a path; what is left there of a socket whose process has gone is replaced.
 *
 * @throws Fatal 100: it is in use, or is no socket. 111: what the system refuses
 */
export function takePlace(posix: Posix, sockets: Sockets, path: string, patienceMs: number): Place {
  const directory = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
  const holder = orFatal(["open directory ", directory], () =>
    posix.openAt(AT_CWD, directory, "directory"),
  );
  try {
    // Two that start at once look one after the other.
    orFatal(["lock directory ", directory], () => posix.lock(holder, true));
    expectFree(posix, sockets, path);
    return make(posix, sockets, path, patienceMs);
  } finally {
    posix.close(holder);
  }
}

function expectFree(posix: Posix, sockets: Sockets, path: string): void {
  const target = linkTarget(posix, path);
  if (target !== undefined)
    throw inUse(path, ` is a symbolic link to ${target}: give that path, or remove the link`);
  const status = orFatal(["look at ", path], () => posix.statusAt(AT_CWD, path));
  if (status === undefined) return;
  if (!isSocket(status))
    throw inUse(path, " is there and is no socket: give another path, or remove it");
  if (orFatal(["connect to ", path], () => sockets.isAnswered(path)))
    throw inUse(
      path,
      " is in use: somebody receives messages there. Stop it, or give another path",
    );
}

function linkTarget(posix: Posix, path: string): string | undefined {
  return ignoring(["EINVAL", "ENOENT"], () => posix.readLink(AT_CWD, path).toString());
}

function inUse(path: string, why: string): Fatal {
  return new Fatal(100, joined([path, why]));
}

function make(posix: Posix, sockets: Sockets, path: string, patienceMs: number): Place {
  const temporary = `${path}.new`;
  ignoring(["ENOENT"], () => posix.unlinkAt(AT_CWD, temporary));
  const fd = orFatal(["make socket ", temporary], () =>
    sockets.unixDatagrams(temporary, MODE, patienceMs),
  );
  try {
    const made = posix.statusAt(AT_CWD, temporary);
    posix.renameAt(AT_CWD, temporary, path);
    const remove = (): void => {
      const found = posix.statusAt(AT_CWD, path);
      const isOurs = found?.inode === made?.inode && found?.device === made?.device;
      // A socket that stays, as this process may not remove it any more, is replaced by the next.
      if (isOurs) ignoring(["EACCES", "EPERM"], () => posix.unlinkAt(AT_CWD, path));
    };
    return { fd, remove };
  } catch (failure) {
    posix.close(fd);
    throw new Fatal(111, unableTo(["make socket ", path], failure));
  }
}
