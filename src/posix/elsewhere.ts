/** The system as it is for a process that has another working directory. */
import { AT_CWD } from "./files.ts";
import type { Fd, Posix } from "./types.ts";

/** @returns `posix`, its relative names beginning at the open directory `place` */
export function posixAt(posix: Posix, place: Fd): Posix {
  const at = (dir: Fd): Fd => (dir === AT_CWD ? place : dir);
  return {
    ...posix,
    openAt: (dir, ...rest) => posix.openAt(at(dir), ...rest),
    statusAt: (dir, name) => posix.statusAt(at(dir), name),
    makeDirectory: (dir, ...rest) => posix.makeDirectory(at(dir), ...rest),
    renameAt: (dir, ...rest) => posix.renameAt(at(dir), ...rest),
    linkAt: (dir, ...rest) => posix.linkAt(at(dir), ...rest),
    unlinkAt: (dir, name) => posix.unlinkAt(at(dir), name),
    list: (dir) => posix.list(at(dir)),
    makeFifo: (dir, ...rest) => posix.makeFifo(at(dir), ...rest),
    readLink: (dir, name) => posix.readLink(at(dir), name),
    spawn: (program, argv, options) =>
      posix.spawn(program, argv, { ...options, directory: options.directory ?? place }),
  };
}
