import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { LockedPidFile } from "../../src/chain/locked-pid-file.ts";
import { PidFile, parsePid } from "../../src/chain/pid-file.ts";
import { failingPosix, posix } from "../../src/posix/index.ts";
import { scratch } from "../posix/scratch.ts";

test("a pid file is one number on its first line", () => {
  const table: [text: string, expected: number | string][] = [
    ["1", 1],
    ["123\n", 123],
    [" 123 \r\n", 123],
    ["0123\n", 123],
    ["123\n456\n", 123],
    ["2147483647", 2_147_483_647],
    ["2147483648", "garbage"],
    ["0\n", "garbage"],
    ["-1\n", "garbage"],
    ["1e3\n", "garbage"],
    ["12 34\n", "garbage"],
    ["123\0\n", "garbage"],
    ["x", "garbage"],
    ["", "empty"],
    ["\n123\n", "empty"],
    [" \n", "empty"],
  ];
  for (const [text, expected] of table) {
    const reading = parsePid(text);
    assert.equal(
      reading.kind === "pid" ? reading.pid : reading.kind,
      expected,
      JSON.stringify(text),
    );
  }
});

test("a pid file is old until somebody writes it, replaces it or removes it", (t) => {
  const { fd, in: inside } = scratch(t);
  const isOldAfter = (change: () => void): boolean => {
    fs.writeFileSync(inside("pid"), "1\n");
    fs.utimesSync(inside("pid"), 1000, 1000);
    const file = new PidFile(posix, fd, "pid");
    change();
    return file.isOld;
  };
  assert.equal(
    isOldAfter(() => undefined),
    true,
  );
  assert.equal(
    isOldAfter(() => fs.writeFileSync(inside("pid"), "1\n")),
    false,
  );
  assert.equal(
    isOldAfter(() => fs.rmSync(inside("pid"))),
    false,
  );
  const replace = (): void => {
    fs.writeFileSync(inside("new"), "1\n");
    fs.utimesSync(inside("new"), 1000, 1000);
    fs.renameSync(inside("new"), inside("pid"));
  };
  assert.equal(isOldAfter(replace), false);
  fs.rmSync(inside("pid"));
  assert.equal(new PidFile(posix, fd, "pid").isOld, false);
});

test("the lock is that of the file of that name, also when the file was replaced meanwhile", (t) => {
  const { in: inside } = scratch(t);
  const name = Buffer.from(inside("pid"));
  fs.writeFileSync(name, "12\n");
  const inode = fs.statSync(name).ino;
  // Somebody removes the file between our opening and our locking it.
  let opened = 0;
  const removing = {
    ...posix,
    lock: (fd: number) => {
      if (opened++ === 0) fs.rmSync(name);
      return posix.lock(fd);
    },
  };
  const file = new LockedPidFile(removing, name);
  t.after(() => posix.close(file.fd));
  assert.equal(opened, 2);
  assert.equal(posix.status(file.fd).inode, fs.statSync(name).ino);
  assert.notEqual(fs.statSync(name).ino, inode + 0.5);
  assert.throws(() => new LockedPidFile(posix, name), { name: "Held", pid: undefined });
  file.write(77);
  assert.equal(fs.readFileSync(name, "latin1"), "77\n");
  assert.throws(() => new LockedPidFile(posix, name), { name: "Held", pid: 77 });
  file.remove();
  const other = new LockedPidFile(posix, name);
  posix.close(other.fd);
});

test("a number that was written in part is no number that is believed", (t) => {
  const { in: inside } = scratch(t);
  const name = Buffer.from(inside("pid"));
  // Open, lock, look twice, empty, write.
  const { posix: short, calls } = failingPosix(posix, { kind: "short", at: 6 });
  const file = new LockedPidFile(short, name);
  t.after(() => posix.close(file.fd));
  assert.throws(() => file.write(1234), { code: "ENOSPC", path: name });
  assert.equal(calls[5], "write");
});
