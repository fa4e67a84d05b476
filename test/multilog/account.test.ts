import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Account, type Books, makeAccount, parseAccount } from "../../src/multilog/account.ts";
import { LogCounts } from "../../src/multilog/counts.ts";
import type { Logdir } from "../../src/multilog/logdir.ts";
import { Trouble } from "../../src/multilog/trouble.ts";
import { posix, SystemFailure } from "../../src/posix/index.ts";
import { ACCOUNT, accountOf } from "./accounts.ts";

const START_MS = Date.UTC(2026, 0, 1);
const NOW_MS = START_MS + 5000;

interface Engine {
  readonly books: Books;
  readonly trouble: Trouble;
  readonly clock: { ms: number };
}

/** The books of an engine with log directories of these paths. */
function engine(...paths: string[]): Engine {
  const clock = { ms: 0 };
  const trouble = new Trouble({ ...posix, monotonicMs: () => clock.ms }, () => {}, 3_600_000);
  const logdirs = paths.map((path, i) => ({
    path: Buffer.from(path, "latin1"),
    currentBytes: 100 + i,
    counts: { rotations: 1 + i, processorRuns: 2, processorFailures: 1 },
  }));
  const books: Books = {
    logdirs: logdirs as unknown as Logdir[],
    counts: paths.map(() => new LogCounts()),
    trouble,
    read: { lines: 0, bytes: 0 },
    latestNanos: () => 0n,
    repeatedLines: 0,
  };
  return { books, trouble, clock };
}

const account = ({ books, clock }: Engine, before?: Account): Account =>
  makeAccount(books, before, START_MS, NOW_MS, clock.ms);

test("an account begins with nothing", () => {
  assert.deepEqual(
    account(engine("./a")),
    accountOf({
      path: "./a",
      selectedLines: 0,
      deselectedLines: 0,
      currentBytes: 100,
      rotations: 1,
      processor: { runs: 2, failures: 1 },
    }),
  );
});

test("in every log directory read is selected and deselected together, whatever was counted", () => {
  const batch = fc
    .record({
      lines: fc.nat(1000),
      bytes: fc.nat(100_000),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ lines, bytes, share }) => ({
      lines,
      bytes,
      selectedLines: Math.floor(lines * share),
      selectedBytes: Math.floor(bytes * share),
    }));
  fc.assert(
    fc.property(fc.array(fc.array(batch)), (starts) => {
      let before: Account | undefined;
      const total = { lines: 0, bytes: 0, selectedLines: 0, selectedBytes: 0 };
      for (const batches of starts) {
        const own = engine("./a");
        for (const { lines, bytes, selectedLines, selectedBytes } of batches) {
          own.books.counts[0]?.add(lines, bytes, selectedLines, selectedBytes);
          total.lines += lines;
          total.bytes += bytes;
          total.selectedLines += selectedLines;
          total.selectedBytes += selectedBytes;
        }
        before = account(own, before);
        const [logdir] = before.logdirs;
        assert.ok(logdir);
        const { read, selected, deselected } = logdir;
        assert.deepEqual(read, { lines: total.lines, bytes: total.bytes });
        assert.deepEqual(selected, { lines: total.selectedLines, bytes: total.selectedBytes });
        assert.equal(read.lines, selected.lines + deselected.lines);
        assert.equal(read.bytes, selected.bytes + deselected.bytes);
      }
      assert.equal(before?.starts ?? 0, starts.length);
    }),
  );
});

test("an account goes on from the one before, directory by directory", () => {
  const first = engine("./a", "./b");
  first.books.read.lines = 5;
  first.books.repeatedLines = 2;
  first.books.counts[0]?.add(5, 50, 5, 50);
  first.books.counts[1]?.add(5, 50, 1, 10);
  const before = account(first);
  const second = engine("./b", "./c");
  second.books.read.lines = 3;
  second.books.counts[0]?.add(3, 30, 3, 30);
  const after = makeAccount(second.books, before, START_MS + 1e6, NOW_MS + 1e6, 0);
  assert.equal(after.since, before.since);
  assert.equal(after.starts, 2);
  assert.equal(after.read.lines, 8);
  assert.equal(after.repeatedLines, 2);
  assert.deepEqual(
    after.logdirs.map(({ path, selected, currentBytes, rotations, processor }) => [
      path,
      selected.lines,
      currentBytes,
      rotations,
      processor,
    ]),
    [
      ["./b", 4, 100, 3, { runs: 4, failures: 2 }],
      ["./c", 0, 101, 2, { runs: 2, failures: 1 }],
    ],
  );
});

test("the last label is that of the last line, of an earlier start if there was none since", () => {
  const { books, clock } = engine("./a");
  const told = { ...books, latestNanos: () => 994_720_184_848_605_500n };
  const before = makeAccount(told, undefined, START_MS, NOW_MS, clock.ms);
  assert.equal(before.lastLabel, "@400000003b4a39c23294b13c");
  assert.equal(account(engine("./a"), before).lastLabel, before.lastLabel);
});

test("standing still is visible while it lasts, and counted on", { timeout: 20_000 }, async () => {
  const own = engine("./a");
  const pause = own.trouble.pause(["write"], new SystemFailure("ENOSPC", "write"));
  own.clock.ms = 1500;
  const during = account(own);
  assert.deepEqual(during.stalled, {
    now: { reason: "unable to write, pausing: out of disk space", seconds: 1.5 },
    seconds: 1.5,
  });
  own.clock.ms = 2000;
  own.trouble.wake();
  await pause;
  const after = account(own);
  assert.deepEqual(after.stalled, { now: null, seconds: 2 });
  assert.equal(after.failures, 1);
  const next = account(engine("./a"), after);
  assert.deepEqual([next.stalled.seconds, next.failures], [2, 1]);
});

test("a step in the background that is tried again is told, and nobody stands still", () => {
  const own = engine("./a");
  void own.trouble.pauseAside(["sync"], new SystemFailure("EIO", "fsync"));
  const told = account(own);
  assert.equal(told.retrying, "unable to sync, pausing: input/output error");
  assert.equal(told.stalled.now, null);
  own.trouble.wake();
});

test("an account is plain JSON", () => {
  const told = account(engine("./a", "./\xe9"));
  const { lastLabel: _none, ...rest } = told;
  assert.deepEqual(JSON.parse(JSON.stringify(told)), rest);
});

test("what is no account in one of its parts is none", () => {
  const [logdir] = ACCOUNT.logdirs;
  const now = { reason: "a rotation is at work", seconds: 0.25 };
  const parsed = (changed: object): unknown =>
    parseAccount(JSON.stringify({ ...ACCOUNT, ...changed }));
  for (const good of [{}, { stalled: { now, seconds: 1.5 } }, { logdirs: [] }])
    assert.deepEqual(parsed(good), { ...ACCOUNT, ...good });
  for (const bad of [
    { stalled: { seconds: 0 } },
    { stalled: { now: {}, seconds: 0 } },
    { stalled: { now: { ...now, seconds: -1 }, seconds: 0 } },
    { stalled: { now: { ...now, reason: 7 }, seconds: 0 } },
    { stalled: { now: null, seconds: "0" } },
    { updated: undefined },
    { updated: "some time ago" },
    { lastLabel: 5 },
    { starts: -1 },
    { read: { lines: -5, bytes: 0 } },
    { read: { lines: 1e300, bytes: 0 } },
    { read: { lines: 0.5, bytes: 0 } },
    { logdirs: [{ ...logdir, rotations: -1 }] },
    { logdirs: [{ ...logdir, processor: { runs: 0, failures: -1 } }] },
  ])
    assert.equal(parsed(bad), undefined, JSON.stringify(bad));
});
