/**
 * Finding the file of a program, as pathexec of daemontools does: by running what might be it.
 */
import fs from "node:fs";
import { asFailure, SystemFailure } from "./failure.ts";
import { bind, cString, lastErrno } from "./libc.ts";
import type { Name } from "./types.ts";

/** After these the next file is tried; any other ends the search. */
const NEXT: ReadonlySet<string> = new Set(["ENOENT", "EACCES", "EPERM", "EISDIR"]);

const accessCall = bind("int access(const uint8_t *path, int mode)");
const X_OK = 1;

/**
 * Tries files in order until one runs, or an errno other than those of files that are not there or
 * not for us ends the search.
 *
 * @param attempt  tries the n-th file; an errno's name, or undefined when it runs
 * @returns the errno that stands for all of them, the last one but ENOENT; "" when one runs
 */
export function firstThatRuns(count: number, attempt: (at: number) => string | undefined): string {
  let remembered = "ENOENT";
  for (let at = 0; at < count; at++) {
    const code = attempt(at);
    if (code === undefined) return "";
    if (code !== "ENOENT") remembered = code;
    if (!NEXT.has(code)) break;
  }
  return remembered;
}

/** @returns undefined when the file could be run by its name, else the errno's name of why not */
export function whyNotRun(path: Name): string | undefined {
  const name = cString(path, "access");
  if (accessCall(name, X_OK) === -1) return lastErrno();
  const status = fs.statSync(asPath(path), { throwIfNoEntry: false });
  return status?.isFile() ? undefined : "EACCES";
}

/** @returns the file's name without links and dots; undefined for one that has no name any more */
export function realPath(path: Name): Buffer | undefined {
  try {
    return fs.realpathSync.native(asPath(path), { encoding: "buffer" });
  } catch (error) {
    const failure = asFailure(error, "realpath", path);
    if (failure instanceof SystemFailure) return undefined;
    throw failure;
  }
}

function asPath(path: Name): string | Buffer {
  return typeof path === "string" ? path : Buffer.from(path);
}
