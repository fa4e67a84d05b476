/** What this program has to say to the reader of the log. */
import type { Output } from "./output.ts";
import { PRIORITY_NAMES } from "./priority.ts";

/** @param priority  of severity and facility `syslog` */
export function writeOwnLine(
  output: Output,
  host: Uint8Array,
  priority: number,
  text: string,
): void {
  const head = PRIORITY_NAMES[priority] ?? Buffer.alloc(0);
  const line = Buffer.concat([head, host, Buffer.from(` syslog-in[${process.pid}]: ${text}\n`)]);
  output.length += line.copy(output.memory, output.length);
}
