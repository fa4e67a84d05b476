import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "../../src/multilog/pace.ts";

/** The batches, from 1 on, that find the source busy. */
function busyAt(intervals: readonly number[], linesPerBatch: number = 1): number[] {
  const pace = new Pace();
  let now = 1000;
  return intervals.flatMap((interval, i) => {
    now += interval;
    return pace.isBusy(linesPerBatch, () => now) ? [i + 1] : [];
  });
}

const times = (count: number, interval: number): number[] =>
  Array(count).fill(interval) as number[];

test("a source that brings a line every millisecond is quiet", () => {
  assert.deepEqual(busyAt(times(1000, 1)), []);
});

test("a source is busy when some ten batches have come close together", () => {
  const [first = 0] = busyAt(times(20, 0.1));
  assert.ok(first >= 5 && first <= 12, String(first));
});

test("a long silence before makes it no slower to see", () => {
  const hour = 3_600_000;
  const [first = 0] = busyAt([hour, ...times(20, 0.1), hour, ...times(20, 0.1)]);
  assert.ok(first <= 13, String(first));
  const again = busyAt([hour, ...times(20, 0.1), hour, ...times(20, 0.1)]).find((i) => i > 22) ?? 0;
  assert.ok(again > 22 && again <= 35, String(again));
});

test("a busy source stays busy while a rest brings lines as close together", () => {
  const pace = new Pace();
  let now = 0;
  const after = (ms: number) => () => (now += ms);
  while (!pace.isBusy(1, after(0.1)));
  for (let rest = 0; rest < 100; rest++) assert.equal(pace.isBusy(7, after(4)), true);
  // A line every millisecond: busy it was because of what had gathered before.
  assert.equal(pace.isBusy(4, after(4)), false);
  // And has to become busy anew.
  assert.equal(pace.isBusy(5, after(0.1)), false);
});
