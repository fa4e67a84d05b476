import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { LockedPidFile } from "../../src/chain/locked-pid-file.ts";
import { PidFile, parsePid } from "../../src/chain/pid-file.ts";
import { posix } from "../../src/posix/index.ts";
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

test("two starters meet at the new file, also when it was removed between opening and locking", (t) => {
  const { in: inside } = scratch(t);
  const name = Buffer.from(inside("pid"));
  const fresh = inside("pid.new");
  fs.writeFileSync(name, "12\n");
  fs.writeFileSync(fresh, "");
  let locks = 0;
  const removing = {
    ...posix,
    lock: (fd: number) => {
      if (locks++ === 0) fs.rmSync(fresh);
      return posix.lock(fd);
    },
  };
  const file = new LockedPidFile(removing, name);
  t.after(() => posix.close(file.fd));
  // The removed one, its successor, and the old file.
  assert.equal(locks, 3);
  assert.equal(posix.status(file.fd).inode, fs.statSync(fresh).ino);
  assert.throws(() => new LockedPidFile(posix, name), { name: "Held", pid: undefined });
});

test("readers find the old number or the whole new one; the lock goes with the file", (t) => {
  const { in: inside } = scratch(t);
  const name = Buffer.from(inside("pid"));
  fs.writeFileSync(name, "12\n");
  const seen: string[] = [];
  const watched = {
    ...posix,
    write: (...given: Parameters<typeof posix.write>) => {
      seen.push(fs.readFileSync(name, "latin1"));
      return posix.write(...given);
    },
  };
  const file = new LockedPidFile(watched, name);
  file.write(77);
  assert.deepEqual(seen, ["12\n"]);
  assert.equal(fs.readFileSync(name, "latin1"), "77\n");
  assert.throws(() => new LockedPidFile(posix, name), { name: "Held", pid: 77 });
  assert.deepEqual(fs.readdirSync(inside(".")), ["pid"]);
  posix.close(file.fd);
  const other = new LockedPidFile(posix, name);
  other.remove();
  posix.close(other.fd);
  assert.equal(fs.readFileSync(name, "latin1"), "77\n");
});

test("a number that was written in part never gets the name", (t) => {
  const { in: inside } = scratch(t);
  const name = Buffer.from(inside("pid"));
  const short = { ...posix, write: () => 2 };
  const file = new LockedPidFile(short, name);
  t.after(() => posix.close(file.fd));
  assert.throws(() => file.write(1234), { code: "ENOSPC" });
  assert.equal(fs.existsSync(name), false);
});
