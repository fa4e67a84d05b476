/**
 * What the user names: a log directory, a file, a service, or a pattern of any of them.
 *
 * A service's logs are the log directories below its `log` directory (`log/main` and others), or in
 * it (`main`); `$SERVICE_DIR` holds the services.
 */
import { isArchive } from "../multilog/archive.ts";
import { AT_CWD, type Posix, SystemFailure } from "../posix/index.ts";
import { expandGlob, isGlob } from "./glob.ts";

export interface Log {
  /** For people. */
  readonly name: string;
  readonly path: string;
  readonly kind: "directory" | "file";
}

/** Nothing of that name. */
export class UnknownTarget extends Error {
  override readonly name = "UnknownTarget";
}

const TYPE_BITS = 0o170000;
const DIRECTORY = 0o040000;
const DEFAULT_SERVICES = "/service";

export class Targets {
  private readonly posix: Posix;
  private readonly services: string;

  /** @param services  `$SERVICE_DIR` */
  constructor(posix: Posix, services: string = DEFAULT_SERVICES) {
    this.posix = posix;
    this.services = services.replace(/(?<=.)\/+$/, "") || DEFAULT_SERVICES;
  }

  /**
   * The logs of some words; of none: the working directory's, or every service's.
   *
   * @throws UnknownTarget, SystemFailure
   */
  find(words: readonly string[]): Log[] {
    if (words.length > 0) return unique(words.flatMap((word) => this.findOne(word)));
    if (this.isLog(".")) return [{ name: ".", path: ".", kind: "directory" }];
    const all = expandGlob(this.posix, `${this.services}/*`).flatMap((path) =>
      this.inService(path),
    );
    if (all.length === 0)
      throw new UnknownTarget(
        `no log to read: name a log directory, a file or a service; there is none in ${this.services}`,
      );
    return all;
  }

  /** What a word names; what is not there may be named by its path. */
  findOne(word: string): Log[] {
    if (isGlob(word) && this.typeOf(word) === undefined) return this.findGlob(word);
    const found = this.atPath(word);
    if (found.length > 0) return found;
    const service = word.includes("/") ? [] : this.inService(`${this.services}/${word}`);
    if (service.length > 0) return service;
    const where = word.includes("/") ? "" : `, here or in ${this.services}`;
    if (this.typeOf(word) === undefined)
      throw new UnknownTarget(
        `unknown target ${word}: there is no such log directory, file or service${where}`,
      );
    throw new UnknownTarget(
      `unknown target ${word}: there is no log in it: neither current nor @-files, log/main nor main`,
    );
  }

  private findGlob(word: string): Log[] {
    const { posix } = this;
    const found = expandGlob(posix, word).flatMap((path) => this.atPath(path));
    if (found.length > 0) return found;
    const services = word.includes("/")
      ? []
      : expandGlob(posix, `${this.services}/${word}`).flatMap((path) => this.inService(path));
    if (services.length > 0) return services;
    throw new UnknownTarget(`unknown target ${word}: nothing matches it`);
  }

  private atPath(path: string): Log[] {
    const type = this.typeOf(path);
    if (type === undefined) return [];
    const name = path.replace(/(?<=.)\/+$/, "");
    if (type === "file") return [{ name, path, kind: "file" }];
    if (this.isLog(path)) return [{ name, path: name, kind: "directory" }];
    return this.inService(name, name);
  }

  private inService(path: string, name: string = path.slice(path.lastIndexOf("/") + 1)): Log[] {
    if (this.isLog(`${path}/log`)) return [{ name, path: `${path}/log`, kind: "directory" }];
    for (const place of [`${path}/log`, path]) {
      const logs = expandGlob(this.posix, `${place}/*`).filter((found) => this.isLog(found));
      if (logs.length === 0) continue;
      const single = logs.length === 1;
      return logs.map((log) => ({
        name: single ? name : `${name}/${log.slice(log.lastIndexOf("/") + 1)}`,
        path: log,
        kind: "directory",
      }));
    }
    return [];
  }

  private typeOf(path: string): "directory" | "file" | undefined {
    const status = unlessMissing(() => this.posix.statusAt(AT_CWD, path));
    if (status === undefined) return undefined;
    return (status.mode & TYPE_BITS) === DIRECTORY ? "directory" : "file";
  }

  /** Whether a directory holds a log; one that cannot be read does if its name says so. */
  private isLog(path: string): boolean {
    if (this.typeOf(path) !== "directory") return false;
    const { posix } = this;
    try {
      // Most have one; the names in a directory may be many.
      if (posix.statusAt(AT_CWD, `${path}/current`) !== undefined) return true;
      const dir = posix.openAt(AT_CWD, path, "directory");
      try {
        return posix.list(dir).some(isArchive);
      } finally {
        posix.close(dir);
      }
    } catch (failure) {
      if (failure instanceof SystemFailure && failure.code === "EACCES") return true;
      throw failure;
    }
  }
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
  return [...new Map(logs.map((log) => [log.path, log])).values()];
}
