/** Lines that come over and over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Repeats } from "../../src/supervise/repeats.ts";

const MINUTE_MS = 60_000;

test("a line is said once while it is heard, and called to mind every hour", () => {
  const repeats = new Repeats();
  const said: number[] = [];
  for (let minute = 0; minute < 150; minute++) {
    if (repeats.isNews("unable", minute * MINUTE_MS)) said.push(minute);
  }
  assert.deepEqual(said, [0, 60, 120]);
});

test("a line that was not heard for a while is news, and others always were", () => {
  const repeats = new Repeats();
  assert.equal(repeats.isNews("a", 0), true);
  assert.equal(repeats.isNews("b", 0), true);
  assert.equal(repeats.isNews("a", 2 * MINUTE_MS), false);
  assert.equal(repeats.isNews("b", 3 * MINUTE_MS), true);
  assert.equal(repeats.isNews("a", 4 * MINUTE_MS), false);
});
