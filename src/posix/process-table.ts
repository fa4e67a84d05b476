/** What the kernel tells of other processes, where it has a /proc. */
import fs from "node:fs";
import type { ProcessRecord } from "./types.ts";

/** Places in /proc/PID/stat, counted from the state. */
const STARTED = 19;
const ARGUMENTS_START = 45;
const ARGUMENTS_END = 46;

/** @returns undefined where there is no such process, or no /proc that tells */
export function findProcess(pid: number): ProcessRecord | undefined {
  const fields = statusFields(String(pid));
  if (fields === undefined) return undefined;
  const [state = "", parent] = fields;
  return {
    parent: Number(parent),
    isAlive: !/[ZXx]/.test(state),
    startedTicks: Number(fields[STARTED]),
  };
}

/** Whether a process is this one's child, or a child's child, and so on. */
export function isDescendant(pid: number): boolean {
  for (let at = findProcess(pid); at !== undefined; at = findProcess(at.parent)) {
    if (at.parent === process.pid) return true;
  }
  return false;
}

/** A stretch of this process's memory. */
export interface Area {
  readonly start: number;
  readonly length: number;
}

/** Where the kernel put this process's arguments: each followed by a NUL. */
export function argumentArea(): Area | undefined {
  const fields = statusFields("self");
  const start = Number(fields?.[ARGUMENTS_START]);
  const length = Number(fields?.[ARGUMENTS_END]) - start;
  return start > 0 && length > 0 ? { start, length } : undefined;
}

/** The fields of /proc/PID/stat from the third, the state, on: the second may contain blanks. */
function statusFields(pid: string): string[] | undefined {
  let text: string;
  try {
    text = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // ENOENT and ESRCH alike: it is gone.
    return undefined;
  }
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}
