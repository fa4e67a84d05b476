/** Bytes of a line as text: what is a character, and what it costs. */
import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { test } from "node:test";
import { array, assert as check, constantFrom, property } from "fast-check";
import { lineTextOf, MOST_SHOWN_BYTES } from "../../src/web/api/line-text.ts";

test("what is a character is what Node takes for one", () => {
  const parts = [
    "\u0080",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
  ];
  const odd = ["c080", "e09fbf", "eda080", "f08fbfbf", "f4908080", "f5808080", "fe", "ff", "80"];
  const one = constantFrom(
    ...parts.map((part) => Buffer.from(part)),
    ...odd.map((hex) => Buffer.from(hex, "hex")),
    ...["c3", "e2", "e282", "f0", "f09f", "f09f98", "61"].map((hex) => Buffer.from(hex, "hex")),
  );
  /** The longest run of what is UTF-8, then a byte, and so on. */
  const slowly = (bytes: Buffer): string => {
    if (bytes.length === 0) return "";
    const fitting = [4, 3, 2, 1].find((n) => n <= bytes.length && isUtf8(bytes.subarray(0, n)));
    const shown = `\\x${bytes.toString("hex", 0, 1)}`;
    return fitting === undefined
      ? shown + slowly(bytes.subarray(1))
      : bytes.toString("utf8", 0, fitting) + slowly(bytes.subarray(fitting));
  };
  check(
    property(array(one, { maxLength: 6 }), (several) => {
      const bytes = Buffer.concat(several);
      assert.equal(lineTextOf(bytes).text, slowly(bytes));
    }),
    { numRuns: 2000 },
  );
});

test("a long line is shown up to a megabyte, and what it costs does not hang on what is in it", () => {
  const long = Buffer.alloc(3 * MOST_SHOWN_BYTES, 0xff);
  const before = process.cpuUsage();
  const { text, bytes, leftOut } = lineTextOf(long);
  // A microsecond a byte would be a second.
  const milliseconds = process.cpuUsage(before).user / 1000;
  assert.ok(milliseconds < 500, `${milliseconds} ms`);
  assert.equal(text, "\\xff".repeat(MOST_SHOWN_BYTES));
  assert.deepEqual([bytes?.length, leftOut], [MOST_SHOWN_BYTES, 2 * MOST_SHOWN_BYTES]);
  for (const char of ["é", "€", "😀"]) {
    const cut = lineTextOf(Buffer.from(`x${char.repeat(MOST_SHOWN_BYTES)}`));
    assert.ok(cut.bytes === undefined && cut.text.length > MOST_SHOWN_BYTES / 4, char);
    assert.equal(
      Buffer.byteLength(cut.text) + cut.leftOut,
      1 + Buffer.byteLength(char) * MOST_SHOWN_BYTES,
    );
  }
  assert.equal(lineTextOf(Buffer.alloc(MOST_SHOWN_BYTES, "x")).leftOut, 0);
});
