import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AT_CWD,
  closeHeld,
  makeHeld,
  noting,
  posix,
  SystemFailure,
} from "../../src/posix/index.ts";

test("what is opened and not closed is noted, and closed when its thread is no more", () => {
  const held = makeHeld();
  const seen = noting(posix, held);
  const [readEnd, writeEnd] = seen.pipe();
  const directory = seen.openAt(AT_CWD, ".", "directory");
  seen.close(writeEnd);
  const closed: number[] = [];
  closeHeld({ close: (fd) => closed.push(fd) }, held);
  assert.deepEqual(closed, [readEnd, directory]);
  for (const fd of closed) posix.close(fd);
});

test("a descriptor that its thread closed at the last moment is passed over", () => {
  const held = makeHeld();
  const ends = noting(posix, held).pipe();
  const closed: number[] = [];
  const close = (fd: number): void => {
    closed.push(fd);
    throw new SystemFailure("EBADF", "close");
  };
  closeHeld({ close }, held);
  assert.deepEqual(closed, ends);
  for (const fd of ends) posix.close(fd);
});
