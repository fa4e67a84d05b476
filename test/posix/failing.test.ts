import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fault, failingPosix, posix, Stopped } from "../../src/posix/index.ts";
import { scratch } from "./scratch.ts";

const TEXT = Buffer.from("12345678");

/** Opens, writes, closes: three calls, with some that do not count in between. */
function work(system: typeof posix, dir: number, name: string): number {
  system.now();
  const fd = system.openAt(dir, name, "append");
  system.monotonicMs();
  let written: number;
  try {
    written = system.write(fd, TEXT, 0, TEXT.length);
  } finally {
    posix.close(fd);
  }
  system.statusAt(dir, name);
  return written;
}

test("without a fault every call goes through, and is counted", (t) => {
  const { fd } = scratch(t);
  const failing = failingPosix(posix, undefined);
  assert.equal(work(failing.posix, fd, "file"), 8);
  assert.deepEqual(failing.calls, ["openAt", "write", "statusAt"]);
  assert.equal(failing.stopped(), false);
});

test("a call fails at its number, instead of being made, and no other", (t) => {
  const { fd } = scratch(t);
  const { posix: system, calls } = failingPosix(posix, { kind: "fail", at: 2, code: "ENOSPC" });
  assert.throws(() => work(system, fd, "file"), { code: "ENOSPC", syscall: "write" });
  assert.equal(posix.statusAt(fd, "file")?.sizeBytes, 0);
  assert.equal(work(system, fd, "file"), 8);
  assert.deepEqual(calls, ["openAt", "write", "openAt", "write", "statusAt"]);
});

test("a failure can last for several calls", (t) => {
  const { fd } = scratch(t);
  const fault: Fault = { kind: "fail", at: 1, code: "EMFILE", times: 3 };
  const { posix: system } = failingPosix(posix, fault);
  for (let time = 0; time < 3; time++) {
    assert.throws(() => work(system, fd, "file"), { code: "EMFILE" });
  }
  assert.equal(work(system, fd, "file"), 8);
});

test("a stop before a call leaves it undone, and nothing can be done from then on", (t) => {
  const { fd } = scratch(t);
  const failing = failingPosix(posix, { kind: "stop", at: 2, when: "before" });
  assert.throws(() => work(failing.posix, fd, "file"), Stopped);
  assert.equal(failing.stopped(), true);
  assert.equal(posix.statusAt(fd, "file")?.sizeBytes, 0);
  assert.throws(() => failing.posix.statusAt(fd, "file"), Stopped);
  assert.throws(() => failing.posix.now(), Stopped);
});

test("a stop after a call has done it", (t) => {
  const { fd } = scratch(t);
  const failing = failingPosix(posix, { kind: "stop", at: 2, when: "after" });
  assert.throws(() => work(failing.posix, fd, "file"), Stopped);
  assert.equal(posix.statusAt(fd, "file")?.sizeBytes, 8);
});

test("a short write takes half, one byte at the least, and only at its number", (t) => {
  const { fd } = scratch(t);
  const { posix: system } = failingPosix(posix, { kind: "short", at: 2 });
  assert.equal(work(system, fd, "file"), 4);
  assert.equal(work(system, fd, "file"), 8);
  assert.equal(posix.statusAt(fd, "file")?.sizeBytes, 12);
  const first = failingPosix(posix, { kind: "short", at: 1 }).posix;
  const out = posix.openAt(fd, "file", "append");
  assert.equal(first.write(out, TEXT, 0, 1), 1);
  posix.close(out);
});

test("short is nothing to a call that does not write", (t) => {
  const { fd } = scratch(t);
  assert.equal(work(failingPosix(posix, { kind: "short", at: 1 }).posix, fd, "file"), 8);
});

test("calls that cannot fail in life are not counted and do not fail", async () => {
  const failing = failingPosix(posix, { kind: "fail", at: 1, code: "EIO", times: 1000 });
  failing.posix.now();
  failing.posix.monotonicMs();
  failing.posix.localTime(0n);
  await failing.posix.sleep(0);
  assert.deepEqual(failing.calls, []);
});
