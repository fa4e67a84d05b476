/** Writing what a service directory is made of: files that are not there yet, never over others. */
import { type Fd, ignoring, type Name, type Posix } from "../posix/index.ts";

export interface ServiceFile {
  /** Relative to the service directory. */
  readonly name: Name;
  /** What the umask leaves of it. */
  readonly mode: number;
  readonly text: Uint8Array;
}

/** Makes a file. @throws SystemFailure EEXIST when it is there */
export function writeNew(posix: Posix, dir: Fd, { name, mode, text }: ServiceFile): void {
  const fd = posix.openAt(dir, name, "new", mode);
  try {
    for (let at = 0; at < text.length; ) at += posix.write(fd, text, at, text.length - at);
  } finally {
    posix.close(fd);
  }
}

/** Makes a directory where there is none. @throws SystemFailure */
export function makeUnlessThere(posix: Posix, dir: Fd, name: Name, mode: number): void {
  ignoring(["EEXIST"], () => posix.makeDirectory(dir, name, mode));
}

/** The logging script of a log that svscan, or `timberline run`, writes itself. */
export function scriptFile(name: string, actions: readonly Uint8Array[]): ServiceFile {
  const lines = actions.flatMap((action) => [action, NEWLINE]);
  return { name, mode: 0o644, text: Buffer.concat([SCRIPT_HEAD, ...lines]) };
}

const NEWLINE = Buffer.from("\n");
const SCRIPT_HEAD = Buffer.from(
  "# The log of this service: an action of multilog a line. What they do: multilog --help\n",
);

/** Every line with its time, in ten files of a megabyte. */
export const DEFAULT_ACTIONS: readonly Uint8Array[] = ["t", "s1000000", "n10", "./main"].map((a) =>
  Buffer.from(a),
);
