import assert from "node:assert/strict";
import { test } from "node:test";
import { readLaunch } from "../../src/posix/launch.ts";
import { layOut, run, runProgram } from "./launched.ts";
import { scratch } from "./scratch.ts";

const read = (word: string) => readLaunch(["node", "program.js", word, "arg"]);

test("the launcher's record tells the limit, the descriptors and the ignored signals", () => {
  assert.deepEqual(read("--launch=1024:none,0,1,2,7:0000000000001000:0000000000004000:"), {
    descriptorLimit: "1024",
    inherited: [0, 1, 2, 7],
    ignoredSignals: 0x1000n,
    blockedSignals: 0x4000n,
    heldLimits: new Map(),
    environment: undefined,
  });
  assert.deepEqual(read("--launch=unlimited:none:fffffffe7ffbfeff::3"), {
    descriptorLimit: "unlimited",
    inherited: [],
    ignoredSignals: 0xfffffffe7ffbfeffn,
    blockedSignals: 0n,
    heldLimits: new Map(),
    environment: undefined,
  });
});

test("where the system has no /proc, no signal was ignored and the standard descriptors were open", () => {
  assert.deepEqual(read("--launch=256::::"), {
    descriptorLimit: "256",
    inherited: [0, 1, 2],
    ignoredSignals: 0n,
    blockedSignals: 0n,
    heldLimits: new Map(),
    environment: undefined,
  });
});

test("without a launcher the standard descriptors were open and nothing else is known", () => {
  const plain = {
    descriptorLimit: undefined,
    inherited: [0, 1, 2],
    ignoredSignals: 0n,
    blockedSignals: 0n,
    heldLimits: new Map(),
    environment: undefined,
  };
  assert.deepEqual(read("./main"), plain);
  assert.deepEqual(readLaunch(["node", "program.js"]), plain);
  // The record stands first; what the user writes behind it is the user's.
  assert.deepEqual(readLaunch(["node", "program.js", "t", "--launch=9:0:0"]), plain);
});

/** Characters of a byte each; what JavaScript cannot hand to a program, a shell's printf can. */
const WORDS: readonly (readonly [octal: string, bytes: string])[] = [
  ["plain", "plain"],
  ["", ""],
  ["\\303\\251", "\xc3\xa9"],
  ["\\351t\\351", "\xe9t\xe9"],
  ["\\377\\376", "\xff\xfe"],
  ["\\357\\277\\275", "\xef\xbf\xbd"],
  ["a b\\tc", "a b\tc"],
];
const EXPECTED = WORDS.map(([, bytes]) => Buffer.from(bytes, "latin1").toString("hex"));

/** Runs a command with the arguments of WORDS. */
function withWords(command: string): string[] {
  const words = WORDS.map(([octal]) => `"$(printf '${octal}')"`).join(" ");
  const { stdout, stderr } = run("/bin/sh", ["-c", `exec ${command} ${words}`]);
  assert.equal(stderr, "");
  return JSON.parse(stdout) as string[];
}

test("arguments come byte for byte through the launcher, also those that are not UTF-8", (t) => {
  const command = layOut(scratch(t).path, "arguments");
  assert.deepEqual(withWords(`'${command}'`), EXPECTED);
});

test("arguments come byte for byte without the launcher", (t) => {
  const { path } = scratch(t);
  const program = `${path}/dist/lib/bin/arguments.cjs`;
  layOut(path, "arguments");
  assert.deepEqual(withWords(`'${process.execPath}' --no-warnings '${program}'`), EXPECTED);
});

test("no arguments are none", () => {
  assert.equal(runProgram("arguments").stdout, "[]");
});
