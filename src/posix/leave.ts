/**
 * The end of a command.
 *
 * process.exit() runs what libraries left to be done: koffi calls fsync on standard output and
 * standard error, and where that fails with other than EINVAL it never comes back. A logger's end must
 * not depend on where its messages go.
 */
import { bind } from "./libc.ts";

const exitNow = bind("int _exit(int code)");

/** Ends this process at once; what was written is written. */
export function leave(code: number): never {
  exitNow(code);
  process.exit(code);
}

/** This process as a filter needs it: Node's, with our own end. */
export const ownProcess: Pick<NodeJS.Process, "pid" | "on" | "off" | "kill" | "exit"> = {
  pid: process.pid,
  on: process.on.bind(process),
  off: process.off.bind(process),
  kill: process.kill.bind(process),
  exit: (code) => leave(Number(code ?? 0)),
};
