import assert from "node:assert/strict";
import { test } from "node:test";
import { End } from "../../src/chain/end.ts";
import { readLongOptions } from "../../src/chain/long-options.ts";

const SYNTAX = {
  name: "tool",
  letters: "ab:c:",
  usage: "tool program",
  longNames: { all: "a", bytes: "b", count: "c" },
};

/** Options as `a` or `b=VALUE`, and then the rest behind `|`; or what is said. */
function read(...words: string[]): string {
  try {
    const given = ["tool", ...words].map((word) => Buffer.from(word, "latin1"));
    const { options, rest } = readLongOptions(given, SYNTAX);
    const shown = options.map(({ letter, argument }) =>
      letter === "a" ? letter : `${letter}=${argument.toString("latin1")}`,
    );
    return [...shown, "|", ...rest.map((word) => word.toString("latin1"))].join(" ");
  } catch (end) {
    if (!(end instanceof End)) throw end;
    assert.equal(end.exitCode, 100);
    return end.said.toString("latin1");
  }
}

test("long options are what their letters are", () => {
  assert.equal(read("-a", "-b", "1", "-c2", "x"), "a b=1 c=2 | x");
  assert.equal(read("--all", "--bytes", "1", "--count=2", "x"), "a b=1 c=2 | x");
  assert.equal(read("-ab", "1", "--all", "-abc", "x", "y"), "a b=1 a a b=c | x y");
  assert.equal(read("--bytes=", "x"), "b= | x");
  assert.equal(read("--bytes=a=b", "x"), "b=a=b | x");
  assert.equal(read("--bytes", "--all", "x"), "b=--all | x");
  assert.equal(read("-b", "--all", "x"), "b=--all | x");
  assert.equal(read("--bytes=\xff", "\xff"), "b=\xff | \xff");
});

test("options end at the first word that is none, and what follows is left as it is", () => {
  assert.equal(read("x", "-a", "--all"), "| x -a --all");
  assert.equal(read("-a", "-", "--all"), "a | - --all");
  assert.equal(read("--all", "--", "--all", "-z"), "a | --all -z");
  assert.equal(read("-b", "1", "x", "--unknown"), "b=1 | x --unknown");
  assert.equal(read(), "|");
});

test("an option that is wrong is named, and the usage told", () => {
  const usage = "tool: usage: tool program\n";
  assert.equal(read("--none", "x"), `tool: illegal option -- none\n${usage}`);
  assert.equal(read("--none=1", "x"), `tool: illegal option -- none\n${usage}`);
  assert.equal(read("--al", "x"), `tool: illegal option -- al\n${usage}`);
  assert.equal(read("-z", "x"), `tool: illegal option -- z\n${usage}`);
  assert.equal(read("--all=1", "x"), `tool: option takes no argument -- all\n${usage}`);
  assert.equal(read("--bytes"), `tool: option requires an argument -- b\n${usage}`);
  assert.equal(read("--\xff", "x"), `tool: illegal option -- \xff\n${usage}`);
});
