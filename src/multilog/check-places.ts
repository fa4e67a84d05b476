/**
 * What stands where a logging script leads: the part of `--check` that looks at the disk.
 */
import { AT_CWD, type FileStatus, isDirectory, type Posix, unlessRefused } from "../posix/index.ts";
import { shown } from "./explain.ts";
import type { Script } from "./script.ts";

/** Places that cannot be log directories, and files that would be one's own. */
export function wrongPlaces(script: Script, posix: Posix): string[] {
  return script.actions.flatMap((action) => {
    if (action.kind === "logdir") return wrongDirectory(action.path, script, posix);
    return action.kind === "status" ? ownFile(action.file, script) : [];
  });
}

function wrongDirectory(path: Uint8Array, script: Script, posix: Posix): string[] {
  const status = look(posix, path);
  if (status !== undefined) {
    return isDirectory(status) ? [] : [`${shown(path)} is there, and is no directory`];
  }
  const parent = parentOf(path);
  const isMade = script.actions.some(
    (action) => action.kind === "logdir" && normal(action.path) === normal(parent),
  );
  return look(posix, parent) === undefined && !isMade
    ? [`${shown(path)} cannot be made: there is no ${shown(parent)}`]
    : [];
}

/** An `=` file that is a log directory's own `current`. */
function ownFile(file: Uint8Array, script: Script): string[] {
  const path = normal(file);
  return script.actions.flatMap((action) =>
    action.kind === "logdir" && path === `${normal(action.path)}/current`
      ? [`=${shown(file)} would overwrite the log in ${shown(action.path)}`]
      : [],
  );
}

function look(posix: Posix, path: Uint8Array): FileStatus | undefined {
  // Not to be looked at: opening it will say why.
  return unlessRefused(() => posix.statusAt(AT_CWD, path));
}

function parentOf(path: Uint8Array): Uint8Array {
  const trimmed = Buffer.from(path).toString("latin1").replace(/\/+$/, "");
  const parent = trimmed.slice(0, Math.max(1, trimmed.lastIndexOf("/")));
  return Buffer.from(parent === "" ? "." : parent, "latin1");
}

/** Two names of one directory. */
export function sameDirectories(script: Script, posix: Posix): string[] {
  const seen = new Map<string, Uint8Array>();
  return script.actions.flatMap((action) => {
    if (action.kind !== "logdir") return [];
    const status = look(posix, action.path);
    const key = status === undefined ? normal(action.path) : `${status.device}:${status.inode}`;
    const first = seen.get(key);
    seen.set(key, action.path);
    return first === undefined
      ? []
      : [
          `${shown(action.path)} is the directory ${shown(first)} again: one multilog can hold it only once`,
        ];
  });
}

function normal(path: Uint8Array): string {
  return Buffer.from(path)
    .toString("latin1")
    .split("/")
    .filter((part, place) => part !== "." && (part !== "" || place === 0))
    .join("/");
}
