import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { countRepeated } from "../../src/multilog/repeated.ts";

const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join("");

test("the lines at the end of the old file that come first in the new one are counted", () => {
  assert.equal(countRepeated(lines("a", "b", "c"), lines("b", "c", "d"), 0), 2);
  assert.equal(countRepeated(lines("a", "b", "c"), lines("c"), 0), 1);
  assert.equal(countRepeated(lines("a"), lines("a"), 0), 1);
  assert.equal(countRepeated(lines("a", "b"), lines("x", "a", "b"), 0), 0);
  assert.equal(countRepeated(lines("a", "b"), lines("a", "x"), 0), 0);
  assert.equal(countRepeated("", lines("a"), 0), 0);
  assert.equal(countRepeated(lines("a"), "", 0), 0);
});

test("the longest repetition counts", () => {
  assert.equal(countRepeated(lines("a", "a", "a"), lines("a", "a", "b"), 0), 2);
  assert.equal(countRepeated(lines("a", "b", "a", "b"), lines("a", "b", "a", "b", "c"), 0), 4);
  assert.equal(countRepeated(lines("x", "a", "b", "a"), lines("a", "b", "a", "b"), 0), 3);
});

test("stamps are not compared", () => {
  const old = lines("11 a", "12 b");
  assert.equal(countRepeated(old, lines("21 b", "22 c"), 3), 1);
  assert.equal(countRepeated(old, lines("21 b", "22 c"), 0), 0);
});

test("a line that was torn at the end counts when the new one begins as it does", () => {
  assert.equal(countRepeated(`${lines("a", "b")}c1`, lines("b", "c123"), 0), 2);
  assert.equal(countRepeated(`${lines("a", "b")}c1`, lines("c123"), 0), 1);
  assert.equal(countRepeated(`${lines("a", "b")}c1`, lines("b", "d"), 0), 0);
  assert.equal(countRepeated("torn", lines("torn off"), 0), 1);
});

test("a line of the new file that is not finished is not counted", () => {
  assert.equal(countRepeated(lines("a", "b"), "b", 0), 0);
  assert.equal(countRepeated(lines("a", "b"), `${lines("b")}c`, 0), 1);
});

test("what a search of every length finds is found", () => {
  const text = fc.array(fc.constantFrom("a", "b"), { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (old, fresh) => {
      let longest = 0;
      for (let length = 1; length <= Math.min(old.length, fresh.length); length++) {
        const same = old.slice(-length).every((line, i) => line === fresh[i]);
        if (same) longest = length;
      }
      assert.equal(countRepeated(lines(...old), lines(...fresh), 0), longest);
    }),
    { numRuns: 1000 },
  );
});

test("a repetition that was made is found, whatever stands around it", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 10 });
  fc.assert(
    fc.property(text, text, text, (before, repeated, after) => {
      const count = countRepeated(lines(...before, ...repeated), lines(...repeated, ...after), 0);
      assert.ok(count >= repeated.length);
    }),
  );
});

test("many equal lines are compared in time that grows with their number", {
  timeout: 20_000,
}, () => {
  const many = lines(...Array<string>(100_000).fill("x"));
  assert.equal(countRepeated(many, many, 0), 100_000);
  assert.equal(countRepeated(many, `${many}y\n`, 0), 100_000);
});
