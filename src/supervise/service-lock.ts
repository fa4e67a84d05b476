/**
 * The lock that a service holds itself, where it has a `lock-fd`: no second copy is started as long as
 * the first, or anything that it left behind, has the descriptor open.
 *
 * It is an flock(2) lock, which belongs to what was opened and not to a process: whatever the service
 * forks holds it too. (That of s6 2.15 is lost in a fork.)
 */
import type { Fd, Posix } from "../posix/index.ts";

const PATH = "supervise/service-lock";
const MODE = 0o600;

/** Somebody still holds it. */
export class LockHeld extends Error {
  override readonly name = "LockHeld";
}

/**
 * Takes the lock; closing the descriptor lets it go, unless a service has got it meanwhile.
 *
 * @throws LockHeld; SystemFailure when the file cannot be opened
 */
export function takeServiceLock(posix: Posix, dir: Fd): Fd {
  const fd = posix.openAt(dir, PATH, "own append", MODE);
  try {
    if (posix.lock(fd)) return fd;
  } catch (failure) {
    posix.close(fd);
    throw failure;
  }
  posix.close(fd);
  throw new LockHeld("the service is still running");
}
