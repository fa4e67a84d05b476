// Not tested: sockets and terminals; a system without pidfd_open(2), where children are asked for every 20 ms.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Fd, posix, type Watch } from "../../src/posix/index.ts";
import { watch } from "../../src/posix/waiter.ts";
import { runProgram } from "./launched.ts";
import { hear, scratch, testPipe } from "./scratch.ts";

const timeout = 30_000;
/** Long enough that a wake-up that should not come would have come. */
const SILENCE_MS = 40;

/** Watches until the test is over. */
function watched(t: TestContext, fd: Fd): Watch {
  const made = watch(fd);
  assert.ok(made !== undefined);
  // Before the pipe is closed: hooks run in the order in which they were added.
  t.after(() => made.stop());
  return made;
}

test("what stood in a pipe before the first question counts as new", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  say("x");
  assert.deepEqual(await watched(t, readEnd).next(), { hangup: false });
});

test("a watch answers when bytes come", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  const answer = watched(t, readEnd).next();
  say("x");
  assert.deepEqual(await answer, { hangup: false });
});

test("half a line that stays in the pipe does not wake again until more comes", {
  timeout,
}, async (t) => {
  const { readEnd, say } = testPipe(t);
  const pipe = watched(t, readEnd);
  say("half");
  assert.deepEqual(await pipe.next(), { hangup: false });
  assert.equal(await pipe.next(SILENCE_MS), undefined);
  say(" a line\n");
  assert.deepEqual(await pipe.next(), { hangup: false });
  assert.equal(await pipe.next(SILENCE_MS), undefined);
  assert.equal(hear(readEnd), "half a line\n");
});

test("what came between two questions is told at the second one", { timeout }, async (t) => {
  const first = testPipe(t);
  const second = testPipe(t);
  const one = watched(t, first.readEnd);
  const two = watched(t, second.readEnd);
  first.say("x");
  second.say("x");
  await one.next();
  // The waiter rests while nobody asks; nothing is forgotten meanwhile.
  second.say("y");
  assert.deepEqual(await two.next(), { hangup: false });
});

test("the end of a pipe is told as a hangup, once", { timeout }, async (t) => {
  const { readEnd, say, end } = testPipe(t);
  const pipe = watched(t, readEnd);
  say("last");
  end();
  assert.deepEqual(await pipe.next(), { hangup: true });
  assert.equal(await pipe.next(SILENCE_MS), undefined);
});

test("a hangup that comes later is told later", { timeout }, async (t) => {
  const { readEnd, end } = testPipe(t);
  const pipe = watched(t, readEnd);
  assert.equal(await pipe.next(1), undefined);
  const answer = pipe.next();
  end();
  assert.deepEqual(await answer, { hangup: true });
});

test("next gives up when its time has passed, and not before", { timeout }, async (t) => {
  const pipe = watched(t, testPipe(t).readEnd);
  const begun = performance.now();
  assert.equal(await pipe.next(25), undefined);
  assert.ok(performance.now() - begun >= 24);
});

test("a question that was answered leaves no time limit behind", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  const pipe = watched(t, readEnd);
  const limited = pipe.next(SILENCE_MS);
  say("x");
  await limited;
  let answered = false;
  const unlimited = pipe.next().then(() => {
    answered = true;
  });
  await posix.sleep(2 * SILENCE_MS);
  assert.equal(answered, false);
  say("y");
  await unlimited;
});

test("wake ends a question at once, and only the one that is pending", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  const pipe = watched(t, readEnd);
  const answer = pipe.next();
  pipe.wake();
  pipe.wake();
  assert.equal(await answer, undefined);
  say("x");
  assert.deepEqual(await pipe.next(), { hangup: false });
});

test("wake loses no news that comes at the same time", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  const pipe = watched(t, readEnd);
  const answer = pipe.next();
  say("x");
  pipe.wake();
  assert.equal(await answer, undefined);
  assert.deepEqual(await pipe.next(), { hangup: false });
});

test("stop ends a question, and may be called again, also behind a close", {
  timeout,
}, async () => {
  const [readEnd, writeEnd] = posix.pipe();
  const pipe = watch(readEnd);
  const answer = pipe?.next();
  pipe?.stop();
  assert.equal(await answer, undefined);
  pipe?.stop();
  const other = watch(readEnd);
  posix.close(readEnd);
  posix.close(writeEnd);
  other?.stop();
});

test("stopping a watch twice does not stop the next one on that number", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  const first = watch(readEnd);
  first?.stop();
  const second = watched(t, readEnd);
  first?.stop();
  say("x");
  assert.deepEqual(await second.next(), { hangup: false });
});

test("a descriptor that was watched before can be watched again", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  say("x");
  for (let time = 0; time < 5; time++) {
    const pipe = watch(readEnd);
    assert.deepEqual(await pipe?.next(), { hangup: false });
    pipe?.stop();
  }
});

test("files and directories are always ready: there is nothing to watch", (t) => {
  const { fd } = scratch(t);
  const file = posix.openAt(fd, "file", "keep");
  t.after(() => posix.close(file));
  assert.equal(watch(file), undefined);
  assert.equal(watch(fd), undefined);
});

test("what is not open cannot be watched", () => {
  assert.throws(() => watch(12_345), { code: "EBADF", syscall: "epoll_ctl" });
});

test("a FIFO is watched like a pipe", { timeout }, async (t) => {
  const { fd } = scratch(t);
  posix.makeFifo(fd, "fifo", 0o600);
  const reading = posix.openAt(fd, "fifo", "read");
  const writing = posix.openAt(fd, "fifo", "write");
  t.after(() => posix.close(reading));
  const fifo = watched(t, reading);
  posix.write(writing, Buffer.from("x"), 0, 1);
  assert.deepEqual(await fifo.next(), { hangup: false });
  posix.close(writing);
  assert.deepEqual(await fifo.next(), { hangup: true });
});

test("300 pipes are watched at once, and each is told of its own bytes", { timeout }, async (t) => {
  const pipes = Array.from({ length: 300 }, () => testPipe(t));
  const watches = pipes.map(({ readEnd }) => watched(t, readEnd));
  for (let round = 0; round < 3; round++) {
    const answers = watches.map((pipe) => pipe.next());
    for (const [i, { say }] of pipes.entries()) say(`${i} ${round}`);
    const seen = await Promise.all(answers);
    assert.ok(seen.every((answer) => answer?.hangup === false));
    for (const [i, { readEnd }] of pipes.entries()) assert.equal(hear(readEnd), `${i} ${round}`);
  }
  // One alone: nobody else is woken. So many were told that the waiter may rest before it looks.
  const answers = watches.map((pipe) => pipe.next(4 * SILENCE_MS));
  pipes[137]?.say("x");
  const seen = await Promise.all(answers);
  assert.deepEqual(
    seen.flatMap((answer, i) => (answer === undefined ? [] : [i])),
    [137],
  );
});

test("no wake-up is missed, however writing and asking fall together", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  const pipe = watched(t, readEnd);
  const rounds = 5000;
  let heard = 0;
  let seed = 1;
  /** A small generator, so that a failure comes again. */
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < rounds; round++) {
    const order = random(4);
    if (order === 0) say("x");
    const answer = pipe.next();
    if (order === 1) say("x");
    else if (order === 2) setImmediate(() => say("x"));
    else if (order === 3) void Promise.resolve().then(() => say("x"));
    while (heard <= round) {
      assert.ok((await answer) !== undefined);
      heard += hear(readEnd).length;
    }
  }
  assert.equal(heard, rounds);
});

test("a process ends when it waits for nothing any more, though it still watches", () => {
  const { stdout, status, signal } = runProgram("wait-once", [], { input: "" });
  assert.deepEqual(
    { stdout, status, signal },
    { stdout: "watching\nseen\n", status: 0, signal: null },
  );
});
