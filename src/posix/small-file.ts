/** Reading what is small: the beginning of a file, and the names in a directory. */
import { ignoring } from "./failure.ts";
import { AT_CWD } from "./files.ts";
import type { Fd, Files, Name } from "./types.ts";

const PAGE_BYTES = 4096;

/**
 * @returns the beginning of a file, up to `mostBytes`; undefined when there is no such file
 * @throws SystemFailure
 */
export function readSmall(
  files: Pick<Files, "openAt" | "close" | "status" | "read">,
  dir: Fd,
  name: Name,
  mostBytes: number = PAGE_BYTES,
): Buffer | undefined {
  const fd = ignoring(["ENOENT"], () => files.openAt(dir, name, "read"));
  if (fd === undefined) return undefined;
  try {
    // A tree of a thousand services reads thousands of them: no more memory than is needed.
    const memory = Buffer.alloc(Math.min(files.status(fd).sizeBytes, mostBytes));
    let length = 0;
    for (let got = -1; got !== 0 && length < memory.length; length += got)
      got = files.read(fd, memory, length, memory.length - length);
    return memory.subarray(0, length);
  } finally {
    files.close(fd);
  }
}

/** What stands in the first line of a small file, without blanks around it. */
export function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.trim() ?? "";
}

/**
 * The names in a directory, in no order.
 *
 * @throws SystemFailure
 */
export function namesAt(files: Pick<Files, "openAt" | "close" | "list">, path: Name): Buffer[] {
  const fd = files.openAt(AT_CWD, path.length === 0 ? "." : path, "directory");
  try {
    return files.list(fd);
  } finally {
    files.close(fd);
  }
}
