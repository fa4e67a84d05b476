/**
 * The end of a command.
 *
 * process.exit() runs what libraries left to be done: koffi calls fsync on standard output and
 * standard error, and where that fails with other than EINVAL it never comes back. A logger's end must
 * not depend on where its messages go.
 */
import { OWN_FAULT } from "./exit-codes.ts";
import { bind } from "./libc.ts";
import { ownFault, say } from "./say.ts";

const exitNow = bind("int _exit(int code)");

/** Ends this process at once; what was written is written. */
export function leave(code: number): never {
  exitNow(code);
  process.exit(code);
}

/**
 * From here on a failure that nobody caught, be it of a promise, is said and ends the process. Left to itself
 * Node would wait for ever for the thread that waits for news (waiter.ts), and serve no signal meanwhile.
 */
export function leaveAtOwnFault(name: string): void {
  process.on("uncaughtException", (failure) => {
    say(name, ["fatal: ", ownFault(failure)]);
    leave(OWN_FAULT);
  });
}

/** This process as a filter needs it: Node's, with our own end. */
export const ownProcess: Pick<NodeJS.Process, "pid" | "on" | "off" | "kill" | "exit"> = {
  pid: process.pid,
  on: process.on.bind(process),
  off: process.off.bind(process),
  kill: process.kill.bind(process),
  exit: (code) => leave(Number(code ?? 0)),
};
