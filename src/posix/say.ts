/** Saying something, to whoever reads it. */
import { ignoring } from "./failure.ts";
import { files } from "./files.ts";
import { joined, type Words } from "./message.ts";
import type { Fd } from "./types.ts";

const STDERR = 2;
/** Written, or nobody is there to read it: there is no other place to say it. */
const UNREAD = ["EPIPE", "EAGAIN", "EIO", "ENOSPC", "EBADF"];

export function put(fd: Fd, bytes: Buffer): void {
  ignoring(UNREAD, () => files.write(fd, bytes, 0, bytes.length));
}

/** Says a line on stderr: the name of the command, `: ` and the words. */
export function say(name: string, words: Words): void {
  put(STDERR, joined([name, ": ", ...words, "\n"]));
}

/** What is said of a failure that nobody expected. */
export function ownFault(failure: unknown): string {
  const told = failure instanceof Error ? failure.stack : String(failure);
  return `our own fault, please report it: ${told}`;
}
