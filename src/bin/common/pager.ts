/** `$PAGER`, or less, on a pipe. */
import { posix } from "../../posix/index.ts";

const STDOUT = 1;
const STDERR = 2;

export interface Pager {
  /** What is written here is shown. */
  readonly fd: number;
  /** Says that this is all, and waits until the pager has ended. */
  close(): Promise<void>;
}

export async function openPager(): Promise<Pager> {
  const [readEnd, fd] = posix.pipe();
  const program = process.env["PAGER"] || "less -R";
  const ended = posix.spawn("/bin/sh", ["sh", "-c", program], {
    descriptors: [readEnd, STDOUT, STDERR],
  });
  posix.close(readEnd);
  return {
    fd,
    close: async () => {
      posix.close(fd);
      await ended;
    },
  };
}
