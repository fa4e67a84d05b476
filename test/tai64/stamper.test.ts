import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { INPUT_BYTES } from "../../src/tai64/layout.ts";
import { Stamper } from "../../src/tai64/stamper.ts";
import { cut, filtered, freshKernel } from "./filtering.ts";
import { stamped } from "./oracle.ts";

/** A clock that gives one time after the other. */
function clockOf(times: readonly bigint[]): () => bigint {
  let next = 0;
  return () => times[next++]!;
}

test("every line gets one label as its first byte arrives, whatever the cuts and the clock", () => {
  const inputs = fc.string({
    unit: fc.constantFrom("\n", "a", "bc", "\0", "@", "a long stretch of text "),
  });
  const times = fc.array(fc.bigInt(1_999_999_990n, 2_000_000_010n), { minLength: 9, maxLength: 9 });
  fc.assert(
    fc.property(inputs, fc.array(fc.nat(500), { maxLength: 8 }), times, (input, places, clock) => {
      // A piece of no bytes is no read.
      const pieces = cut(input, places).filter(Boolean);
      const stamper = new Stamper(freshKernel(), clockOf(clock));
      assert.equal(filtered(stamper, pieces), stamped(pieces, clock));
    }),
    { numRuns: 1000 },
  );
});

test("labels increase strictly also when the clock stands still or steps back, and carry into seconds", () => {
  const hour = 3_600_000_000_000n;
  const now = 1_700_000_000_999_999_998n;
  const times = [now, now, now - hour, now + 1n, now + hour];
  const stamper = new Stamper(freshKernel(), clockOf(times));
  const lines = filtered(
    stamper,
    times.map(() => "a\nb\n\n"),
  )
    .trimEnd()
    .split("\n");
  assert.equal(lines.length, 15);
  const labels = lines.map((line) => line.slice(0, 25));
  assert.deepEqual(labels, [...new Set(labels)].sort());
  assert.deepEqual(labels.slice(0, 4), [
    "@400000006553f10a3b9ac9fe",
    "@400000006553f10a3b9ac9ff",
    "@400000006553f10b00000000",
    "@400000006553f10b00000001",
  ]);
});

test("a batch of empty lines, 27 times as long on the way out, comes out whole", () => {
  const input = "\n".repeat(INPUT_BYTES);
  const stamper = new Stamper(freshKernel(), () => 0n);
  const output = filtered(stamper, [input]);
  assert.equal(output.length, 27 * INPUT_BYTES);
  assert.equal(output, stamped([input], [0n]));
});

test("a line longer than the memory has one label", () => {
  const pieces = ["x".repeat(INPUT_BYTES), "x".repeat(INPUT_BYTES), "y\nz"];
  const stamper = new Stamper(freshKernel(), () => 0n);
  assert.equal(filtered(stamper, pieces), stamped(pieces, [0n, 0n, 0n]));
});
