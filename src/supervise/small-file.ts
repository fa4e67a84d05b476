/** Files of a few bytes in a service directory: reading one, and replacing one as a whole. */
import { type Fd, ignoring, type Posix, SystemFailure } from "../posix/index.ts";

export { readSmall } from "../posix/index.ts";

const MODE = 0o644;

/** Which step of replacing a file failed. */
export class ReplaceFailure extends Error {
  override readonly name = "ReplaceFailure";
  readonly step: "open" | "write" | "rename";
  override readonly cause: unknown;

  constructor(step: "open" | "write" | "rename", cause: unknown) {
    super(`unable to ${step}`);
    this.step = step;
    this.cause = cause;
  }
}

/**
 * Replaces a file: readers see the old one or the new one. What stands under the name of the new one, be it a
 * link, is removed and not written to.
 *
 * @throws ReplaceFailure
 */
export function replaceSmall(
  posix: Posix,
  dir: Fd,
  name: string,
  bytes: Uint8Array,
  mode: number = MODE,
): void {
  const fresh = `${name}.new`;
  const fd = attempt("open", () => openFresh(posix, dir, fresh, mode));
  const written = attempt("write", () => {
    try {
      return posix.write(fd, bytes, 0, bytes.length);
    } finally {
      posix.close(fd);
    }
  });
  if (written < bytes.length) throw new ReplaceFailure("write", new Error("partial write"));
  attempt("rename", () => posix.renameAt(dir, fresh, name));
}

function openFresh(posix: Posix, dir: Fd, name: string, mode: number): Fd {
  const open = (): Fd => posix.openAt(dir, name, "new", mode);
  const fd = ignoring(["EEXIST"], open);
  if (fd !== undefined) return fd;
  posix.unlinkAt(dir, name);
  return open();
}

function attempt<T>(step: "open" | "write" | "rename", action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof SystemFailure) throw new ReplaceFailure(step, cause);
    throw cause;
  }
}
