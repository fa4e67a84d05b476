import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Piece, piecesOf } from "../../../src/web/page/pure/ansi.ts";
import { beginning, visible } from "../../../src/web/page/pure/marks.ts";

const ESCAPE = String.fromCodePoint(0x1b);
const COLOURS = new RegExp(`${ESCAPE}\\[[\\d;:]{0,64}m`, "g");
const shown = (line: string): [string, string][] =>
  piecesOf(line).map(({ text, look }) => [text, look]);
const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join("");

test("colours of a line become names of classes", () => {
  const cases: [line: string, pieces: [string, string][]][] = [
    ["plain", [["plain", ""]]],
    ["", []],
    [
      "\u001b[31mred\u001b[0m then",
      [
        ["red", "fg1"],
        [" then", ""],
      ],
    ],
    ["\u001b[1;4;92mall\u001b[m", [["all", "bold underline fg10"]]],
    [
      "\u001b[1mb\u001b[22mn",
      [
        ["b", "bold"],
        ["n", ""],
      ],
    ],
    [
      "\u001b[44mon\u001b[49moff",
      [
        ["on", "bg4"],
        ["off", ""],
      ],
    ],
    ["\u001b[7mback\u001b[27m", [["back", "inverse"]]],
    ["\u001b[31;7mx", [["x", "bg1 inverse"]]],
    ["\u001b[38;5;196mx", [["x", "fg9"]]],
    ["\u001b[38;2;0;0;230mx", [["x", "fg4"]]],
    ["\u001b[38:5:2mx", [["x", "fg2"]]],
    ["\u001b[38;5;999mx", [["x", ""]]],
    ["\u001b[38mx", [["x", ""]]],
    ["\u001b[31m\u001b[39mx", [["x", ""]]],
  ];
  for (const [line, pieces] of cases) assert.deepEqual(shown(line), pieces, JSON.stringify(line));
});

test("nothing in a line can hide a part of it", () => {
  // Concealed; black on black; the colour of the ground, turned around.
  assert.deepEqual(shown("\u001b[8msecret"), [["secret", ""]]);
  assert.deepEqual(shown("\u001b[30;40msecret"), [["secret", "fg0"]]);
  assert.deepEqual(shown("\u001b[41;31;7msecret"), [["secret", "fg1"]]);
});

test("other escapes, control characters and what turns text around are marks", () => {
  assert.deepEqual(shown("a\u001b[2Jb"), [
    ["a", ""],
    ["^[", "mark"],
    ["[2Jb", ""],
  ]);
  assert.deepEqual(shown("\u0000\u0007\u007f"), [["^@^G^?", "mark"]]);
  assert.deepEqual(shown("\u202eexe"), [
    ["<U+202E>", "mark"],
    ["exe", ""],
  ]);
  assert.deepEqual(
    shown("\u200b\ufeff\u2028\u0085\ud800")[0]?.[0],
    "<U+200B><U+FEFF><U+2028><U+0085><U+D800>",
  );
  assert.deepEqual(shown("a\tb 👩‍👧 ✔️ é"), [["a\tb 👩‍👧 ✔️ é", ""]]);
  assert.equal(visible("a\u0000\u202eb"), "a^@<U+202E>b");
});

test("whatever is in a line, what is shown has nothing in it that cannot be seen", () => {
  const character = fc.oneof(
    fc.constantFrom(
      "\u001b[",
      "m",
      ";",
      "31",
      "38;5;",
      "\u001b",
      "\u0000",
      "\u202e",
      "\ud800",
      "a",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const lines = fc.array(character, { maxLength: 40 }).map((parts) => parts.join(""));
  let runs = 0;
  fc.assert(
    fc.property(lines, (line) => {
      runs++;
      const pieces = piecesOf(line);
      assert.doesNotMatch(
        textOf(pieces),
        /(?!\t)\p{Cc}|[\u202a-\u202e\u2066-\u2069\u200b\ufeff]|\p{Cs}/u,
      );
      for (const { look } of pieces) assert.match(look, /^[a-z0-9 ]*$/);
      // What is no escape sequence stands there, in its order.
      const plain = visible(line.replaceAll(COLOURS, ""));
      assert.equal(textOf(pieces), plain);
    }),
  );
  assert.ok(runs >= 100);
});

test("a line of nothing but colours makes a bounded number of pieces, and loses nothing", () => {
  const line = "\u001b[31ma\u001b[32mb".repeat(50_000);
  const pieces = piecesOf(line, 1000);
  assert.equal(pieces.length, 1001);
  assert.equal(pieces.at(-1)?.look, "rest");
  assert.equal(pieces.at(-1)?.text.slice(0, 12), "a^[[32mb^[[3");
  assert.equal(piecesOf("\u0000".repeat(1_000_000)).length, 1);
});

test("the beginning of a text does not end in the middle of a character", () => {
  assert.equal(beginning("abc", 3), "abc");
  assert.equal(beginning("abcd", 3), "abc");
  assert.equal(beginning("ab😀", 3), "ab");
  assert.equal(beginning("ab😀c", 4), "ab😀");
});
