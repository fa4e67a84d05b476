import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { StatusFile } from "../../src/multilog/status-file.ts";
import { Fatal, type Posix, posix, SystemFailure } from "../../src/posix/index.ts";
import { scratch } from "../posix/scratch.ts";

const BYTES = 1001;

function status(t: TestContext, system: Posix = posix) {
  const path = scratch(t).in("status");
  const file = new StatusFile(system, Buffer.from(path));
  t.after(() => file.close());
  const remember = (text: string): void => {
    const memory = Buffer.from(`##${text}##`, "latin1");
    file.remember(memory, 2, memory.length - 4);
  };
  return { file, path, remember, read: () => fs.readFileSync(path, "latin1") };
}

const padded = (line: string): string => line.padEnd(BYTES, "\n");

test("the file is made at the start, empty and for its owner alone", (t) => {
  const { file, path, read } = status(t);
  file.open();
  assert.equal(read(), "");
  assert.equal(fs.statSync(path).mode & 0o777, 0o600);
  assert.equal(file.write(), undefined);
  assert.equal(read(), "");
});

test("a line is written over the whole file, padded with newlines", (t) => {
  const { file, remember, read } = status(t);
  file.open();
  remember("a long line \xff\0");
  assert.equal(file.write(), undefined);
  assert.equal(read(), padded("a long line \xff\0"));
  remember("short");
  file.write();
  assert.equal(read(), padded("short"));
  remember("");
  file.write();
  assert.equal(read(), padded(""));
  remember("x".repeat(1000));
  file.write();
  assert.equal(read(), `${"x".repeat(1000)}\n`);
});

test("of several lines the last one is written, and once", (t) => {
  let writes = 0;
  const counting: Posix = {
    ...posix,
    writeAt: (...args) => {
      writes++;
      return posix.writeAt(...args);
    },
  };
  const { file, remember, read } = status(t, counting);
  file.open();
  remember("one");
  remember("two");
  file.remember(Buffer.alloc(0), 0, -1);
  file.write();
  file.write();
  assert.equal(read(), padded("two"));
  assert.equal(writes, 1);
});

test("an old file keeps its text until the first line, and its tail for ever", (t) => {
  const { file, path, remember, read } = status(t);
  const old = "o".repeat(BYTES + 5);
  fs.writeFileSync(path, old);
  file.open();
  assert.equal(read(), old);
  remember("new");
  file.write();
  assert.equal(read(), `${padded("new")}ooooo`);
});

test("what cannot be written is tried again with the same line", (t) => {
  let failures = 1;
  const full: Posix = {
    ...posix,
    writeAt: (fd, memory, offset, length, place) => {
      if (failures-- > 0) throw new SystemFailure("ENOSPC", "pwrite");
      // Short as well: the rest follows.
      return posix.writeAt(fd, memory, offset, Math.min(length, 100), place);
    },
  };
  const { file, path, remember, read } = status(t, full);
  file.open();
  remember("line");
  const blocked = file.write();
  assert.ok(blocked?.kind === "failure");
  assert.deepEqual(blocked.words.map(String), ["write ", path]);
  assert.equal(file.write(), undefined);
  assert.equal(read(), padded("line"));
});

test("a file that cannot be made ends the start", (t) => {
  const { path } = status(t);
  fs.mkdirSync(path);
  assert.throws(
    () => new StatusFile(posix, Buffer.from(path)).open(),
    (fatal) => {
      assert.ok(fatal instanceof Fatal);
      assert.equal(fatal.line.toString(), `unable to create ${path}: is a directory`);
      return true;
    },
  );
});
