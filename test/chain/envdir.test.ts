// What envdir makes of the files in a directory.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Place, skip } from "./both.ts";

const timeout = 60_000;

const FILES: Readonly<Record<string, string>> = {
  PLAIN: "a value",
  LINE: "first\nsecond\n",
  BLANKS: "  kept \t lost \t \t\nx",
  RETURN: "value\r\n",
  NUL: "a\0b\0\0",
  "NUL-THEN-BLANK": "a\0 \n",
  NEWLINE: "\n",
  "ONLY-BLANKS": " \t ",
  EMPTY: "",
  RAW: "\xff\xfe\xe9",
  "na me": "blank in its name",
  "N=M": "v",
  LONG: "x".repeat(40_000),
  ".hidden": "x",
  GONE: "",
};

test("values are the first lines of the files, as in C", { skip, timeout }, (t) => {
  const place = new Place(t);
  place.write("values", FILES);
  spawnSync("mkfifo", [join(place.directory, "values/FIFO")]);
  fs.symlinkSync("PLAIN", join(place.directory, "values/LINK"));
  const env = { GONE: "x", FIFO: "x", EMPTY: "y", PLAIN: "before", N: "n" };
  const found = place.same(["@envdir", "values"], { env });
  assert.match(found, /^variable \S+ BLANKS= {2}kept \? lost$/m);
  assert.match(found, /^variable \S+ NUL=a\?b\?\?$/m);
  assert.doesNotMatch(found, /^variable \S+ (GONE|FIFO|EMPTY|\.hidden)=/m);
});

test("an empty file whose name has an = in it sets a variable, as in C", { skip, timeout }, (t) => {
  const place = new Place(t);
  place.write("values", { "P=Q": "" });
  assert.match(place.same(["@envdir", "values"]), /^variable \S+ P=Q$/m);
});

test("a link that leads nowhere removes its variable, and has no other file's value", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  const directory = place.write("values", {});
  // In whatever order the directory has them, a file stands between two links.
  for (const name of ["A1", "A2", "A3"]) {
    fs.symlinkSync("nowhere", join(directory, `${name}-LINK`));
    fs.writeFileSync(join(directory, name), `value of ${name}`);
  }
  const env = { "A1-LINK": "x", "A2-LINK": "x", "A3-LINK": "x" };
  const found = place.found(["@envdir", "values"], "ours", { env });
  assert.doesNotMatch(found, /LINK/);
  assert.equal([...found.matchAll(/value of/g)].length, 3);
});

test("-p puts a prefix in front of each name, those that are removed, too", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  place.write("values", { A: "1", B: "" });
  for (const prefix of [["-p", "X_"], ["-pX_"]]) {
    const env = { X_B: "x", B: "stays" };
    const found = place.found(["@envdir", ...prefix, "values"], "ours", { env });
    assert.match(found, /^variable \S+ X_A=1$/m);
    assert.match(found, /^variable \S+ B=stays$/m);
    assert.doesNotMatch(found, /X_B=/);
  }
});
