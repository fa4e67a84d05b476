import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { feed, logdir, select, taiClock } from "./harness.ts";
import { matchSimple } from "./oracle.ts";

/** Whether the kernel finds that `text` matches. */
function matches(pattern: string, text: string): boolean {
  const fed = feed(
    [select(`-*`), select(`+${pattern}`), logdir],
    undefined,
    Buffer.from(`${text}\n`),
  );
  const negative = feed([select(`-${pattern}`), logdir], undefined, Buffer.from(`${text}\n`));
  assert.notEqual(fed.outputs[0]?.lines, negative.outputs[0]?.lines);
  return fed.outputs[0]?.lines === 1;
}

// Section 12.2 of spec/daemontools.md, row by row, then some of our own.
const rows: [pattern: string, text: string, expected: boolean][] = [
  ["", "", true],
  ["", "x", false],
  ["*", "", true],
  ["*", "anything", true],
  ["hello", "hello world", false],
  ["hello*", "hello", true],
  ["*b", "ab", true],
  ["*b", "abb", false],
  ["*b", "abab", false],
  ["*.c", "a.c", true],
  ["*.c", "a.b.c", false],
  ["* one", "x one", true],
  ["* one", "  one", false],
  ["*fatal*", "x fatal", true],
  ["*fatal*", "of fatal", false],
  ["a*bc", "abbc", false],
  ["**", "abc", false],
  ["**", "", false],
  ["**", "a*c", true],
  ["***", "a*c", true],
  ["***", "a**c", true],
  ["hello", "hello", true],
  ["hello", "hell", false],
  ["Hello", "hello", false],
  ["a*", "b", false],
  ["**c", "a*bc", true],
  ["**c", "a*bcc", false],
  ["*a*b*c", "xxaxxbxxc", true],
  ["exactly sixteen!", "exactly sixteen!", true],
  ["more than sixteen bytes of pattern", "more than sixteen bytes of pattern", true],
  ["more than sixteen bytes of pattern", "more than sixteen bytes of patterN", false],
  ["*a pattern beyond the first vector", "0123456789 0123456789 a pattern beyond the", false],
];

for (const [pattern, text, expected] of rows) {
  const verb = expected ? "matches" : "does not match";
  test(`the pattern "${pattern}" ${verb} "${text}"`, () => {
    assert.equal(matchSimple(Buffer.from(pattern), Buffer.from(text)), expected);
    assert.equal(matches(pattern, text), expected);
  });
}

test("NUL and bytes above 127 are ordinary in a pattern's text", () => {
  const input = Buffer.from("a\0\xffb\n", "latin1");
  const fed = feed([select("-*"), select("+a*\xffb"), logdir], undefined, input);
  assert.equal(fed.outputs[0]?.text, "a\0\xffb\n");
});

test("a pattern sees the first 1000 bytes of a line and no more", () => {
  const line = `${"x".repeat(999)}y12345`;
  const [end, tail] = [select("+*y"), select("+*5")];
  const input = Buffer.from(`${line}\n`);
  assert.equal(feed([select("-*"), end, logdir], undefined, input).outputs[0]?.text, `${line}\n`);
  assert.equal(feed([select("-*"), tail, logdir], undefined, input).outputs[0]?.text, "");
});

test("a stamp takes 26 of the 1000 bytes that a pattern sees", () => {
  const input = Buffer.from(`${"x".repeat(973)}y12345\n${"x".repeat(974)}y12345\n`);
  const fed = feed([select("-*"), select("+* x*y"), logdir], taiClock(5), input);
  assert.equal(fed.outputs[0]?.lines, 1);
  assert.match(fed.outputs[0]?.text ?? "", /^@400000000000006400000005 x{973}y12345\n$/);
});

test("a pattern sees the stamp", () => {
  const input = Buffer.from("one\ntwo\n");
  const fed = feed([select("-*"), select("+@*7 *"), logdir], taiClock(6), input);
  assert.equal(fed.outputs[0]?.text, "@400000000000006400000007 two\n");
});

test("any pattern and text of few letters match as daemontools' match.c says", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 40 });
  let cases = 0;
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      cases += 1;
      assert.equal(matches(pattern, text), matchSimple(Buffer.from(pattern), Buffer.from(text)));
    }),
    { numRuns: 3000 },
  );
  assert.equal(cases, 3000);
});

test("however many patterns begin alike, each of them deselects its lines", () => {
  // No star, and more letters than a choice holds tests.
  const letters = Array.from({ length: 80 }, (_, i) => String.fromCharCode(0x2b + i));
  for (const [before, words] of [
    ["", ""],
    ["* ", "some "],
  ] as const) {
    const input = Buffer.from(letters.map((letter) => `${words}${letter} more\n`).join(""));
    for (const count of [1, 2, 31, 32, 33, 64, 65, 79]) {
      const dropped = letters.slice(0, count).map((letter) => select(`-${before}${letter} *`));
      const kept = feed([...dropped, logdir], undefined, input).outputs[0]?.lines;
      assert.equal(kept, letters.length - count, `${count} patterns`);
    }
  }
});
