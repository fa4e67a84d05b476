/** What a process has used so far, by the kernel's own account. */
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
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
  return (Number(kib) * 1024) / 1e6;
}
