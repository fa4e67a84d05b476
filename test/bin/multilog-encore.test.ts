/** What daemontools-encore 1.11 added to multilog. */
// Not tested: beside encore itself, which is not installed; its defects (spec: docs/differences.md) are not followed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ours } from "../support/commands.ts";
import { readLogdir } from "../support/logdir.ts";
import { runOn } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const multilog = ours("multilog");
const timeout = 60_000;
const CLEAN = { code: 0, signal: null, stderr: "" };

const FNMATCH: readonly (readonly [string, string, boolean])[] = [
  ["a*c", "abc", true],
  ["a*c", "a/b/c", true],
  ["a*c", "acb", false],
  ["*fatal*", "of fatal", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["[ab]x", "bx", true],
  ["[!ab]x", "bx", false],
  ["[a-c]x", "cx", true],
  ["\\*", "*", true],
  ["\\*", "x", false],
  ["ab", "ab\0c", true],
  ["", "", true],
  [".*", ".hidden", true],
];

test("F makes patterns fnmatch, and S makes them simple again", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  for (const [number, [pattern, text, matches]] of FNMATCH.entries()) {
    const script = ["F", "-*", `+${pattern}`, `./f${number}`];
    assert.deepEqual(await runOn(t, multilog, script, `${text}\n`, { cwd }), CLEAN);
    const expected = matches ? `${text}\n` : "";
    assert.equal(readLogdir(cwd, `f${number}`).whole, expected, `${pattern} and ${text}`);
  }
  const script = ["-a?", "./simple", "F", "-a?", "./fnmatch", "S", "+a?", "./again"];
  assert.deepEqual(await runOn(t, multilog, script, "ab\na?\nc\n", { cwd }), CLEAN);
  assert.equal(readLogdir(cwd, "simple").whole, "ab\nc\n");
  assert.equal(readLogdir(cwd, "fnmatch").whole, "c\n");
  assert.equal(readLogdir(cwd, "again").whole, "a?\nc\n");
});

test("F at the end of a script does not reach the patterns of the next line", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const script = ["-a?", "./d", "F"];
  assert.deepEqual(await runOn(t, multilog, script, "ab\nab\nab\n", { cwd }), CLEAN);
  assert.equal(readLogdir(cwd, "d").whole, "ab\nab\nab\n");
});

test("T stamps lines with seconds and microseconds, and patterns see them", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const before = Date.now() / 1000;
  const script = ["T", "./all", "-*", "+* b", "./b", "=status"];
  assert.deepEqual(await runOn(t, multilog, script, "a\nb\n", { cwd }), CLEAN);
  const lines = readLogdir(cwd, "all").whole.split("\n").slice(0, -1);
  for (const [number, line] of lines.entries()) {
    assert.match(line, number === 0 ? /^[0-9]{10}\.[0-9]{6} a$/ : /^[0-9]{10}\.[0-9]{6} b$/);
    const stamp = Number(line.split(" ")[0]);
    assert.ok(stamp > before - 1 && stamp < before + 60);
  }
  assert.equal(readLogdir(cwd, "b").whole, `${lines[1]}\n`);
  assert.equal(lines.length, 2);
});

test("w names the finished files of the directories behind it, and leaves .u alone", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const script = ["s4096", "./s", "wgz", "./gz", "w", "./none"];
  const lines = `${"x".repeat(99)}\n`.repeat(25);
  assert.deepEqual(await runOn(t, multilog, script, lines, { cwd }), CLEAN);
  for (const [name, kind] of [
    ["s", "@….s 744"],
    ["gz", "@….gz 744"],
    ["none", "@…. 744"],
  ] as const) {
    assert.deepEqual(
      readLogdir(cwd, name).kinds,
      [kind, "current 744", "lock 600", "state 644"].sort(),
    );
  }
});

test("a size above 16777215 is kept, and files end there", { timeout: 120_000 }, async (t) => {
  const cwd = temporaryDirectory(t);
  const line = `${"x".repeat(999)}\n`;
  const pieces = Array.from({ length: 210 }, () => line.repeat(100));
  assert.deepEqual(await runOn(t, multilog, ["s20000000", "./d"], pieces, { cwd }), CLEAN);
  assert.deepEqual(
    readLogdir(cwd, "d").log.map(({ bytes }) => bytes.length),
    [19_998_000, 1_002_000],
  );
});
