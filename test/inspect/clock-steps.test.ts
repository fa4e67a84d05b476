/** Logs that were written while the clock was set back and forth: every line that is asked for is found. */
// Not tested: a clock that is set back inside one of many large files, far from the time that is asked for.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { readLog } from "../../src/inspect/index.ts";
import { labelText } from "../../src/inspect/label-key.ts";
import { type Posix, posix } from "../../src/posix/index.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const BASE = 1_700_000_000;
const TEXT = "x".repeat(40);
const at = (seconds: number) => ({ kind: "time", seconds: BASE + seconds, nanos: 0 }) as const;
const label = (seconds: number, nanos: number = 0): string => labelText(BASE + 10 + seconds, nanos);

interface Written {
  readonly second: number;
  readonly n: number;
}

/**
 * Lines a second apart, in files of so many, named by the clock, as the C multilog names them.
 *
 * @param steps  before which line the clock is set by how much
 * @returns the lines in the order of their files' names
 */
function writeLog(
  path: string,
  count: number,
  each: number,
  steps: Map<number, number>,
): Written[] {
  const files = new Map<string, Written[]>();
  let second = 5000;
  let lines: Written[] = [];
  for (let n = 0; n < count; n++) {
    second += 1 + (steps.get(n) ?? 0);
    lines.push({ second, n });
    if (lines.length < each) continue;
    let nanos = 1;
    while (files.has(`${label(second, nanos)}.s`)) nanos++;
    files.set(`${label(second, nanos)}.s`, lines);
    lines = [];
  }
  files.set("current", lines);
  fs.mkdirSync(path, { recursive: true });
  const inOrder = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, all] of inOrder) {
    const text = all.map((one) => `${label(one.second)} ${one.n} ${TEXT}\n`).join("");
    fs.writeFileSync(join(path, name), text);
  }
  return inOrder.flatMap(([, all]) => all);
}

async function numbersOf(...args: Parameters<typeof readLog>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { text } of readLog(...args)) numbers.push(Number.parseInt(String(text), 10));
  return numbers;
}

const step = fc.tuple(fc.nat(399), fc.integer({ min: -150, max: 150 }));

test("every line of a time is found, however the clock was set while the log was written", async (t) => {
  const directory = temporaryDirectory(t);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 3 }),
      fc.integer({ min: 4800, max: 5500 }),
      fc.nat(120),
      async (steps, since, length) => {
        const path = join(directory, String(runs++));
        const written = writeLog(path, 400, 30, new Map(steps));
        const until = since + length;
        const wanted = written
          .filter(({ second }) => second >= since && second <= until)
          .map(({ n }) => n);
        const range = { since: at(since), until: at(until) };
        assert.deepEqual(await numbersOf(path, { range }), wanted);
        assert.deepEqual(await numbersOf(path, { range, last: 7 }), wanted.slice(-7));
        const grep = { pattern: "[05] x" };
        const few = wanted.filter((n) => n % 5 === 0);
        assert.deepEqual(await numbersOf(path, { range, grep }), few);
        fs.rmSync(path, { recursive: true });
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(runs >= 300);
});

test("a clock that is set back inside a large file is noticed", async (t) => {
  const path = join(temporaryDirectory(t), "main");
  // 4 MB a file; the clock goes back by half of what a file takes.
  const written = writeLog(path, 200_000, 60_000, new Map([[100_000, -30_000]]));
  for (const since of [80_000, 90_000, 104_000, 120_000]) {
    const until = since + 100;
    const wanted = written.filter(({ second }) => second >= since && second <= until);
    const range = { since: at(since), until: at(until) };
    assert.deepEqual(
      await numbersOf(path, { range }),
      wanted.map(({ n }) => n),
      String(since),
    );
  }
});

test("names that are a little later than the next file's first label are no step: little is read", async (t) => {
  const path = join(temporaryDirectory(t), "main");
  fs.mkdirSync(path);
  for (let file = 0; file < 100; file++) {
    const lines = Array.from({ length: 1000 }, (_, i) => `${label(10 * file, i)} ${TEXT}\n`);
    // As where the machine is busy: by more than a second now and then.
    const name = file === 99 ? "current" : `${label(10 * file + (file % 10 === 0 ? 13 : 10), 5)}.s`;
    fs.writeFileSync(join(path, name), lines.join(""));
  }
  let bytes = 0;
  const counting: Posix = {
    ...posix,
    readAt: (...args) => {
      const count = posix.readAt(...args);
      bytes += count;
      return count;
    },
  };
  const range = { since: at(500), until: at(505) };
  assert.equal((await numbersOf(path, { range, posix: counting })).length, 1000);
  assert.ok(bytes < 1_500_000, `${bytes} of 6,700,000 bytes`);
});

test("what comes behind a label is what was written behind it, whatever the clock said", async (t) => {
  const path = join(temporaryDirectory(t), "main");
  const written = writeLog(path, 100, 1000, new Map([[60, -50]]));
  const second = written.find(({ n }) => n === 55)?.second ?? 0;
  const after = { kind: "label", seconds: BASE + 10 + second, nanos: 0 } as const;
  const behind = Array.from({ length: 44 }, (_, i) => 56 + i);
  assert.deepEqual(await numbersOf(path, { range: { after } }), behind);
  const gone = { ...after, nanos: 1 };
  const later = written.filter((one) => one.second > second).map(({ n }) => n);
  assert.deepEqual(await numbersOf(path, { range: { after: gone } }), later);
});

test("lines around a time that came twice are those of the nearest, and that is said", async (t) => {
  const path = join(temporaryDirectory(t), "main");
  writeLog(path, 100, 20, new Map([[50, -30]]));
  const news: string[] = [];
  const options = { around: at(5045), last: 4, news: (text: string) => void news.push(text) };
  const numbers = await numbersOf(path, options);
  assert.equal(numbers.length, 4);
  assert.match(news.join("\n"), /clock was set back/);
});

/** Appends to a log that is followed. */
async function follow(
  scope: Scope,
  begin: string,
  last: number,
  turns: readonly ((path: string) => void)[],
  range = {},
): Promise<[number[], string[]]> {
  const path = join(temporaryDirectory(scope), "main");
  fs.mkdirSync(path);
  fs.writeFileSync(join(path, "current"), begin);
  const [seen, news]: [number[], string[]] = [[], []];
  const options = { follow: true, range, news: (text: string) => void news.push(text) };
  let turn = 0;
  for await (const { text } of readLog(path, options)) {
    seen.push(Number(text));
    if (seen.at(-1) === last) break;
    if (seen.at(-1) === turn + 1) turns[turn++]?.(path);
  }
  return [seen, news];
}

const line = (second: number, n: number): string => `${label(second)} ${n}\n`;
const file = (path: string, second?: number): string =>
  join(path, second === undefined ? "current" : `${label(second)}.s`);

test("following goes on behind a clock that was set back, also where files get names before older ones", {
  timeout: 30_000,
}, async (t) => {
  const rotations = [
    (path: string) => {
      fs.renameSync(file(path), file(path, 1000));
      fs.writeFileSync(file(path), line(1001, 2));
    },
    // The clock is set back by 900 seconds: this file's name stands before the other's.
    (path: string) => {
      fs.appendFileSync(file(path), line(101, 3));
    },
    (path: string) => {
      fs.renameSync(file(path), file(path, 102));
      fs.writeFileSync(file(path), line(102, 4));
    },
    (path: string) => {
      fs.renameSync(file(path), file(path, 103));
      fs.writeFileSync(file(path), line(103, 5));
      fs.renameSync(file(path), file(path, 104));
      fs.writeFileSync(file(path), line(104, 6));
    },
    () => undefined,
    (path: string) => {
      fs.appendFileSync(file(path), line(105, 7));
    },
  ];
  assert.deepEqual(await follow(t, line(999, 1), 7, rotations), [[1, 2, 3, 4, 5, 6, 7], []]);
});

test("following with a beginning shows what comes, though its labels are before that", {
  timeout: 30_000,
}, async (t) => {
  const back = (path: string): void => fs.appendFileSync(file(path), line(0, 2) + line(1, 3));
  const range = { since: at(500) };
  assert.deepEqual(await follow(t, line(0, 0) + line(600, 1), 3, [back], range), [[1, 2, 3], []]);
});

test("a processor's copy is not read again, and lines behind a clock that was set back are not taken for it", {
  timeout: 30_000,
}, async (t) => {
  const text = line(990, 1) + line(999, 2);
  const turns = [
    () => undefined,
    (path: string) => {
      fs.writeFileSync(file(path, 100), text);
      fs.unlinkSync(file(path));
      fs.writeFileSync(file(path), line(100, 3));
    },
    (path: string) => fs.appendFileSync(file(path), line(101, 4)),
  ];
  assert.deepEqual(await follow(t, text, 4, turns), [[1, 2, 3, 4], []]);
});

test("a new current behind a clock that was set back is shown, and what may be missing before it is said", {
  timeout: 30_000,
}, async (t) => {
  const replace = (path: string): void => {
    fs.unlinkSync(file(path));
    fs.writeFileSync(file(path), line(100, 2) + line(995, 3));
  };
  const [seen, news] = await follow(t, line(990, 0) + line(999, 1), 3, [replace]);
  assert.deepEqual(seen, [0, 1, 2, 3]);
  assert.match(news.join(), /lines may be missing behind @\w{24} and before @\w{24}/);
});
