import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import * as fc from "fast-check";
import { WritableSource } from "../../src/multilog/writable-source.ts";
import { Taker } from "./taker.ts";

const timeout = 60_000;

function writing(t: TestContext) {
  const source = new WritableSource();
  t.after(() => source.close());
  const done: string[] = [];
  /** Writes, and remembers by this name when its callback came. */
  const write = (text: string, name: string = text): boolean =>
    source.writable.write(text, "latin1", () => void done.push(name));
  return { source, writable: source.writable, taker: new Taker(source), done, write };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("whole lines are offered; a part waits for the next write", (t) => {
  const { taker, write } = writing(t);
  assert.equal(taker.take(), undefined);
  write("one\nhal");
  assert.equal(taker.take(), "one\n");
  assert.equal(taker.take(), undefined);
  write("f\n");
  assert.equal(taker.take(), "half\n");
});

test("a callback comes when the whole lines of its write stand in every log, and not before", {
  timeout,
}, async (t) => {
  const { source, taker, write, done } = writing(t);
  write("one\ntwo\n");
  const offered = taker.offer();
  assert.equal(offered?.text, "one\ntwo\n");
  await nextTurn();
  assert.deepEqual(done, []);
  assert.ok(offered);
  source.take(offered.batch);
  assert.equal(taker.offer(), undefined);
  await nextTurn();
  assert.deepEqual(done, ["one\ntwo\n"]);
});

test("the part of a line does not hold up the callback of its write", { timeout }, async (t) => {
  const { taker, write, done } = writing(t);
  write("one\nhalf");
  assert.equal(taker.take(), "one\n");
  assert.equal(taker.take(), undefined);
  await nextTurn();
  assert.deepEqual(done, ["one\nhalf"]);
});

test("a writer is told to wait while its lines are not taken, and when to go on", {
  timeout,
}, async (t) => {
  const { taker, write, writable } = writing(t);
  const line = `${"x".repeat(1000)}\n`;
  let count = 1;
  while (write(line)) count++;
  assert.ok(count * line.length >= 65_536);
  const drained = new Promise((resolve) => writable.once("drain", resolve));
  while (taker.take() !== undefined);
  await nextTurn();
  while (taker.take() !== undefined);
  await drained;
});

test("the end finishes the last line, and the source has ended then", { timeout }, async (t) => {
  const { taker, writable, source } = writing(t);
  writable.write("one\n");
  writable.end("last");
  assert.equal(await taker.takeAll(), "one\nlast\n");
  assert.equal(source.ended, true);
});

test("an end without a byte is an end", { timeout }, async (t) => {
  const { taker, writable } = writing(t);
  writable.end();
  assert.equal(await taker.takeAll(), "");
});

test("asked to finish, it serves everything that was written before", { timeout }, async (t) => {
  const { taker, source, write, done } = writing(t);
  const lines = Array.from({ length: 2000 }, (_, i) => `line ${i}\n`);
  for (const line of lines) write(line);
  write("half");
  source.finishLine();
  source.wake();
  assert.equal(await taker.takeAll(), `${lines.join("")}half\n`);
  await nextTurn();
  assert.deepEqual(done, [...lines, "half"]);
});

test("a chunk that is larger than what is held comes through whole", { timeout }, async (t) => {
  const { taker, writable } = writing(t);
  const text = `${"x".repeat(700_000)}\n${"line\n".repeat(100_000)}`;
  writable.write(text);
  writable.end("last");
  assert.equal(await taker.takeAll(), `${text}last\n`);
});

test("a long line without an end gets one", { timeout }, async (t) => {
  for (const length of [262_143, 262_144, 262_145, 600_000]) {
    const { taker, writable } = writing(t);
    writable.end("x".repeat(length));
    assert.equal(await taker.takeAll(), `${"x".repeat(length)}\n`, String(length));
  }
});

test("waiting ends when somebody wakes it, also before", { timeout }, async (t) => {
  const { source } = writing(t);
  const waiting = source.wait();
  source.wake();
  await waiting;
  source.wake();
  await source.wait();
});

test("what was written between a look and the waiting ends the waiting", { timeout }, async (t) => {
  const { source, taker, write } = writing(t);
  assert.equal(taker.take(), undefined);
  write("one\n");
  await source.wait();
  assert.equal(taker.take(), "one\n");
});

test("however it is written, the same bytes come out", { timeout }, async (t) => {
  const chunks = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.stringMatching(/^[ab\n]{0,20}$/) },
      { weight: 1, arbitrary: fc.nat(100_000).map((length) => "c".repeat(length)) },
    ),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(chunks, async (texts) => {
      const { taker, writable } = writing(t);
      for (const text of texts) writable.write(text);
      writable.end();
      const whole = texts.join("");
      const expected = whole === "" || whole.endsWith("\n") ? whole : `${whole}\n`;
      assert.equal(await taker.takeAll(), expected);
    }),
    { numRuns: 50 },
  );
});
