/** The script that a bench tries does the work of the one that it is given, and nothing anywhere else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTrialScript, type TrialScript } from "../../src/bench/trial-script.ts";

function tried(...words: string[]): TrialScript {
  return makeTrialScript(words.map((word) => Buffer.from(word)));
}

test("every path of a trial's script is below its working directory", () => {
  const script = tried("t", ":stats=/run/stats", "/var/log/a", "-* debug*", "=/run/status", "./b");
  assert.deepEqual(script.words, [
    "t",
    ":stats=./stats1",
    "./log0",
    "-* debug*",
    "=./status4",
    "./log1",
  ]);
  assert.deepEqual(script.logdirs, ["./log0", "./log1"]);
});

test("what acts outside of the log is not tried, and named", () => {
  const script = tried("t", "!mail root", "wgz", "e", "./main");
  assert.deepEqual(script.words, ["t", "./log0"]);
  assert.deepEqual(script.leftOut, ["!mail root", "wgz", "e"]);
});

test("a script that keeps every file has the same stamp and patterns", () => {
  const script = tried("T", "s5000", "n3", ":total=1m", ":age=1h", "-*x*", "./main");
  assert.deepEqual(script.keepingWords, ["T", "n2147483647", "s5000", "-*x*", "./log0"]);
  assert.equal(script.fileBytes, 5000);
});

test("a script without a log directory is refused, and so is one that multilog refuses", () => {
  assert.throws(() => tried("t", "s5000"), /"t s5000" names no log directory: add one/);
  assert.throws(() => tried(":nonsense", "./main"), /:nonsense/);
});
