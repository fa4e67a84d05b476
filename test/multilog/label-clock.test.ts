import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { LabelClock } from "../../src/multilog/label-clock.ts";

/** A clock that says one time after the other, and then the last one again. */
function stepping(times: readonly bigint[]): () => bigint {
  let next = 0;
  return () => times[Math.min(next++, times.length - 1)] ?? 0n;
}

test("a reading is the system's, where that is later than every other", () => {
  const clock = new LabelClock(stepping([100n, 200n]));
  assert.equal(clock.latest, 0n);
  assert.equal(clock.take(), 100n);
  assert.equal(clock.take(), 200n);
  assert.equal(clock.latest, 200n);
});

test("a clock that stands still or goes back is counted on from, by one", () => {
  const clock = new LabelClock(stepping([100n, 100n, 50n, 50n, 103n, 104n]));
  assert.deepEqual(
    Array.from({ length: 6 }, () => clock.take()),
    [100n, 101n, 102n, 103n, 104n, 105n],
  );
});

test("reading gives nothing out: the next reading may be the same", () => {
  const clock = new LabelClock(() => 100n);
  assert.equal(clock.read(), 100n);
  assert.equal(clock.read(), 100n);
  clock.advance(107n);
  assert.equal(clock.read(), 108n);
  clock.advance(3n);
  assert.equal(clock.latest, 107n);
});

test("whatever the system's clock does, everything that is given out is later than all before", () => {
  const steps = fc.array(
    fc.record({
      time: fc.bigInt(0n, 50n),
      // What is done with it: one thing, or a batch of some lines.
      lines: fc.bigInt(0n, 5n),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (taken) => {
      const clock = new LabelClock(stepping(taken.map(({ time }) => time)));
      let last = 0n;
      for (const { lines } of taken) {
        const first = lines === 0n ? clock.take() : clock.read();
        assert.ok(first > last);
        last = lines === 0n ? first : first + lines - 1n;
        clock.advance(last);
        assert.equal(clock.latest, last);
      }
    }),
  );
});
