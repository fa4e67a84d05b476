/**
 * What the user names: a log directory, a file, a service, or a pattern of any of them. Names are bytes,
 * as the system has them.
 *
 * A service's logs are the log directories below its `log` directory (`log/main` and others), or in
 * it (`main`); `$SERVICE_DIR` holds the services.
 */
import { isArchive } from "../multilog/archive.ts";
import { expandGlob, isGlob, within } from "../posix/glob.ts";
import {
  AT_CWD,
  isDirectory,
  joined,
  namesAt,
  type Posix,
  SystemFailure,
  type Words,
} from "../posix/index.ts";

export interface Log {
  /** For people: what is no UTF-8 in it is U+FFFD. */
  readonly name: string;
  readonly path: Buffer;
  readonly kind: "directory" | "file";
}

/** Nothing of that name. */
export class UnknownTarget extends Error {
  override readonly name = "UnknownTarget";
  /** The message, names in it as they were given. */
  readonly line: Buffer;

  constructor(words: Words) {
    const line = joined(words);
    super(line.toString());
    this.line = line;
  }
}

const SLASH = 0x2f;
const DEFAULT_SERVICES = "/service";
const HERE = Buffer.from(".");
const LOG = Buffer.from("log");
const CURRENT = Buffer.from("current");
const ALL = Buffer.from("*");

export class Targets {
  private readonly posix: Posix;
  private readonly services: Buffer;

  /** @param services  `$SERVICE_DIR` */
  constructor(posix: Posix, services: string | Uint8Array = DEFAULT_SERVICES) {
    this.posix = posix;
    const bytes = Buffer.from(services);
    this.services = bytes.length === 0 ? Buffer.from(DEFAULT_SERVICES) : withoutSlash(bytes);
  }

  /**
   * The logs of some words; of none: the working directory's, or every service's.
   *
   * @throws UnknownTarget, SystemFailure
   */
  find(words: readonly (string | Uint8Array)[]): Log[] {
    if (words.length > 0) return unique(words.flatMap((word) => this.findOne(Buffer.from(word))));
    if (this.isLog(HERE)) return [{ name: ".", path: HERE, kind: "directory" }];
    const all = expandGlob(this.posix, ALL, this.services).flatMap((path) => this.inService(path));
    if (all.length === 0)
      throw new UnknownTarget([
        "no log to read: name a log directory, a file or a service; there is none in ",
        this.services,
      ]);
    return all;
  }

  /** What a word names; what is not there may be named by its path. */
  private findOne(word: Buffer): Log[] {
    if (isGlob(word) && this.typeOf(word) === undefined) return this.findGlob(word);
    const found = this.atPath(word);
    if (found.length > 0) return found;
    const isPath = word.includes(SLASH);
    const service = isPath ? [] : this.inService(within(this.services, word));
    if (service.length > 0) return service;
    const what = ["unknown target ", word] as const;
    if (this.typeOf(word) !== undefined)
      throw new UnknownTarget([
        ...what,
        ": there is no log in it: neither current nor @-files, log/main nor main",
      ]);
    const where = isPath ? [] : [", here or in ", this.services];
    throw new UnknownTarget([
      ...what,
      ": there is no such log directory, file or service",
      ...where,
    ]);
  }

  private findGlob(word: Buffer): Log[] {
    const { posix } = this;
    const found = expandGlob(posix, word).flatMap((path) => this.atPath(path));
    if (found.length > 0) return found;
    const services = word.includes(SLASH)
      ? []
      : expandGlob(posix, word, this.services).flatMap((path) => this.inService(path));
    if (services.length > 0) return services;
    throw new UnknownTarget(["unknown target ", word, ": nothing matches it"]);
  }

  private atPath(path: Buffer): Log[] {
    const type = this.typeOf(path);
    if (type === undefined) return [];
    const bare = withoutSlash(path);
    const name = bare.toString();
    if (type === "file") return [{ name, path, kind: "file" }];
    if (this.isLog(path)) return [{ name, path: bare, kind: "directory" }];
    return this.inService(bare, name);
  }

  private inService(path: Buffer, name: string = lastPart(path).toString()): Log[] {
    const place = within(path, LOG);
    if (this.isLog(place)) return [{ name, path: place, kind: "directory" }];
    for (const around of [place, path]) {
      const logs = expandGlob(this.posix, ALL, around).filter((found) => this.isLog(found));
      if (logs.length === 0) continue;
      const single = logs.length === 1;
      return logs.map((log) => ({
        name: single ? name : `${name}/${lastPart(log).toString()}`,
        path: log,
        kind: "directory",
      }));
    }
    return [];
  }

  private typeOf(path: Buffer): "directory" | "file" | undefined {
    const status = unlessMissing(() => this.posix.statusAt(AT_CWD, path));
    if (status === undefined) return undefined;
    return isDirectory(status) ? "directory" : "file";
  }

  /** Whether a directory holds a log; one that cannot be read does if its name says so. */
  private isLog(path: Buffer): boolean {
    if (this.typeOf(path) !== "directory") return false;
    const { posix } = this;
    try {
      // Most have one; the names in a directory may be many.
      if (posix.statusAt(AT_CWD, within(path, CURRENT)) !== undefined) return true;
      return namesAt(posix, path).some(isArchive);
    } catch (failure) {
      if (failure instanceof SystemFailure && failure.code === "EACCES") return true;
      throw failure;
    }
  }
}

function withoutSlash(path: Buffer): Buffer {
  let end = path.length;
  while (end > 1 && path[end - 1] === SLASH) end--;
  return path.subarray(0, end);
}

export function lastPart(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(SLASH) + 1);
}

function unlessMissing<T>(action: () => T | undefined): T | undefined {
  try {
    return action();
  } catch (failure) {
    if (failure instanceof SystemFailure && failure.code === "ENOTDIR") return undefined;
    throw failure;
  }
}

function unique(logs: readonly Log[]): Log[] {
  return [...new Map(logs.map((log) => [log.path.toString("latin1"), log])).values()];
}
