/** Patterns of names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, property } from "fast-check";
import { compileGlob } from "../../src/web/tree/glob.ts";

const matches = (pattern: string, name: string): boolean => compileGlob(pattern)(name);

test("a star is any letters, a question mark is one, brackets are one of some", () => {
  for (const [pattern, ...names] of [
    ["*", "", "a", ".a", "a/b"],
    ["a*b*c", "abc", "aXbYc", "abcbc"],
    ["?", "a", "é", "\u{1f600}", "/"],
    ["a[b-dx]", "ab", "ad", "ax"],
    ["[!a-c]?", "dd", "/x"],
    ["[^a]", "b"],
    ["[]x]", "]", "x"],
    ["[a-]", "a", "-"],
    ["[é-ü]*", "ö", "éa"],
    ["*[1", "a[1", "[1"],
    ["(a|b)+.{1,2}*", "(a|b)+.{1,2}", "(a|b)+.{1,2}x"],
    [String.raw`\*`, "\\", String.raw`\x`],
    ["**a**", "a", "xax"],
  ] as const)
    for (const name of names) assert.equal(matches(pattern, name), true, `${pattern} ${name}`);
  for (const [pattern, ...names] of [
    ["a*", "", "ba"],
    ["?", "", "ab"],
    ["a[b-d]", "a", "ae", "a-"],
    ["[!a-c]", "a", "", "dd"],
    ["[z-a]", "z", "m", "a"],
    ["*b", "ba", "bab/"],
    ["[]", "", "]"],
    ["a?c", "ac", "a\u{1f600}\u{1f600}c"],
  ] as const)
    for (const name of names) assert.equal(matches(pattern, name), false, `${pattern} ${name}`);
});

test("whatever a pattern of stars, marks and letters is, it means what a regular expression means", () => {
  const letters = constantFrom("a", "b", "\u{1f600}");
  const parts = array(constantFrom("*", "?", "a", "b", "[a]", "[!a]"), { maxLength: 6 });
  const meaning: Readonly<Record<string, string>> = { "*": ".*", "?": ".", "[!a]": "[^a]" };
  check(
    property(parts, array(letters, { maxLength: 8 }), (pattern, name) => {
      const source = pattern.map((part) => meaning[part] ?? part).join("");
      const expected = new RegExp(`^${source}$`, "su").test(name.join(""));
      assert.equal(matches(pattern.join(""), name.join("")), expected);
    }),
  );
});
