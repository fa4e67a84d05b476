/** A system with another working directory. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AT_CWD, posix, posixAt } from "../../src/posix/index.ts";
import { temporaryDirectory } from "../support/temporary.ts";

test("names begin elsewhere, also for what is started", async (t) => {
  const directory = temporaryDirectory(t);
  const place = posix.openAt(AT_CWD, directory, "directory");
  const there = posixAt(posix, place);
  there.makeDirectory(AT_CWD, "sub", 0o755);
  there.makeFifo(AT_CWD, "fifo", 0o600);
  there.close(there.openAt(AT_CWD, "a", "new"));
  there.linkAt(AT_CWD, "a", "b");
  there.renameAt(AT_CWD, "a", "c");
  fs.symlinkSync("c", join(directory, "link"));
  assert.equal(there.readLink(AT_CWD, "link").toString(), "c");
  there.unlinkAt(AT_CWD, "link");
  await there.spawn("/bin/sh", ["sh", "-c", ">here"], { descriptors: [] });
  assert.deepEqual(there.list(AT_CWD).map(String).sort(), ["b", "c", "fifo", "here", "sub"]);
  assert.equal(there.statusAt(AT_CWD, "c")?.links, 2);
  assert.equal(there.statusAt(AT_CWD, "a"), undefined);
  // Other directories are what they were.
  const sub = there.openAt(AT_CWD, "sub", "directory");
  there.close(there.openAt(sub, "inside", "new"));
  assert.deepEqual(fs.readdirSync(join(directory, "sub")), ["inside"]);
  for (const fd of [sub, place]) posix.close(fd);
});
