/**
 * From what people call a service to its directory.
 *
 * A name is a directory, as in 0.76. One without a slash that is not here is looked for in
 * $SERVICE_DIR, else in /service; one with `*`, `?` or `[` that is not here stands for all that match,
 * here or else there.
 */
import { isDirectory } from "../posix/file-kind.ts";
import { type Directories, expandGlob, isGlob, statusOf, within } from "../posix/glob.ts";

export const DEFAULT_SERVICE_DIR = "/service";
const SLASH = 0x2f;

export interface Names {
  /** The directories that a word stands for; the word itself where it stands for none. */
  resolve(word: Buffer): readonly Buffer[];
  /** Every service that is not here, each followed by its logger. */
  all(): readonly Buffer[];
}

/** @param serviceDir  where services are that are not here */
export function namesIn(posix: Directories, serviceDir: Buffer): Names {
  return {
    resolve: (word) => {
      if (word.length === 0 || exists(posix, word)) return [word];
      const elsewhere = word.includes(SLASH) ? undefined : within(serviceDir, word);
      if (elsewhere !== undefined && exists(posix, elsewhere)) return [elsewhere];
      if (!isGlob(word)) return [word];
      const here = directories(posix, word).filter((path) => isService(posix, path));
      if (here.length > 0 || elsewhere === undefined) return here.length > 0 ? here : [word];
      const there = directories(posix, word, serviceDir);
      return there.length > 0 ? there : [word];
    },
    all: () =>
      directories(posix, Buffer.from("*"), serviceDir).flatMap((service) => [
        service,
        ...[within(service, Buffer.from("log"))].filter((log) => isDirectoryAt(posix, log)),
      ]),
  };
}

function directories(posix: Directories, pattern: Buffer, base?: Buffer): Buffer[] {
  return expandGlob(posix, pattern, base).filter((path) => isDirectoryAt(posix, path));
}

/** Not any directory: in `/`, `w*` is not to find `/work`. */
function isService(posix: Directories, path: Buffer): boolean {
  return ["run", "supervise"].some((name) => exists(posix, within(path, Buffer.from(name))));
}

function isDirectoryAt(posix: Directories, path: Buffer): boolean {
  const status = statusOf(posix, path);
  return status !== undefined && isDirectory(status);
}

function exists(posix: Directories, path: Buffer): boolean {
  return statusOf(posix, path) !== undefined;
}
