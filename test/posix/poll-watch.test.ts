// The watch of systems without epoll, run here as well.
import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { pollWatch } from "../../src/posix/poll-watch.ts";
import type { Fd, Watch } from "../../src/posix/types.ts";
import { hear, testPipe } from "./scratch.ts";

const timeout = 30_000;

function watched(t: TestContext, fd: Fd): Watch {
  const made = pollWatch(fd);
  t.after(() => made.stop());
  return made;
}

test("a poll watch answers when bytes stand there, and when they come", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  const pipe = watched(t, readEnd);
  const answer = pipe.next();
  say("x");
  assert.deepEqual(await answer, { hangup: false });
  // It looks at what is there, not at what is new.
  assert.deepEqual(await pipe.next(), { hangup: false });
  hear(readEnd);
  assert.equal(await pipe.next(10), undefined);
});

test("a poll watch tells the end of a pipe", { timeout }, async (t) => {
  const { readEnd, end } = testPipe(t);
  const answer = watched(t, readEnd).next();
  end();
  assert.deepEqual(await answer, { hangup: true });
});

test("wake ends a poll watch's question", { timeout }, async (t) => {
  const { readEnd, say } = testPipe(t);
  const pipe = watched(t, readEnd);
  const answer = pipe.next();
  pipe.wake();
  assert.equal(await answer, undefined);
  say("x");
  assert.deepEqual(await pipe.next(), { hangup: false });
});

test("any number of wakes while nobody asks does not fill the pipe that carries them", {
  timeout,
}, async (t) => {
  const { readEnd, say } = testPipe(t);
  const pipe = watched(t, readEnd);
  for (let time = 0; time < 100_000; time++) pipe.wake();
  say("x");
  assert.deepEqual(await pipe.next(), { hangup: false });
});

test("a poll watch that is stopped holds no descriptor any longer, asked or not", {
  timeout,
}, async (t) => {
  const { readEnd } = testPipe(t);
  const before = fs.readdirSync("/dev/fd").length;
  const asked = pollWatch(readEnd);
  const answer = asked.next();
  asked.stop();
  asked.stop();
  assert.equal(await answer, undefined);
  pollWatch(readEnd).stop();
  assert.equal(fs.readdirSync("/dev/fd").length, before);
});
