/** What a test has for itself: a directory, and pipes, which go when the test is over. */
import path from "node:path";
import { AT_CWD, type Fd, posix } from "../../src/posix/index.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

export interface Scratch {
  readonly path: string;
  /** A descriptor of the directory. */
  readonly fd: Fd;
  /** A path inside it. */
  readonly in: (name: string) => string;
}

/** A directory of the test's own. */
export function scratch(t: Scope): Scratch {
  const made = temporaryDirectory(t);
  const fd = posix.openAt(AT_CWD, made, "directory");
  t.after(() => posix.close(fd));
  return { path: made, fd, in: (name) => path.join(made, name) };
}

export interface TestPipe {
  readonly readEnd: Fd;
  readonly writeEnd: Fd;
  readonly say: (bytes: string | Uint8Array) => void;
  /** Closes the write end: the pipe has an end then. */
  readonly end: () => void;
}

/** A pipe whose ends are closed when the test is over. */
export function testPipe(t: Scope): TestPipe {
  const [readEnd, writeEnd] = posix.pipe();
  let open = true;
  const end = (): void => {
    if (open) posix.close(writeEnd);
    open = false;
  };
  t.after(() => {
    end();
    posix.close(readEnd);
  });
  return { readEnd, writeEnd, say: (bytes) => say(writeEnd, bytes), end };
}

/** Writes all of it; latin1, so that a character is a byte. */
export function say(fd: Fd, text: string | Uint8Array): void {
  const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
  for (let at = 0; at < bytes.length; ) at += posix.write(fd, bytes, at, bytes.length - at);
}

/** One read of up to `most` bytes, as latin1. */
export function hear(fd: Fd, most: number = 65_536): string {
  const bytes = Buffer.alloc(most);
  return bytes.toString("latin1", 0, posix.read(fd, bytes, 0, most));
}
