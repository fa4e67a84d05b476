// Not tested: pipes on macOS, which has neither tee(2) nor splice(2).
import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { AT_CWD, files } from "../../src/posix/files.ts";
import { FD_CLOEXEC, POLL_ERR, POLL_HUP, POLL_IN, POLL_OUT, pipes } from "../../src/posix/pipes.ts";
import type { Fd } from "../../src/posix/types.ts";
import { runProgram } from "./launched.ts";
import { hear, scratch, testPipe } from "./scratch.ts";

const POLL_NVAL = 32;
const PAGE_BYTES = 4096;
const { O_NONBLOCK } = fs.constants;

function sink(t: TestContext): Fd {
  const fd = files.openAt(AT_CWD, "/dev/null", "write");
  t.after(() => files.close(fd));
  return fd;
}

/** The share of pipe memory that an unprivileged user has, in pages; undefined where nothing says so. */
function pipeShare(): number | undefined {
  const file = "/proc/sys/fs/pipe-user-pages-soft";
  return fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : undefined;
}

test("a new pipe is close-on-exec at both ends, waits, and is known as a pipe", (t) => {
  const { readEnd, writeEnd } = testPipe(t);
  for (const end of [readEnd, writeEnd]) {
    assert.equal(pipes.getDescriptorFlags(end), FD_CLOEXEC);
    assert.equal(pipes.getStatusFlags(end) & O_NONBLOCK, 0);
    assert.equal(pipes.isPipe(end), true);
  }
});

test("a FIFO is a pipe; a file, a directory and a device are none", (t) => {
  const { fd } = scratch(t);
  files.makeFifo(fd, "fifo", 0o600);
  const kinds = (["fifo", ".", "/dev/null"] as const).map((name) => {
    const opened = files.openAt(fd, name, "read");
    t.after(() => files.close(opened));
    return pipes.isPipe(opened);
  });
  assert.deepEqual(kinds, [true, false, false]);
  assert.throws(() => pipes.isPipe(12_345), { name: "SystemFailure", code: "EBADF" });
});

test("tee copies from the first byte and leaves every byte where it was", (t) => {
  const from = testPipe(t);
  const to = testPipe(t);
  from.say("one two");
  for (let time = 0; time < 3; time++) {
    assert.equal(pipes.tee(from.readEnd, to.writeEnd, 3), 3);
    assert.equal(hear(to.readEnd), "one");
  }
  assert.equal(pipes.tee(from.readEnd, to.writeEnd, 1000), 7);
  assert.equal(hear(to.readEnd), "one two");
  assert.equal(pipes.queued(from.readEnd), 7);
  assert.equal(hear(from.readEnd), "one two");
});

test("splice takes the first bytes away", (t) => {
  const from = testPipe(t);
  from.say("one two");
  assert.equal(pipes.splice(from.readEnd, sink(t), 4), 4);
  assert.equal(hear(from.readEnd), "two");
});

test("tee and splice answer -1 while there is nothing, and 0 at the end", (t) => {
  const from = testPipe(t);
  const to = testPipe(t);
  const nowhere = sink(t);
  assert.equal(pipes.tee(from.readEnd, to.writeEnd, 10), -1);
  assert.equal(pipes.splice(from.readEnd, nowhere, 10), -1);
  from.say("x");
  from.end();
  assert.equal(pipes.tee(from.readEnd, to.writeEnd, 10), 1);
  assert.equal(pipes.splice(from.readEnd, nowhere, 10), 1);
  assert.equal(pipes.tee(from.readEnd, to.writeEnd, 10), 0);
  assert.equal(pipes.splice(from.readEnd, nowhere, 10), 0);
});

test("tee answers -1 when the other pipe has no place left", (t) => {
  const from = testPipe(t);
  const to = testPipe(t);
  from.say("x");
  to.say(Buffer.alloc(pipes.pipeSize(to.writeEnd)));
  assert.equal(pipes.tee(from.readEnd, to.writeEnd, 10), -1);
});

test("tee and splice say when they were given something else than a pipe", (t) => {
  const { readEnd } = testPipe(t);
  assert.throws(() => pipes.tee(readEnd, sink(t), 10), { code: "EINVAL", syscall: "tee" });
  assert.throws(() => pipes.splice(12_345, sink(t), 10), { code: "EBADF", syscall: "splice" });
});

test("a pipe can be enlarged while bytes stand in it, and keeps them", (t) => {
  const { readEnd, writeEnd, say } = testPipe(t);
  assert.equal(pipes.resizePipe(readEnd, 65_536), 65_536);
  say("x".repeat(65_536));
  assert.equal(pipes.resizePipe(readEnd, 1 << 20), 1 << 20);
  assert.equal(pipes.pipeSize(writeEnd), 1 << 20);
  say("y".repeat(1000));
  assert.equal(pipes.queued(readEnd), 66_536);
  assert.equal(hear(readEnd, 70_000).length, 66_536);
});

test("a pipe that cannot have the size that is asked for answers the size that it has", (t) => {
  const { readEnd, say } = testPipe(t);
  const size = pipes.resizePipe(readEnd, 65_536);
  say("x".repeat(40_000));
  assert.equal(pipes.resizePipe(readEnd, PAGE_BYTES), size);
  assert.equal(pipes.queued(readEnd), 40_000);
});

test("a user whose share of pipe memory is used up gets a smaller pipe, or none larger", (t) => {
  const share = pipeShare();
  if (process.getuid?.() !== 0) return t.skip("only root can become somebody else");
  if (share === undefined || share === 0) return t.skip("no limit on pipe memory here");
  const { stdout, stderr } = runProgram("pipe-share", [String(share * PAGE_BYTES)]);
  assert.equal(stderr, "");
  const sizes = stdout.trim().split("\n").map(Number);
  // Each asked for a mebibyte: the first ones got it, the later ones did not, and none failed.
  assert.equal(sizes[0], 1 << 20);
  assert.ok((sizes.at(-1) ?? 0) < 1 << 20);
  assert.ok(sizes.every((size) => size >= PAGE_BYTES));
});

test("queued counts the bytes that stand in a pipe", (t) => {
  const { readEnd, say } = testPipe(t);
  assert.equal(pipes.queued(readEnd), 0);
  say("abc");
  assert.equal(pipes.queued(readEnd), 3);
  hear(readEnd, 2);
  assert.equal(pipes.queued(readEnd), 1);
});

test("poll tells readable, writable, end, and nobody who reads", (t) => {
  const { readEnd, writeEnd, say, end } = testPipe(t);
  assert.equal(pipes.poll(readEnd, POLL_IN, 0), 0);
  assert.equal(pipes.poll(writeEnd, POLL_OUT, 0), POLL_OUT);
  say("x".repeat(pipes.pipeSize(writeEnd)));
  assert.equal(pipes.poll(writeEnd, POLL_OUT, 0), 0);
  assert.equal(pipes.poll(readEnd, POLL_IN, -1), POLL_IN);
  end();
  assert.equal(pipes.poll(readEnd, POLL_IN, 0), POLL_IN | POLL_HUP);
  hear(readEnd, 1 << 20);
  assert.equal(pipes.poll(readEnd, POLL_IN, 0), POLL_HUP);
});

test("poll tells the writer that nobody reads any more", () => {
  const [readEnd, writeEnd] = pipes.pipe();
  files.close(readEnd);
  assert.equal(pipes.poll(writeEnd, POLL_OUT, 0), POLL_OUT | POLL_ERR);
  files.close(writeEnd);
});

test("poll waits no longer than it is told, and tells of what is not open", (t) => {
  const { readEnd } = testPipe(t);
  const begun = performance.now();
  assert.equal(pipes.poll(readEnd, POLL_IN, 30), 0);
  assert.ok(performance.now() - begun >= 29);
  assert.equal(pipes.poll(12_345, POLL_IN, 0), POLL_NVAL);
});

test("O_NONBLOCK stays off the pipe that others hold too, whatever is done with it here", (t) => {
  const from = testPipe(t);
  const to = testPipe(t);
  const nowhere = sink(t);
  from.say("text");
  pipes.tee(from.readEnd, to.writeEnd, 10);
  pipes.splice(from.readEnd, nowhere, 10);
  pipes.splice(from.readEnd, nowhere, 10);
  pipes.poll(from.readEnd, POLL_IN, 0);
  for (const end of [from.readEnd, from.writeEnd, to.readEnd, to.writeEnd]) {
    assert.equal(pipes.getStatusFlags(end) & O_NONBLOCK, 0);
  }
});

test("flags can be set and read", (t) => {
  const { readEnd } = testPipe(t);
  pipes.setDescriptorFlags(readEnd, 0);
  assert.equal(pipes.getDescriptorFlags(readEnd), 0);
  pipes.setStatusFlags(readEnd, pipes.getStatusFlags(readEnd) | O_NONBLOCK);
  assert.equal(pipes.getStatusFlags(readEnd) & O_NONBLOCK, O_NONBLOCK);
  assert.throws(() => hear(readEnd), { code: "EAGAIN", syscall: "read" });
});
