/** Looking at processes that are nobody's child here. */
import fs from "node:fs";

/** Whether a process runs; one that has ended does not, waited for or not. */
export function isRunning(pid: string | number): boolean {
  try {
    return !/^State:\t[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    // Gone, and waited for.
    return false;
  }
}
