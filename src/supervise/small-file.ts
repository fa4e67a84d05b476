/** Files of a few bytes in a service directory: reading one, and replacing one as a whole. */
import { type Fd, ignoring, type Name, type Posix, SystemFailure } from "../posix/index.ts";

const MODE = 0o644;
const PAGE_BYTES = 4096;

/** @returns the beginning of a file, up to `mostBytes`; undefined when there is no such file */
export function readSmall(
  posix: Posix,
  dir: Fd,
  name: Name,
  mostBytes: number = PAGE_BYTES,
): Buffer | undefined {
  const fd = ignoring(["ENOENT"], () => posix.openAt(dir, name, "read"));
  if (fd === undefined) return undefined;
  try {
    // A tree of a thousand services reads thousands of them: no more memory than is needed.
    const memory = Buffer.alloc(Math.min(posix.status(fd).sizeBytes, mostBytes));
    let length = 0;
    for (let got = -1; got !== 0 && length < memory.length; length += got)
      got = posix.read(fd, memory, length, memory.length - length);
    return memory.subarray(0, length);
  } finally {
    posix.close(fd);
  }
}

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
 * Replaces a file: readers see the old one or the new one.
 *
 * @throws ReplaceFailure
 */
export function replaceSmall(posix: Posix, dir: Fd, name: string, bytes: Uint8Array): void {
  const fresh = `${name}.new`;
  const fd = attempt("open", () => posix.openAt(dir, fresh, "truncate", MODE));
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

function attempt<T>(step: "open" | "write" | "rename", action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof SystemFailure) throw new ReplaceFailure(step, cause);
    throw cause;
  }
}
