/** What a descriptor shows its output on. */
import tty from "node:tty";
import type { Fd } from "./types.ts";

export function isTerminal(fd: Fd): boolean {
  return tty.isatty(fd);
}

/** How many characters fit into a line of the terminal; 80 where there is none. */
export function terminalColumns(fd: Fd): number {
  if (!tty.isatty(fd)) return 80;
  return new tty.WriteStream(fd).columns || 80;
}
