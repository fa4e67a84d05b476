/** Logs as async iterators. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readLog, textLines, UnknownTarget } from "../../src/inspect/index.ts";
import { labelText } from "../../src/inspect/label-key.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const BASE = 1_700_000_000;

function makeLog(scope: Scope, count: number): string {
  const path = join(temporaryDirectory(scope), "main");
  fs.mkdirSync(path);
  const lines = Array.from(
    { length: count },
    (_, n) => `${labelText(BASE + 10 + n, n)} line ${n}\n`,
  );
  fs.writeFileSync(join(path, "current"), lines.join(""));
  return path;
}

test("readLog gives lines with their labels and times, and more than it holds at once", async (t) => {
  const path = makeLog(t, 5000);
  let count = 0;
  for await (const { source, label, unixNanos, text } of readLog(path)) {
    assert.equal(source, path);
    assert.equal(label, labelText(BASE + 10 + count, count));
    assert.equal(unixNanos, BigInt(BASE + count) * 1_000_000_000n + BigInt(count));
    assert.equal(text.toString(), `line ${count}`);
    count++;
  }
  assert.equal(count, 5000);
});

test("readLog chooses as svlog does", async (t) => {
  const path = makeLog(t, 100);
  const texts: string[] = [];
  const range = { after: { kind: "label", seconds: BASE + 10 + 96, nanos: 96 } } as const;
  for await (const { text } of readLog([path], { range, grep: { pattern: "[79]$" } }))
    texts.push(text.toString());
  assert.deepEqual(texts, ["line 97", "line 99"]);
});

test("of lines before one that is found, no more bytes are held than there may be", async (t) => {
  const path = makeLog(t, 100);
  const found = async (mostHeldBytes?: number): Promise<string> => {
    const held = mostHeldBytes === undefined ? {} : { mostHeldBytes };
    const texts: string[] = [];
    for await (const { text } of readLog(path, {
      grep: { pattern: "[49]9$" },
      before: 100,
      ...held,
    }))
      texts.push(text.toString().slice("line ".length));
    return texts.join(" ");
  };
  const { length: lineBytes } = `${labelText(BASE + 20, 10)} line 10`;
  // Two lines are found; three lines may stand before each.
  assert.equal(await found(3 * lineBytes), "46 47 48 49 96 97 98 99");
  assert.equal(await found(1), "49 99");
  assert.equal((await found()).split(" ").length, 100);
});

test("readLog follows until it is left or told to end, and does not read ahead of its taker", async (t) => {
  const path = makeLog(t, 3);
  const seen: string[] = [];
  for await (const { text } of readLog(path, { follow: true })) {
    seen.push(text.toString());
    if (seen.length === 3) fs.appendFileSync(join(path, "current"), "and more\n");
    if (seen.length === 4) break;
  }
  assert.equal(seen[3], "and more");
  const end = new AbortController();
  let count = 0;
  for await (const _ of readLog(path, { follow: true, signal: end.signal })) {
    if (++count === 4) end.abort();
  }
  assert.equal(count, 4);
});

test("textLines is a stream of strings, a line each", async (t) => {
  const lines: string[] = [];
  for await (const line of textLines(makeLog(t, 3))) lines.push(String(line));
  assert.equal(lines.length, 3);
  assert.match(lines[2] ?? "", /^2023-11-1\d \d\d:13:22\.000000002 line 2$/);
});

test("an unknown target is thrown", async () => {
  const reading = readLog("/nowhere/at all");
  await assert.rejects(reading.next(), UnknownTarget);
});

test("readLog is ended by its program in the middle of a reading, and lets others have their turn", async (t) => {
  const path = makeLog(t, 200_000);
  const cancel = new AbortController();
  let turns = 0;
  const count = (): void => {
    // Nothing is found: without a turn for others there would be none.
    if (++turns === 3) cancel.abort();
    else setImmediate(count);
  };
  setImmediate(count);
  const options = { grep: { pattern: "(l.n)+e [x]" }, isShared: true, cancel: cancel.signal };
  for await (const _ of readLog(path, options)) assert.fail("nothing matches");
  assert.equal(turns, 3);
});

test("readLog holds no more of the last lines than it may, and gives the newest of them", async (t) => {
  const path = makeLog(t, 0);
  const lines = Array.from({ length: 100 }, (_, n) => `${"x".repeat(10_000)} ${n}\n`);
  fs.writeFileSync(join(path, "current"), lines.join(""));
  const numbers: number[] = [];
  const options = { grep: { pattern: "x" }, last: 100, mostHeldBytes: 200_000 };
  for await (const { text } of readLog(path, options))
    numbers.push(Number(text.toString().split(" ")[1]));
  assert.ok(numbers.length >= 9 && numbers.length <= 20, String(numbers.length));
  assert.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, n) => 100 - numbers.length + n),
  );
});

test("readLog looks by itself where it is not to be told", async (t) => {
  const path = makeLog(t, 3);
  let count = 0;
  for await (const _ of readLog(path, { follow: true, looksMs: 5 })) {
    if (++count === 3) fs.appendFileSync(join(path, "current"), "and more\n");
    if (count === 4) break;
  }
  assert.equal(count, 4);
});
