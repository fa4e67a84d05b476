/** Where the logs of a service are: what Supervisor has as `stdout_logfile` and `stderr_logfile`. */
import { statusOf } from "../../posix/glob.ts";
import type { Posix } from "../../posix/index.ts";
import { LOG_FOLDER, type LogStream } from "../tree/log-place.ts";
import type { ServiceView, Tree } from "../tree/types.ts";

/** Of several log directories it is the one called so. */
const MAIN = "/main";

/** @returns the log directory, of several the one called `main`, else the first; undefined where there is none */
export function logDirectory(
  posix: Posix,
  tree: Tree,
  view: ServiceView,
  stream: LogStream,
): string | undefined {
  const all = logDirectories(posix, tree, view, stream);
  return all.find((one) => one.endsWith(MAIN)) ?? all[0];
}

/** That of standard output is known already; few services have another. */
export function logDirectories(
  posix: Posix,
  tree: Tree,
  { name, directory, log }: ServiceView,
  stream: LogStream,
): readonly string[] {
  if (stream === "stdout" && log !== null) return log.directories;
  const folder = Buffer.from(`${directory}/${LOG_FOLDER[stream]}`);
  if (statusOf(posix, folder) === undefined) return [];
  return tree.logDirectories(name, stream).map(String);
}
