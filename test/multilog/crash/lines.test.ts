/** Lines of every kind and size through a real pipe: whole, in order, and the pipe left as it was. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createMultilog } from "../../../src/multilog/index.ts";
import { AT_CWD, posix } from "../../../src/posix/index.ts";
import { Pipe as LargePipe } from "../../support/pipe.ts";
import { logFiles, Pipe, sleep, temporary, turn, until } from "./ground.ts";

const O_NONBLOCK = fs.constants.O_NONBLOCK;
const O_DIRECT = 0o40000;

const whole = (dir: string): string =>
  logFiles(dir)
    .map((name) => fs.readFileSync(join(dir, name), "latin1"))
    .join("");

test("lines of 1, 5 and 20 megabytes come through whole", { timeout: 60_000 }, async (t) => {
  const dir = join(temporary(t), "log");
  const pipe = new LargePipe(t);
  const multilog = await createMultilog(["s16777215", "n100", dir], { input: pipe.readEnd });
  const text = [1, 5, 20]
    .map((size, number) => `${number}${"x".repeat(size * 1_000_003)}\n`)
    .join("short\n");
  await pipe.write(text);
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.ok(whole(dir) === text, "the text is another");
});

test("a line that comes byte by byte is written once it is whole", {
  timeout: 30_000,
}, async (t) => {
  const dir = join(temporary(t), "log");
  const pipe = new Pipe(t);
  const multilog = await createMultilog([dir], { input: pipe.out });
  const text = `${"slowly ".repeat(30)}\n`;
  for (const byte of text) {
    assert.equal(whole(dir), "");
    pipe.put(byte);
    await turn();
  }
  await until(() => whole(dir) === text, "the line is written");
  pipe.end();
  await multilog.closed;
});

test("a pipe in packet mode that is full of one line's beginning goes on", {
  timeout: 30_000,
}, async (t) => {
  const dir = join(temporary(t), "log");
  const pipe = new LargePipe(t);
  const { writeEnd } = pipe as unknown as { readonly writeEnd: number };
  posix.setStatusFlags(writeEnd, posix.getStatusFlags(writeEnd) | O_DIRECT);
  const multilog = await createMultilog([dir], { input: pipe.readEnd });
  const pieces = 3000;
  for (let piece = 0; piece < pieces; piece++) await pipe.write("x");
  await pipe.write("\nnext\n");
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.equal(whole(dir), `${"x".repeat(pieces)}\nnext\n`);
});

test("a last line without a newline gets one", { timeout: 30_000 }, async (t) => {
  const dir = join(temporary(t), "log");
  const pipe = new Pipe(t);
  const multilog = await createMultilog([dir], { input: pipe.out });
  pipe.put("first\nlast");
  await until(() => pipe.queued === 4, "the first line is taken");
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.equal(whole(dir), "first\nlast\n");
});

test("a writer that leaves right behind its words is heard, 500 times", {
  timeout: 120_000,
}, async (t) => {
  const dir = join(temporary(t), "log");
  let expected = "";
  let cases = 0;
  for (; cases < 500; cases++) {
    const [readEnd, writeEnd] = posix.pipe();
    const multilog = await createMultilog([dir], { input: readEnd });
    const last = cases % 2 === 0 ? `${cases}\n` : `${cases}`;
    const before = cases % 3 === 0 ? "" : `${cases}.\n`;
    for (let waits = cases % 5; waits > 0; waits--) await turn();
    if (before !== "") fs.writeSync(writeEnd, before);
    if (cases % 7 === 0) await sleep(1);
    fs.writeSync(writeEnd, last);
    posix.close(writeEnd);
    assert.equal(await multilog.closed, true);
    posix.close(readEnd);
    expected += before + last + (cases % 2 === 0 ? "" : "\n");
  }
  assert.equal(whole(dir), expected);
  assert.equal(cases, 500);
});

test("a FIFO that is opened anew is read on by the next multilog", {
  timeout: 60_000,
}, async (t) => {
  const home = temporary(t);
  const dir = join(home, "log");
  const fifo = join(home, "fifo");
  posix.makeFifo(AT_CWD, fifo, 0o600);
  let cases = 0;
  for (; cases < 50; cases++) {
    const readEnd = fs.openSync(fifo, fs.constants.O_RDONLY | O_NONBLOCK);
    const writeEnd = fs.openSync(fifo, fs.constants.O_WRONLY);
    const multilog = await createMultilog([dir], { input: readEnd });
    fs.writeSync(writeEnd, `${cases}\n`);
    fs.closeSync(writeEnd);
    assert.equal(await multilog.closed, true);
    fs.closeSync(readEnd);
  }
  assert.equal(whole(dir), Array.from({ length: cases }, (_, number) => `${number}\n`).join(""));
  assert.equal(cases, 50);
});

test("O_NONBLOCK is never set on the input, before, during or after", {
  timeout: 30_000,
}, async (t) => {
  const dir = join(temporary(t), "log");
  const pipe = new Pipe(t);
  const isNonBlocking = (): boolean => (posix.getStatusFlags(pipe.out) & O_NONBLOCK) !== 0;
  const seen = [isNonBlocking()];
  const multilog = await createMultilog([dir], { input: pipe.out });
  seen.push(isNonBlocking());
  for (let number = 0; number < 20; number++) {
    pipe.put(`${number}\n`);
    seen.push(isNonBlocking());
    await until(() => pipe.queued === 0, "the line is taken");
    seen.push(isNonBlocking());
  }
  await multilog.close();
  seen.push(isNonBlocking());
  assert.deepEqual(new Set(seen), new Set([false]));
});

test("TERM is obeyed while a writer never pauses", { timeout: 30_000 }, async (t) => {
  const dir = join(temporary(t), "log");
  const pipe = new LargePipe(t, { large: true });
  let count = 0;
  const fill = async (): Promise<void> => {
    while (pipe.queued < 900_000) await pipe.write(`${count++} ${"x".repeat(90)}\n`);
  };
  await fill();
  const multilog = await createMultilog([dir], { input: pipe.readEnd });
  await until(() => whole(dir).length > 0, "something is written");
  await fill();
  const closed = multilog.close();
  await fill();
  assert.equal(await closed, true);
  assert.ok(pipe.queued > 0, "the rest is a successor's");
  const first = whole(dir).split("\n").length - 1;
  const rest = await createMultilog([dir], { input: pipe.readEnd });
  pipe.end();
  assert.equal(await rest.closed, true);
  const numbers = whole(dir)
    .split("\n")
    .slice(0, -1)
    .map((line) => Number(line.split(" ")[0]));
  assert.ok(first < count);
  assert.deepEqual(
    numbers.slice(-10),
    Array.from({ length: 10 }, (_, n) => count - 10 + n),
  );
});
