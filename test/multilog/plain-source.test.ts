// Not tested: terminals.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import * as fc from "fast-check";
import { PlainSource } from "../../src/multilog/plain-source.ts";
import { type Fd, posix, SystemFailure } from "../../src/posix/index.ts";
import { say, scratch, testPipe } from "../posix/scratch.ts";
import { Taker, through } from "./taker.ts";

const timeout = 60_000;

/** A file with this text, open for reading. */
function file(t: TestContext, text: string): Fd {
  const { fd } = scratch(t);
  const written = posix.openAt(fd, "input", "append");
  say(written, text);
  posix.close(written);
  const opened = posix.openAt(fd, "input", "read");
  t.after(() => posix.close(opened));
  return opened;
}

function reading(t: TestContext, fd: Fd, system = posix) {
  const source = new PlainSource(system, fd);
  t.after(() => source.close());
  return { source, taker: new Taker(source) };
}

test("a file is read to its end, and its last line finished", { timeout }, async (t) => {
  const { taker, source } = reading(t, file(t, "one\ntwo\nlast"));
  assert.equal(await taker.takeAll(), "one\ntwo\nlast\n");
  assert.deepEqual([source.ended, source.failure, source.survives], [true, undefined, false]);
});

test("an empty file has nothing to offer", { timeout }, async (t) => {
  const { taker } = reading(t, file(t, ""));
  assert.equal(await taker.takeAll(), "");
});

test("whole lines are offered; a part waits for its end", { timeout }, async (t) => {
  const pipe = testPipe(t);
  const { taker, source } = reading(t, pipe.readEnd);
  pipe.say("one\nhal");
  assert.equal(taker.take(), "one\n");
  assert.equal(taker.take(), undefined);
  const waiting = source.wait();
  pipe.say("f\n");
  await waiting;
  assert.equal(taker.take(), "half\n");
});

test("nothing is read where nothing stands: reading does not wait", (t) => {
  const pipe = testPipe(t);
  const { taker, source } = reading(t, pipe.readEnd);
  assert.equal(taker.take(), undefined);
  assert.equal(source.ended, false);
  assert.equal(source.canLeave, false);
});

test("lines longer than what is held come in pieces, from a file and from a pipe", {
  timeout,
}, async (t) => {
  for (const length of [190_000, 200_000, 262_143, 262_144, 300_000, 1_000_000]) {
    const text = `first\n${"x".repeat(length)}\nlast\n`;
    assert.equal(await reading(t, file(t, text)).taker.takeAll(), text, `${length} from a file`);
    assert.equal((await through(fromPipe, text)).taken, text, `${length} from a pipe`);
  }
});

test("a long line without an end gets one, once", { timeout }, async (t) => {
  for (const length of [200_000, 262_144, 300_000, 524_288]) {
    const text = "x".repeat(length);
    assert.equal(await reading(t, file(t, text)).taker.takeAll(), `${text}\n`, String(length));
  }
});

const fromPipe = (fd: Fd): PlainSource => new PlainSource(posix, fd);

test("however the input comes, the same bytes come out", { timeout }, async () => {
  const lines = fc.array(fc.nat(3000), { maxLength: 100 });
  const pieces = fc.array(fc.integer({ min: 500, max: 70_000 }), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(lines, pieces, async (lengths, cut) => {
      const text = lengths.map((length, i) => `${String(i % 10).repeat(length)}\n`).join("");
      const { taken } = await through(fromPipe, text, cut);
      assert.equal(taken, text);
    }),
    { numRuns: 30 },
  );
});

test("asked to finish, it reads to the end of the line that has begun and not a byte more", {
  timeout,
}, async (t) => {
  const pipe = testPipe(t);
  const { taker, source } = reading(t, pipe.readEnd);
  pipe.say("one\nhal");
  assert.equal(taker.take(), "one\n");
  source.finishLine();
  pipe.say("f\nnext\n");
  assert.equal(await taker.takeAll(), "half\n");
  assert.equal(posix.queued(pipe.readEnd), 5);
});

test("asked to finish where no line has begun, it reads nothing more", { timeout }, async (t) => {
  const pipe = testPipe(t);
  const { taker, source } = reading(t, pipe.readEnd);
  pipe.say("one\n");
  assert.equal(taker.take(), "one\n");
  source.finishLine();
  pipe.say("next\n");
  assert.equal(await taker.takeAll(), "");
  assert.equal(posix.queued(pipe.readEnd), 5);
});

test("in a hurry, what is held is served, and its last line finished", { timeout }, async (t) => {
  const pipe = testPipe(t);
  const { taker, source } = reading(t, pipe.readEnd);
  pipe.say("half");
  assert.equal(taker.take(), undefined);
  source.finishLine();
  source.hurry();
  assert.equal(await taker.takeAll(), "half\n");
});

test("what cannot be read any more has ended, and says why", { timeout }, async (t) => {
  let reads = 0;
  const failing = {
    ...posix,
    read: (fd: Fd, memory: Uint8Array, at: number, length: number) => {
      if (reads++ > 0) throw new SystemFailure("EIO", "read");
      return posix.read(fd, memory, at, length);
    },
  };
  const { taker, source } = reading(t, file(t, "one\nhalf"), failing);
  assert.equal(await taker.takeAll(), "one\nhalf\n");
  assert.equal(source.failure?.code, "EIO");
});

test("a descriptor that others made non-blocking is read like any other", {
  timeout,
}, async (t) => {
  const pipe = testPipe(t);
  const busy = {
    ...posix,
    read: () => {
      throw new SystemFailure("EAGAIN", "read");
    },
  };
  const { taker, source } = reading(t, pipe.readEnd, busy);
  pipe.say("one\n");
  assert.equal(taker.take(), undefined);
  assert.deepEqual([source.ended, source.failure], [false, undefined]);
});
