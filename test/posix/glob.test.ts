/** Patterns of names, beside those of a shell. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { expandGlob, isGlob } from "../../src/posix/glob.ts";
import { posix } from "../../src/posix/index.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const NAMES = [
  "a",
  "b",
  "ab",
  "a+b",
  "!a",
  "(a)",
  "{a,b}",
  "a b",
  "$x",
  "^a",
  "-",
  "1",
  "[x",
  "@a",
];

function makeNames(scope: Scope): string {
  const cwd = temporaryDirectory(scope);
  for (const name of [...NAMES, ".hidden", "*"]) fs.writeFileSync(join(cwd, name), "");
  for (const name of ["d1/x", "d2/x", "d2/y"]) {
    fs.mkdirSync(join(cwd, name.slice(0, 2)), { recursive: true });
    fs.writeFileSync(join(cwd, name), "");
  }
  return cwd;
}

function expand(cwd: string, pattern: string): string[] {
  return expandGlob(posix, Buffer.from(pattern), Buffer.from(cwd)).map((path) =>
    path.subarray(cwd.length + 1).toString("latin1"),
  );
}

test("a pattern stands for what it stands for in a shell, whatever else its characters mean elsewhere", (t) => {
  const cwd = makeNames(t);
  const patterns = [
    "*",
    "?",
    "??",
    "a*",
    "*b",
    "[ab]",
    "[!a]*",
    "[a-b]?",
    "!a*",
    "!*",
    "*{a,b}*",
    "*(a)",
    "@*",
    "+(a)*",
    "a+*",
    "$*",
    "^*",
    "[[:digit:]]*",
    ".*h*",
    "d?/x",
    "*/y",
    "*/*",
    "d2/*",
    "[[]x",
    "[]x]*",
    "*x*",
    "none*",
  ];
  for (const pattern of patterns) {
    const quoted = pattern.replace(/[(){}|$ ]/g, "\\$&");
    const script = `for f in ${quoted}; do [ -e "$f" ] && printf '%s\\n' "$f"; done`;
    const { stdout } = spawnSync("/bin/sh", ["-c", script], { cwd, env: { LC_ALL: "C" } });
    const expected = stdout.toString("latin1").split("\n").slice(0, -1).sort();
    const found = expand(cwd, pattern).filter((name) => name !== ".." && name !== ".");
    assert.deepEqual(
      found.sort(),
      expected.filter((name) => !/^\.\.?$/.test(name)),
      pattern,
    );
  }
});

test("characters are compared where names are text, bytes where they are none", (t) => {
  const cwd = makeNames(t);
  fs.writeFileSync(join(cwd, "ö"), "");
  const odd = Buffer.concat([Buffer.from(`${cwd}/`), Buffer.from([0x71, 0xff, 0x7a])]);
  fs.writeFileSync(odd, "");
  assert.deepEqual(expand(cwd, "[ö]"), [Buffer.from("ö").toString("latin1")]);
  assert.deepEqual(expand(cwd, "q?z"), ["q\xffz"]);
  const pattern = Buffer.concat([Buffer.from("*"), Buffer.from([0xff]), Buffer.from("z")]);
  assert.deepEqual(expandGlob(posix, pattern, Buffer.from(cwd)), [odd]);
  assert.ok(isGlob(pattern) && !isGlob(Buffer.from("{a,b}")));
  assert.deepEqual(expandGlob(posix, Buffer.from(`${cwd}/a/*`)), []);
});
