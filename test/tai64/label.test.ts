import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  addNanos,
  compareInstants,
  fromUnixNanos,
  type Instant,
  makeInstant,
  nanosBetween,
  toUnixNanos,
  toUnixSeconds,
  UNIX_EPOCH_SECONDS,
} from "../../src/tai64/instant.ts";
import {
  addNanosToLabel,
  compareLabels,
  formatLabel,
  isLabel,
  LABEL_BYTES,
  parseLabel,
  readLabel,
  writeLabel,
} from "../../src/tai64/label.ts";

const instants: fc.Arbitrary<Instant> = fc
  .tuple(fc.bigInt(0n, (1n << 63n) - 1n), fc.integer({ min: 0, max: 999_999_999 }))
  .map(([seconds, nanos]) => ({ seconds, nanos }));

test("a label of 1970 begins at 2^62 + 10", () => {
  assert.equal(formatLabel(fromUnixNanos(0n)), "@400000000000000a00000000");
  assert.equal(UNIX_EPOCH_SECONDS, 4611686018427387914n);
});

test("a label of the daemontools page is the instant that it gives", () => {
  const instant = parseLabel("@400000003b4a39c23294b13c");
  assert.equal(
    toUnixNanos(instant),
    BigInt(Date.UTC(2001, 6, 9, 23, 9, 44)) * 1_000_000n + 848_605_500n,
  );
  assert.equal(toUnixSeconds(instant), BigInt(Date.UTC(2001, 6, 9, 23, 9, 44)) / 1000n);
});

test("a label reads back as the instant that it was written from", () => {
  fc.assert(
    fc.property(instants, (instant) => {
      const label = formatLabel(instant);
      assert.ok(isLabel(label));
      assert.deepEqual(parseLabel(label), instant);
      const bytes = new Uint8Array(LABEL_BYTES + 4).fill(0x66);
      assert.equal(writeLabel(bytes, 2, instant), 2 + LABEL_BYTES);
      assert.equal(Buffer.from(bytes).toString("latin1"), `ff${label}ff`);
      assert.deepEqual(readLabel(bytes, 2), instant);
    }),
  );
});

test("labels sort as their instants do", () => {
  fc.assert(
    fc.property(instants, instants, (a, b) => {
      const order = Math.sign(compareInstants(a, b));
      assert.equal(compareLabels(formatLabel(a), formatLabel(b)), order);
      assert.equal(Math.sign(Number(nanosBetween(b, a))), order);
    }),
  );
});

test("nanoseconds added to a label carry into its seconds, both ways", () => {
  assert.equal(addNanosToLabel("@400000003b4a39c23b9ac9ff", 1n), "@400000003b4a39c300000000");
  assert.equal(addNanosToLabel("@400000003b4a39c300000000", -1n), "@400000003b4a39c23b9ac9ff");
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 27n), 10n ** 27n),
      fc.bigInt(-(10n ** 20n), 10n ** 20n),
      (at, by) => {
        const instant = fromUnixNanos(at);
        assert.equal(toUnixNanos(addNanos(instant, by)), at + by);
        assert.equal(nanosBetween(instant, addNanos(instant, by)), by);
      },
    ),
  );
});

test("what is no label is refused", () => {
  const wrong = [
    "",
    "@",
    "400000003b4a39c23294b13c0",
    "@400000003b4a39c23294b13", // 24 characters
    "@400000003b4a39c23294b13c0", // 26
    "@400000003B4a39c23294b13c", // upper case
    "@400000003b4a39c23294b13g",
    "@400000003b4a39c23b9aca00", // 1,000,000,000 ns
    "@800000003b4a39c23294b13c", // seconds of 2^63
    "@400000003b4a39c23294b13c\n",
  ];
  for (const text of wrong) {
    assert.equal(isLabel(text), false, text);
    assert.throws(() => parseLabel(text), RangeError);
    if (text.length <= LABEL_BYTES) assert.equal(readLabel(Buffer.from(text)), undefined, text);
  }
});

test("parts out of range are refused", () => {
  assert.throws(() => makeInstant(-1n, 0), RangeError);
  assert.throws(() => makeInstant(1n << 63n, 0), RangeError);
  assert.throws(() => makeInstant(0n, 1_000_000_000), RangeError);
  assert.throws(() => makeInstant(0n, 0.5), RangeError);
  assert.throws(() => fromUnixNanos(-(1n << 63n) * 1_000_000_000n), RangeError);
  assert.throws(() => formatLabel({ seconds: 0n, nanos: -1 }), RangeError);
  assert.throws(() => writeLabel(new Uint8Array(30), 6, makeInstant(0n, 0)), RangeError);
});
