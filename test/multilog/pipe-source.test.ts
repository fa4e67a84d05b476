// Not tested: that nothing is lost to SIGKILL (the crash tests do that); kernels 5.5 to 5.13.
import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import * as fc from "fast-check";
import { CopyPipes } from "../../src/multilog/copy-pipe.ts";
import { PipeSource } from "../../src/multilog/pipe-source.ts";
import { type Fd, type Posix, posix, SystemFailure } from "../../src/posix/index.ts";
import { type TestPipe, testPipe } from "../posix/scratch.ts";
import { Pipe } from "../support/pipe.ts";
import { Taker, through } from "./taker.ts";

const timeout = 60_000;

interface Reading extends TestPipe {
  readonly source: PipeSource;
  readonly taker: Taker;
  readonly queued: () => number;
}

function reading(t: TestContext, system: Posix = posix): Reading {
  const pipe = testPipe(t);
  const source = new PipeSource(system, pipe.readEnd);
  t.after(() => source.close());
  const taker = new Taker(source);
  return { ...pipe, source, taker, queued: () => posix.queued(pipe.readEnd) };
}

test("whole lines are offered, and stay in the pipe until they are taken", (t) => {
  const { taker, say, source, queued } = reading(t);
  assert.equal(taker.offer(), undefined);
  assert.equal(source.ended, false);
  say("one\ntwo\nthree");
  const offered = taker.offer();
  assert.deepEqual(offered, {
    batch: { length: 8, taken: 8, more: false },
    text: "one\ntwo\n",
  });
  assert.equal(queued(), 13);
  assert.equal(taker.take(), "one\ntwo\n");
  assert.equal(queued(), 5);
});

test("a line that is not finished stays in the pipe, from its first byte", (t) => {
  const { taker, say, source, queued } = reading(t);
  say("half");
  assert.equal(taker.take(), undefined);
  assert.deepEqual([source.canLeave, source.ended, queued()], [false, false, 4]);
  say(" a line\n");
  assert.equal(taker.take(), "half a line\n");
  assert.equal(source.canLeave, true);
});

test("the end of the pipe finishes the last line", (t) => {
  const { taker, say, end, source } = reading(t);
  say("one\nlast");
  end();
  assert.equal(taker.take(), "one\n");
  const offered = taker.offer();
  assert.deepEqual(offered?.text, "last\n");
  assert.deepEqual([offered?.batch.length, offered?.batch.taken], [5, 4]);
  assert.equal(taker.take(), "last\n");
  assert.equal(taker.take(), undefined);
  assert.equal(source.ended, true);
});

test("an empty pipe that ends has nothing to offer", (t) => {
  const { taker, end, source } = reading(t);
  end();
  assert.equal(taker.take(), undefined);
  assert.equal(source.ended, true);
});

test("the same batch comes again, however much has come behind it", (t) => {
  const { taker, say } = reading(t);
  say("one\ntwo\n");
  const offered = taker.offer();
  assert.ok(offered);
  say("three\n");
  assert.equal(taker.again(offered.batch), "one\ntwo\n");
  assert.equal(taker.again(offered.batch), "one\ntwo\n");
});

test("a batch is of about the size that is asked for, and a longer line whole", (t) => {
  const { taker, say } = reading(t);
  say(`${"a\n".repeat(100)}${"b".repeat(500)}\n`);
  assert.equal(taker.take(11), "a\n".repeat(5));
  assert.equal(taker.take(200), "a\n".repeat(95));
  assert.equal(taker.take(10), `${"b".repeat(500)}\n`);
});

test("a batch says whether more may stand behind it", (t) => {
  const { taker, say } = reading(t);
  say("one\ntwo\n");
  assert.equal(taker.offer(4)?.batch.more, true);
  assert.equal(taker.offer(9)?.batch.more, false);
});

test("a busy pipe is enlarged in steps, as far as the user may", (t) => {
  const { taker, say, readEnd } = reading(t);
  say("line\n");
  taker.take();
  assert.equal(posix.pipeSize(readEnd), 65_536);
  const grows = (bytes: number): number => {
    say(`${"x".repeat(bytes)}\n`);
    taker.take();
    return posix.pipeSize(readEnd);
  };
  assert.deepEqual([4000, 9000, 20_000, 40_000, 200_000].map(grows), [
    1 << 16,
    1 << 18,
    1 << 18,
    1 << 20,
    1 << 20,
  ]);
});

test("a line that fills the pipe makes it larger, and waits there for its end", async (t) => {
  const pipe = new Pipe(t);
  const source = new PipeSource(posix, pipe.readEnd);
  t.after(() => source.close());
  const taker = new Taker(source);
  await pipe.write("x".repeat(65_536));
  assert.equal(taker.take(), undefined);
  await pipe.write(`${"y".repeat(100_000)}\n`);
  assert.equal(taker.take(), `${"x".repeat(65_536)}${"y".repeat(100_000)}\n`);
});

const fromPipe = (fd: Fd): PipeSource => new PipeSource(posix, fd);

test("a line that is longer than any pipe comes in pieces, and what follows it whole", {
  timeout,
}, async () => {
  const text = `first\n${"x".repeat(3_000_000)}\nlast\n`;
  const { taken, batches } = await through(fromPipe, text);
  assert.equal(taken, text);
  assert.ok(batches > 3);
});

test("a line that came in pieces and has no end gets one as well", { timeout }, async () => {
  const text = `first\n${"x".repeat(3_000_000)}`;
  assert.equal((await through(fromPipe, text)).taken, `${text}\n`);
});

test("a user who can have no larger pipe loses nothing", { timeout }, async (t) => {
  const poor: Posix = { ...posix, resizePipe: (fd) => posix.pipeSize(fd) };
  const text = `first\n${"x".repeat(300_000)}\n${"line\n".repeat(50_000)}`;
  assert.equal((await through((fd) => new PipeSource(poor, fd), text, [100_000])).taken, text);
  // The pipe itself was enlarged by others, and its copy could not be.
  const pipe = testPipe(t);
  posix.resizePipe(pipe.readEnd, 1 << 20);
  const source = new PipeSource(poor, pipe.readEnd);
  t.after(() => source.close());
  pipe.say("y".repeat(200_000));
  pipe.end();
  assert.equal(await new Taker(source).takeAll(), `${"y".repeat(200_000)}\n`);
});

test("however the input comes, the same bytes come out", { timeout }, async () => {
  const line = fc.oneof(
    { weight: 8, arbitrary: fc.nat(150) },
    { weight: 1, arbitrary: fc.nat(90_000) },
  );
  const pieces = fc.array(
    fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 70_000 })),
    {
      minLength: 1,
      maxLength: 10,
    },
  );
  const unfinished = fc.boolean();
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 40 }),
      pieces,
      unfinished,
      async (lines, cut, open) => {
        const whole = lines.map((length, i) => `${String(i % 10).repeat(length)}\n`).join("");
        const text = open ? whole.slice(0, -1) : whole;
        const expected = text === "" || text.endsWith("\n") ? text : `${text}\n`;
        // A piece of a byte for each of 100,000 would test no more, and last.
        const lengths = text.length > 20_000 ? cut.map((length) => length + 2000) : cut;
        const { taken } = await through(fromPipe, text, lengths);
        assert.equal(taken, expected);
      },
    ),
    { numRuns: 40 },
  );
});

test("asked to finish, it gives the line that has begun and leaves the next one to a successor", (t) => {
  const { taker, say, source, queued } = reading(t);
  say("half");
  assert.equal(taker.take(), undefined);
  source.finishLine(taker.memory);
  assert.equal(source.canLeave, false);
  say(" a line\nnext\nafter");
  assert.equal(taker.take(), "half a line\n");
  assert.equal(source.canLeave, true);
  assert.equal(queued(), "next\nafter".length);
});

test("asked to finish where no line has begun, it can be left at once", (t) => {
  const { taker, say, source, queued } = reading(t);
  say("one\n");
  taker.take();
  source.finishLine(taker.memory);
  assert.equal(source.canLeave, true);
  say("two\n");
  assert.equal(queued(), 4);
});

test("in a hurry, the line that has begun is left whole in the pipe", (t) => {
  const { taker, say, source, queued } = reading(t);
  say("half");
  taker.take();
  source.finishLine(taker.memory);
  source.hurry();
  assert.equal(source.canLeave, true);
  assert.equal(queued(), 4);
});

test("in a hurry, a line that came in pieces ends where it is", (t) => {
  const poor: Posix = { ...posix, resizePipe: (fd) => posix.pipeSize(fd) };
  const { taker, say, source } = reading(t, poor);
  say("x".repeat(65_536));
  assert.equal(taker.take(), "x".repeat(65_536));
  assert.equal(taker.take(), undefined);
  source.finishLine(taker.memory);
  assert.equal(taker.take(), undefined);
  source.hurry();
  assert.equal(taker.take(), "\n");
  assert.equal(taker.take(), undefined);
});

test("waiting ends when bytes come, when the pipe ends, and when somebody wakes it", {
  timeout,
}, async (t) => {
  const { taker, say, end, source } = reading(t);
  let waiting = source.wait();
  say("one\n");
  await waiting;
  assert.equal(taker.take(), "one\n");
  waiting = source.wait();
  source.wake();
  await waiting;
  waiting = source.wait();
  end();
  await waiting;
  assert.equal(taker.take(), undefined);
  assert.equal(source.ended, true);
});

test("the end of the pipe is not waited for when it was told together with the last line", {
  timeout,
}, async (t) => {
  const { taker, say, end, source } = reading(t);
  const waiting = source.wait();
  say("last\n");
  end();
  await waiting;
  // Every writer was gone: the pump is to look again at once.
  assert.equal(taker.offer()?.batch.more, true);
  taker.take();
  assert.equal(taker.take(), undefined);
  assert.equal(source.ended, true);
});

test("the pipe that is shared with its writers keeps its flags, and every descriptor is given back", (t) => {
  const before = fs.readdirSync("/proc/self/fd").length;
  const { readEnd, writeEnd, say } = testPipe(t);
  const source = new PipeSource(posix, readEnd);
  const taker = new Taker(source);
  say("one\n");
  taker.take();
  source.close();
  for (const fd of [readEnd, writeEnd]) {
    assert.equal(posix.getStatusFlags(fd) & fs.constants.O_NONBLOCK, 0);
  }
  // The two of the pipe, and the waiter's own from its first use on.
  assert.ok(fs.readdirSync("/proc/self/fd").length <= before + 4);
  assert.equal(source.survives, true);
});

test("the logs of a thread share one copy for each size of pipe", (t) => {
  const [one, other, large] = [testPipe(t), testPipe(t), testPipe(t)];
  posix.resizePipe(large.readEnd, 1 << 17);
  const before = fs.readdirSync("/proc/self/fd").length;
  const copies = new CopyPipes(posix);
  const sources = [one, other, large].map(({ readEnd }) => new PipeSource(posix, readEnd, copies));
  // Two pipes with a /dev/null each.
  assert.equal(fs.readdirSync("/proc/self/fd").length, before + 6);
  const takers = sources.map((source) => new Taker(source));
  for (const [at, { say }] of [one, other, large].entries()) say(`log ${at}\n`);
  const offered = takers.map((taker) => taker.offer()?.text);
  assert.deepEqual(offered, ["log 0\n", "log 1\n", "log 2\n"]);
  // One of them grows: it has the copy of its new size, and the other keeps its own.
  posix.resizePipe(one.readEnd, 1 << 17);
  one.say("x".repeat(100_000));
  assert.equal(takers[0]?.take(), "log 0\n");
  assert.equal(takers[1]?.take(), "log 1\n");
  for (const source of sources) source.close();
  assert.equal(fs.readdirSync("/proc/self/fd").length, before);
});

test("what a failing log leaves in the shared copy does not come to another log", (t) => {
  const [one, other] = [testPipe(t), testPipe(t)];
  let failing = true;
  const read: Posix["read"] = (fd, memory, at, length) => {
    if (failing) throw new SystemFailure("EIO", "read");
    return posix.read(fd, memory, at, length);
  };
  const system = { ...posix, read };
  const copies = new CopyPipes(system);
  const takers = [one, other].map(({ readEnd }) => {
    const source = new PipeSource(system, readEnd, copies);
    t.after(() => source.close());
    return new Taker(source);
  });
  one.say("of the first\n");
  other.say("of the second\n");
  assert.throws(() => takers[0]?.offer(), { code: "EIO" });
  failing = false;
  assert.equal(takers[1]?.take(), "of the second\n");
  assert.equal(takers[0]?.take(), "of the first\n");
});

test("somebody else who reads from the same pipe is noticed where it matters", (t) => {
  const { taker, say, readEnd } = reading(t);
  say("one\ntwo\n");
  const offered = taker.offer();
  assert.ok(offered);
  posix.read(readEnd, Buffer.alloc(4), 0, 4);
  assert.equal(taker.again(offered.batch), undefined);
});
