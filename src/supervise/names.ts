/**
 * From what people call a service to its directory.
 *
 * A name is a directory, as in 0.76. One without a slash that is not here is looked for in
 * $SERVICE_DIR, else in /service; one with `*`, `?` or `[` that is not here stands for all that match,
 * here or else there.
 */
import picomatch from "picomatch";
import { AT_CWD, type Fd, type Posix, SystemFailure } from "../posix/index.ts";

export const DEFAULT_SERVICE_DIR = "/service";
const SLASH = 0x2f;
const GLOB = /[*?[]/;
const DIRECTORY = 0o040000;
const TYPE = 0o170000;

type Directories = Pick<Posix, "openAt" | "close" | "list" | "statusAt">;

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
      if (!GLOB.test(word.toString("latin1"))) return [word];
      const here = matches(posix, word).filter((path) => isService(posix, path));
      if (here.length > 0 || elsewhere === undefined) return here.length > 0 ? here : [word];
      const there = matchesIn(posix, serviceDir, [word]);
      return there.length > 0 ? there : [word];
    },
    all: () =>
      matchesIn(posix, serviceDir, [Buffer.from("*")]).flatMap((service) => [
        service,
        ...[within(service, Buffer.from("log"))].filter((log) => isDirectory(posix, log)),
      ]),
  };
}

/** The directories that a pattern with slashes matches, in order of their names. */
function matches(posix: Directories, pattern: Buffer): Buffer[] {
  const parts = split(pattern);
  const isAbsolute = pattern[0] === SLASH;
  return matchesIn(posix, Buffer.from(isAbsolute ? "/" : ""), parts);
}

function matchesIn(posix: Directories, base: Buffer, parts: readonly Buffer[]): Buffer[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [base];
  return entries(posix, base, part)
    .map((name) => within(base, name))
    .filter((path) => isDirectory(posix, path))
    .flatMap((path) => matchesIn(posix, path, rest));
}

/** The names in a directory that a part of a pattern matches; one that is no pattern is itself. */
function entries(posix: Directories, base: Buffer, part: Buffer): Buffer[] {
  if (!GLOB.test(part.toString("latin1"))) return [part];
  const isMatch = picomatch(part.toString("latin1"), { nobrace: true, noextglob: true });
  return namesAt(posix, base)
    .filter((name) => isMatch(name.toString("latin1")))
    .sort((a, b) => Buffer.compare(a, b));
}

function namesAt(posix: Directories, base: Buffer): Buffer[] {
  let fd: Fd;
  try {
    fd = posix.openAt(AT_CWD, base.length === 0 ? "." : base, "directory");
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    return [];
  }
  try {
    return posix.list(fd);
  } finally {
    posix.close(fd);
  }
}

function split(path: Buffer): Buffer[] {
  const parts = path.toString("latin1").split("/");
  return parts.filter((part) => part !== "").map((part) => Buffer.from(part, "latin1"));
}

function within(base: Buffer, name: Buffer): Buffer {
  const slash = base.length === 0 || base.at(-1) === SLASH ? "" : "/";
  return Buffer.concat([base, Buffer.from(slash), name]);
}

/** Not any directory: in `/`, `w*` is not to find `/work`. */
function isService(posix: Directories, path: Buffer): boolean {
  return ["run", "supervise"].some((name) => exists(posix, within(path, Buffer.from(name))));
}

function isDirectory(posix: Directories, path: Buffer): boolean {
  return ((statusOf(posix, path)?.mode ?? 0) & TYPE) === DIRECTORY;
}

function exists(posix: Directories, path: Buffer): boolean {
  return statusOf(posix, path) !== undefined;
}

function statusOf(posix: Directories, path: Buffer): { readonly mode: number } | undefined {
  try {
    return posix.statusAt(AT_CWD, path);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    return undefined;
  }
}
