/** The files of logs, as they are opened for those who ask from elsewhere. */
import type { Posix } from "../../posix/index.ts";

/**
 * Opens no file through a link. A log's directory is its logger's own: a link in it may lead to what its user may
 * not read, and this process may.
 */
export function withoutLinks(posix: Posix): Posix {
  return {
    ...posix,
    openAt: (dir, name, purpose, ...mode) =>
      posix.openAt(dir, name, purpose === "read" ? "own read" : purpose, ...mode),
  };
}
