/**
 * What tai64n and tai64nlocal have in common as commands: filter standard input into standard output
 * and end as the C programs do: 0 at the end of input, 111 in silence on an error.
 *
 * Node ignores SIGPIPE; a C filter whose reader is gone dies of it. So does this one, unless whoever
 * started it ignored the signal too, which the C program meets with 111.
 */
import { type ByteFilter, codeOf, type FilterSystem, runFilter } from "./filter.ts";

/** What the launcher recorded (src/posix/launch.ts). */
export interface StartRecord {
  readonly inherited: readonly number[];
  /** Bit n-1 for signal n. */
  readonly ignoredSignals: bigint;
}

/** Of Node's `process`. */
export interface OwnProcess {
  readonly pid: number;
  on(signal: "SIGPIPE", listener: () => void): unknown;
  off(signal: "SIGPIPE", listener: () => void): unknown;
  kill(pid: number, signal: "SIGPIPE"): unknown;
  exit(code: number): never;
}

const FATAL = 111;
const OUR_FAULT = 101;
const SIGPIPE_BIT = 1n << 12n;
/** A number that no open descriptor has. */
const CLOSED = 0x7fffffff;

/** Runs a filter as a whole process. */
export function runCommand(
  filter: ByteFilter,
  system: FilterSystem,
  start: StartRecord,
  self: OwnProcess,
): never {
  try {
    runFilter(system, asInherited(0, start), asInherited(1, start), filter);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) {
      say(system, `internal error: ${error instanceof Error ? error.stack : String(error)}`);
      self.exit(OUR_FAULT);
    }
    if (code === "EPIPE" && (start.ignoredSignals & SIGPIPE_BIT) === 0n) dieOfPipe(self);
    self.exit(FATAL);
  }
  self.exit(0);
}

/** Node opens /dev/null in place of a standard descriptor that was closed; C sees it closed. */
function asInherited(fd: number, start: StartRecord): number {
  // An empty list is that of a system that does not tell.
  return start.inherited.length === 0 || start.inherited.includes(fd) ? fd : CLOSED;
}

/** Dies of SIGPIPE; comes back where the signal is blocked. */
function dieOfPipe(self: OwnProcess): void {
  const nothing = (): void => {};
  // Taking the last listener away puts the signal's default action back.
  self.on("SIGPIPE", nothing);
  self.off("SIGPIPE", nothing);
  self.kill(self.pid, "SIGPIPE");
}

function say(system: FilterSystem, text: string): void {
  const line = new TextEncoder().encode(`${text}\n`);
  system.write(2, line, 0, line.length);
}
