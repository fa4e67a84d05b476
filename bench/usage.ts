/** What a process has used so far, and what the system has left, by the kernel's own account. */
import fs from "node:fs";

/** Processor time of all its threads; NaN where the kernel keeps no such account. */
export function cpuNanos(pid: number): number {
  const threads = fs.readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + threadNanos(`/proc/${pid}/task/${thread}`), 0);
}

function threadNanos(directory: string): number {
  const path = `${directory}/schedstat`;
  return fs.existsSync(path) ? Number(fs.readFileSync(path, "latin1").split(" ")[0]) : Number.NaN;
}

/** VmHWM is the most that it ever had in memory, VmRSS what it has. */
export function megabytesOf(pid: number, field: "VmHWM" | "VmRSS"): number {
  return bytesNamed(`/proc/${pid}/status`, field) / 1e6;
}

/** Its share of the memory: of what it shares with others, a part for each of them. */
export function pssMegabytes(pid: number): number {
  return bytesNamed(`/proc/${pid}/smaps_rollup`, "Pss") / 1e6;
}

/** What the whole system could still give to programs. */
export function availableMemory(): number {
  return bytesNamed("/proc/meminfo", "MemAvailable");
}

/** @returns NaN where the file does not say */
function bytesNamed(path: string, field: string): number {
  const text = fs.readFileSync(path, "latin1");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) * 1024;
}
