/** News of directories. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DirectoryWatch } from "../../src/posix/index.ts";
import { temporaryDirectory } from "../support/temporary.ts";

test("a directory watch tells which directories have news, once", {
  skip: process.platform !== "linux",
}, async (t) => {
  const watch = new DirectoryWatch();
  t.after(() => watch.close());
  const [one, two] = [temporaryDirectory(t), temporaryDirectory(t)];
  const first = watch.add(one);
  assert.equal(watch.add(one), first);
  const second = watch.add(two);
  assert.notEqual(second, first);
  assert.equal(watch.add(join(one, "nowhere")), undefined);
  const told = (): number[] => {
    const numbers = new Set<number>();
    watch.take((number) => numbers.add(number));
    return [...numbers];
  };
  assert.deepEqual(told(), []);
  const waiting = watch.wait(60_000);
  fs.writeFileSync(join(two, "file"), "text");
  await waiting;
  assert.deepEqual(told(), [second]);
  assert.deepEqual(told(), []);
  fs.renameSync(join(two, "file"), join(one, "file"));
  assert.deepEqual(new Set(told()), new Set([first, second]));
  const asleep = watch.wait(60_000);
  watch.wake();
  await asleep;
  watch.remove(second ?? -1);
  told();
  fs.writeFileSync(join(two, "file"), "text");
  assert.deepEqual(told(), []);
});
