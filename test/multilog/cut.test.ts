import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { findCut, WINDOW_BYTES } from "../../src/multilog/cut.ts";

const LF = 0x0a;

/**
 * The rule, byte by byte: a file ends behind a byte when that is a newline at or beyond
 * size - 2000, or when the file has its size.
 */
function cutByByte(text: Buffer, size: number, filled: number): number[] {
  const lengths: number[] = [];
  let length = filled;
  for (const byte of text) {
    if (length >= size) {
      lengths.push(length);
      length = 0;
    }
    length++;
    if (byte === LF && length >= size - WINDOW_BYTES) {
      lengths.push(length);
      length = 0;
    }
  }
  return [...lengths, length];
}

/** The lengths of the files that the pieces make, as a log directory asks for its cuts. */
function cutInPieces(
  text: Buffer,
  size: number,
  filled: number,
  pieces: readonly number[],
): number[] {
  const lengths: number[] = [];
  let length = filled;
  let ended = false;
  const turn = (): void => {
    lengths.push(length);
    length = 0;
    ended = false;
  };
  for (let from = 0, i = 0; from < text.length; i++) {
    const to = Math.min(text.length, from + (pieces[i % pieces.length] ?? 1));
    while (from < to) {
      if (ended) turn();
      const cut = findCut(length, size, text, from, to - from);
      assert.ok(cut.length > 0 || cut.ends);
      length += cut.length;
      from += cut.length;
      ended = cut.ends;
    }
    if (ended) turn();
  }
  return [...lengths, length];
}

/** Lines of any length, long ones among them. */
const line = fc.oneof(
  { weight: 5, arbitrary: fc.nat(120) },
  { weight: 1, arbitrary: fc.nat(7000) },
  { weight: 2, arbitrary: fc.integer({ min: 1990, max: 2010 }) },
);
const text = fc
  .tuple(fc.array(line, { maxLength: 60 }), fc.boolean())
  .map(([lines, unfinished]) => {
    const whole = lines.map((length) => `${"x".repeat(length)}\n`).join("");
    return Buffer.from(unfinished ? whole.slice(0, -1) : whole);
  });
const size = fc.oneof(
  fc.integer({ min: 4096, max: 9000 }),
  fc.integer({ min: 1, max: WINDOW_BYTES + 10 }),
);

test("files end where the rule ends them, however the input is cut into pieces", () => {
  const pieces = fc.array(
    fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 9000 })),
    {
      minLength: 1,
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(text, size, fc.nat(9000), pieces, (input, most, filled, lengths) => {
      const expected = cutByByte(input, most, filled);
      assert.deepEqual(cutInPieces(input, most, filled, lengths), expected);
      assert.deepEqual(cutInPieces(input, most, filled, [input.length + 1]), expected);
    }),
    { numRuns: 300 },
  );
});

test("a file that is full takes nothing", () => {
  assert.deepEqual(findCut(4096, 4096, Buffer.from("a\n"), 0, 2), { length: 0, ends: true });
  assert.deepEqual(findCut(5000, 4096, Buffer.from("a\n"), 0, 2), { length: 0, ends: true });
});

test("a newline counts itself: it may be the byte that reaches the window", () => {
  const memory = Buffer.from("abc\n");
  assert.deepEqual(findCut(2092, 4096, memory, 0, 4), { length: 4, ends: true });
  assert.deepEqual(findCut(2091, 4096, memory, 0, 4), { length: 4, ends: false });
});

test("a line that fills a file is cut at the size", () => {
  const memory = Buffer.alloc(10_000, "x");
  assert.deepEqual(findCut(0, 4096, memory, 0, 10_000), { length: 4096, ends: false });
  assert.deepEqual(findCut(96, 4096, memory, 0, 4000), { length: 4000, ends: false });
});

test("only the piece is looked at", () => {
  const memory = Buffer.from("\n\nabc\n\n");
  assert.deepEqual(findCut(3000, 4096, memory, 2, 3), { length: 3, ends: false });
  assert.deepEqual(findCut(3000, 4096, memory, 2, 5), { length: 4, ends: true });
});
