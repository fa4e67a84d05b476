/** Descriptors that stand for processes. */
import { bind } from "./libc.ts";
import type { Fd } from "./types.ts";

const SYS_PIDFD_OPEN = 434;

const syscall = bind("int64_t syscall(int64_t number, ...)");

/** @returns -1 where the system has no such thing, or the process is gone; errno says which */
export function openPidfd(pid: number): Fd {
  return syscall(SYS_PIDFD_OPEN, "int", pid, "unsigned int", 0);
}
