/** Closing what is done with, whatever close(2) has to say about it. */
import { type Fd, ignoring, type Posix } from "../posix/index.ts";

/**
 * Closes a descriptor whose bytes are on the disk already, or do not matter: the errors that a
 * delayed write may leave there (NFS) are no reason to do anything again, and the descriptor is
 * gone either way.
 */
export function letGo(posix: Posix, fd: Fd): void {
  ignoring(["EIO", "ENOSPC", "EDQUOT", "EBADF"], () => posix.close(fd));
}
