import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { posix } from "../../src/posix/index.ts";
import { namesIn } from "../../src/supervise/names.ts";
import { temporaryDirectory } from "../support/temporary.ts";

test("a name is what is here, else what is in the place of services; patterns likewise", (t) => {
  const here = temporaryDirectory(t);
  const there = temporaryDirectory(t);
  const make = (path: string): void => {
    fs.mkdirSync(path, { recursive: true });
    fs.writeFileSync(join(path, "run"), "");
  };
  for (const name of ["db", "one", "mail/log", ".hid"]) make(join(here, name));
  for (const name of ["web1/log", "web2", "db", "[odd]", ".hid"]) make(join(there, name));
  fs.mkdirSync(join(here, "web9"));
  fs.mkdirSync(join(there, "mail"));
  fs.writeFileSync(join(there, "webfile"), "");
  const before = process.cwd();
  t.after(() => process.chdir(before));
  process.chdir(here);

  const names = namesIn(posix, Buffer.from(there));
  const cases: readonly [string, string[]][] = [
    ["db", ["db"]],
    ["web2", [join(there, "web2")]],
    ["./web2", ["./web2"]],
    ["missing", ["missing"]],
    ["", [""]],
    ["web*", [join(there, "web1"), join(there, "web2")]],
    ["d?", ["db"]],
    ["*", ["db", "one"]],
    ["*/log", ["mail/log"]],
    ["[odd]", [join(there, "[odd]")]],
    ["[dw]eb[12]", [join(there, "web1"), join(there, "web2")]],
    ["no*", ["no*"]],
    ["!web*", ["!web*"]],
    ["!(db)*", ["!(db)*"]],
    [`${there}/w*/log`, [`${there}/web1/log`]],
    [`${there}/nothing*`, [`${there}/nothing*`]],
  ];
  for (const [word, expected] of cases)
    assert.deepEqual(names.resolve(Buffer.from(word)).map(String), expected, word);
  const all = ["[odd]", "db", "mail", "web1", "web1/log", "web2"].map((name) => join(there, name));
  assert.deepEqual(names.all().map(String), all);
  assert.deepEqual(namesIn(posix, Buffer.from("/nowhere")).all(), []);
});
