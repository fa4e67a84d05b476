/** The verdict says what was found, and what can be done about it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrialScript, type TrialScript } from "../../src/bench/trial-script.ts";
import { killWords, leftOutWords, speedWords, waitWords } from "../../src/bench/verdict.ts";

function tried(...words: string[]): TrialScript {
  return makeTrialScript(words.map((word) => Buffer.from(word)));
}

const usual = tried("t", "s1000000", "./main");
const fast = { bytesPerSecond: 200e6, linesPerSecond: 2_000_000 };
const slow = { bytesPerSecond: 2e6, linesPerSecond: 20_000 };

test("a fast log is set against what a busy service writes", () => {
  assert.deepEqual(speedWords(fast, usual), [
    "speed: 200 MB/s, 2,000,000 lines a second, when a service writes as fast as it can.",
    "  A service that writes 1,000 lines a second needs 0.05 % of that.",
  ]);
});

test("a slow log is explained by the word of the script that makes it slow, else by the disk", () => {
  assert.match(speedWords(slow, tried(":sync=always", "./a")).join("\n"), /:sync=always waits/);
  assert.match(speedWords(slow, usual).join("\n"), /another disk with --dir/);
});

test("a log that takes nothing is said to take nothing", () => {
  assert.match(speedWords(undefined, usual).join("\n"), /took nothing.*\n.*dmesg and df/);
});

test("a long wait comes with advice, a short one without", () => {
  const waits = { linesPerSecond: 50_000, p99Ms: 2.04, files: 42 };
  assert.deepEqual(waitWords({ ...waits, longestMs: 9.5 }, usual), [
    "waiting: at 50,000 lines a second the longest wait of a write was 9.5 ms.",
    "  Files that were full meanwhile: 42; in 99 of 100 no write waited longer than 2 ms.",
  ]);
  const none = waitWords({ ...waits, files: 0, longestMs: 9.5 }, usual).join("\n");
  assert.match(none, /No file was full meanwhile/);
  const long = waitWords({ ...waits, longestMs: 500 }, usual).join("\n");
  assert.match(long, /a file of 1 MB\. Put logs on a disk of their own/);
  const synced = waitWords({ ...waits, longestMs: 500 }, tried(":sync=1s", "./a")).join("\n");
  assert.match(synced, /the fsync that :sync asks for/);
});

test("lines that are lost are said to be lost", () => {
  const found = { kills: 7, lines: 12_000, lost: 0, repeated: 3 };
  assert.deepEqual(killWords(found), [
    "killed 7 times with SIGKILL: 12,000 lines written, none lost, 3 twice.",
  ]);
  assert.match(killWords({ ...found, lost: 5 }).join("\n"), /12,000 lines written, 5 LOST\./);
});

test("what was not tried is named", () => {
  assert.deepEqual(leftOutWords(usual), []);
  assert.match(leftOutWords(tried("!gzip", "./a")).join(), /not tried.*: !gzip$/);
});
