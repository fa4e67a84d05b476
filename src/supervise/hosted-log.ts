/** Logs that svscan writes itself: a directory `log` with a `script` and no `run` has no supervisor of its own. */
import {
  AT_CWD,
  type Fd,
  type FileStatus,
  isDirectory,
  isRegular,
  joined,
  type Name,
  type Posix,
  unlessRefused,
} from "../posix/index.ts";
import { lastNameOf, parentOf } from "./state-news.ts";

/** Who takes what a service writes: nobody, a logger with a directory like a service's, or svscan. */
export type LoggerKind = "none" | "supervised" | "hosted";

/** The loggers of a service, by the folders that they are in. */
export type Loggers = ReadonlyMap<string, LoggerKind>;

/** Where loggers are, by the descriptor of the service that each takes. */
export const LOG_FOLDERS: ReadonlyMap<string, Fd> = new Map([
  ["log", 1],
  ["log-stderr", 2],
]);

/** @throws SystemFailure when it cannot be told */
export function loggersOf(posix: Posix, service: Name): Loggers {
  const loggers = new Map<string, LoggerKind>();
  for (const folder of LOG_FOLDERS.keys()) {
    const kind = loggerAt(posix, service, folder);
    if (kind !== "none") loggers.set(folder, kind);
  }
  return loggers;
}

/**
 * @param folder  of LOG_FOLDERS
 * @throws SystemFailure when it cannot be told
 */
export function loggerAt(posix: Posix, service: Name, folder: string): LoggerKind {
  const place = joined([service, `/${folder}`]);
  const kind = loggerKind(posix, place);
  if (kind !== "supervised" || folder === "log") return kind;
  // A directory of that name that is nothing to 0.76 may be the service's own.
  return posix.statusAt(AT_CWD, joined([place, "/run"])) === undefined ? "none" : kind;
}

/**
 * 0.76 decides by the existence of `log` alone, of whatever kind.
 *
 * @param log  the directory, from the working directory
 * @throws SystemFailure when it cannot be told
 */
export function loggerKind(posix: Posix, log: Name): LoggerKind {
  const inside = (file: string): FileStatus | undefined =>
    posix.statusAt(AT_CWD, joined([log, file]));
  const status = inside("");
  if (status === undefined) return "none";
  if (!isDirectory(status)) return "supervised";
  const script = inside("/run") === undefined ? inside("/script") : undefined;
  return script !== undefined && isRegular(script) ? "hosted" : "supervised";
}

/** @returns the service whose log a directory is, where svscan writes that itself; else undefined */
export function hostedBy(posix: Posix, directory: Name): Buffer | undefined {
  if (!LOG_FOLDERS.has(lastNameOf(directory).toString("latin1"))) return undefined;
  const kind = unlessRefused(() => loggerKind(posix, directory));
  return kind === "hosted" ? parentOf(directory) : undefined;
}
