/** What the kernel tells of other processes, where it has a /proc. */
import fs from "node:fs";
import { bind } from "./libc.ts";
import type { ProcessRecord } from "./types.ts";

/** Places in /proc/PID/stat, counted from the state. */
const STARTED = 19;
const ARGUMENTS_START = 45;
const ARGUMENTS_END = 46;

/** What the kernel counts in for its readers, on every architecture. */
const MS_PER_TICK = 10;
const CLOCK_BOOTTIME = 7;
const clockGettime = bind("int clock_gettime(int clock, void *out)");
const timespec = new BigInt64Array(2);

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

/** Whether a process has that file open; true where there is no /proc that tells. */
export function hasOpen(
  pid: number,
  { device, inode }: { readonly device: number; readonly inode: number },
): boolean {
  const place = `/proc/${pid}/fd`;
  let numbers: string[];
  try {
    numbers = fs.readdirSync(place);
  } catch {
    return true;
  }
  return numbers.some((fd) => {
    const found = lookAt(`${place}/${fd}`);
    return found?.dev === device && found.ino === inode;
  });
}

function lookAt(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(path);
  } catch {
    // Closed meanwhile.
    return undefined;
  }
}

/** How long ago a process was started, in milliseconds, to the hundredth of a second. */
export function ageMs({ startedTicks }: ProcessRecord): number {
  clockGettime(CLOCK_BOOTTIME, timespec);
  const [seconds = 0n, nanos = 0n] = timespec;
  return Number(seconds) * 1000 + Number(nanos) / 1e6 - startedTicks * MS_PER_TICK;
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
