/** Saying something, to whoever reads it. */
import { ignoring } from "../posix/failure.ts";
import { files } from "../posix/files.ts";
import { joined, type Words } from "../posix/message.ts";
import type { Fd } from "../posix/types.ts";

const STDERR = 2;
/** Written, or nobody is there to read it. */
const UNREAD = ["EPIPE", "EAGAIN", "EIO", "ENOSPC", "EBADF"];

export function put(fd: Fd, bytes: Buffer): void {
  ignoring(UNREAD, () => files.write(fd, bytes, 0, bytes.length));
}

/** Says a line on stderr: the name of the command, `: ` and the words. */
export function say(name: string, words: Words): void {
  put(STDERR, joined([name, ": ", ...words, "\n"]));
}
