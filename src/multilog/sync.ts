/** fsync of what has a name only, and of the names themselves. */
import { type Fd, type Posix, SystemFailure } from "../posix/index.ts";
import { letGo } from "./let-go.ts";

/** fsync of a directory; file systems that know no such thing say EINVAL. */
export async function syncDirectory(posix: Posix, directory: Fd): Promise<void> {
  try {
    await posix.syncLater(directory);
  } catch (failure) {
    if (!(failure instanceof SystemFailure) || failure.code !== "EINVAL") throw failure;
  }
}

/** fsync of a file by its name; made if it is not there. */
export async function syncFile(posix: Posix, directory: Fd, name: string): Promise<void> {
  const fd = posix.openAt(directory, name, "append", 0o644);
  try {
    await posix.syncLater(fd);
  } finally {
    letGo(posix, fd);
  }
}
