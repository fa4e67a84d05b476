import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseLabel } from "../../src/tai64/label.ts";
import {
  readPacked,
  readPackedSeconds,
  TAI64_BYTES,
  TAI64N_BYTES,
  writePacked,
} from "../../src/tai64/packed.ts";

test("the packed form is the label's digits as bytes", () => {
  const out = new Uint8Array(TAI64N_BYTES);
  assert.equal(writePacked(out, 0, parseLabel("@400000003b4a39c23294b13c")), TAI64N_BYTES);
  assert.equal(Buffer.from(out).toString("hex"), "400000003b4a39c23294b13c");
});

test("a packed instant reads back at any offset, with and without nanoseconds", () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, (1n << 63n) - 1n),
      fc.integer({ min: 0, max: 999_999_999 }),
      fc.nat(20),
      (seconds, nanos, at) => {
        // A view into a larger buffer, as Node's small Buffers are.
        const bytes = new Uint8Array(new ArrayBuffer(64), 5, 20 + TAI64N_BYTES);
        writePacked(bytes, at, { seconds, nanos });
        assert.deepEqual(readPacked(bytes, at), { seconds, nanos });
        assert.deepEqual(readPackedSeconds(bytes, at), { seconds, nanos: 0 });
      },
    ),
  );
});

test("packed bytes that are too few, or no instant, are refused", () => {
  assert.throws(() => readPacked(new Uint8Array(11)), RangeError);
  assert.throws(() => readPacked(new Uint8Array(12), 1), RangeError);
  assert.throws(() => readPacked(new Uint8Array(12).fill(0xff)), RangeError);
  assert.throws(() => readPackedSeconds(new Uint8Array(TAI64_BYTES - 1)), RangeError);
  assert.throws(() => writePacked(new Uint8Array(11), 0, { seconds: 0n, nanos: 0 }), RangeError);
});
