// Not tested: fsync's effect on a disk; EINTR (no test can time it).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { ignoring } from "../../src/posix/failure.ts";
import { AT_CWD, files } from "../../src/posix/files.ts";
import { FD_CLOEXEC, pipes } from "../../src/posix/pipes.ts";
import type { Fd, Name, OpenFor } from "../../src/posix/types.ts";
import { programPath, runProgram } from "./launched.ts";
import { hear, say, scratch } from "./scratch.ts";

const NOT_UTF8 = Buffer.from([0x61, 0xff, 0xfe, 0x62]);

/** Opens for the length of the test. */
function opened(t: TestContext, dir: Fd, name: Name, how: OpenFor, mode?: number): Fd {
  const fd = files.openAt(dir, name, how, mode);
  t.after(() => ignoring(["EBADF"], () => files.close(fd)));
  return fd;
}

function make(dir: Fd, name: Name, text: string = ""): void {
  const fd = files.openAt(dir, name, "truncate");
  say(fd, text);
  files.close(fd);
}

function read(t: TestContext, dir: Fd, name: Name): string {
  return hear(opened(t, dir, name, "read"));
}

const namesIn = (fd: Fd): string[] => files.list(fd).map(String).sort();

test("a directory's descriptor stays the same directory when somebody renames it", (t) => {
  const { fd, in: inside } = scratch(t);
  files.makeDirectory(fd, "old", 0o700);
  const dir = opened(t, fd, "old", "directory");
  fs.renameSync(inside("old"), inside("new"));
  make(dir, "file", "text");
  assert.equal(fs.readFileSync(inside("new/file"), "latin1"), "text");
  files.renameAt(dir, "file", "other");
  files.linkAt(dir, "other", "linked");
  assert.equal(files.statusAt(dir, "linked")?.links, 2);
  files.unlinkAt(dir, "linked");
  assert.deepEqual(namesIn(dir), ["other"]);
  assert.deepEqual(fs.readdirSync(inside("new")), ["other"]);
});

test("a relative name begins at the working directory when no directory is given", () => {
  const status = files.statusAt(AT_CWD, ".");
  assert.equal(status?.inode, fs.statSync(".").ino);
});

test("a file is made with the mode that is asked for, less the umask", (t) => {
  const { fd } = scratch(t);
  const umask = process.umask(0o022);
  t.after(() => process.umask(umask));
  const modes = (["append", "keep", "truncate"] as const).map((how) => {
    opened(t, fd, `plain ${how}`, how);
    opened(t, fd, `own ${how}`, how, 0o666);
    return [files.statusAt(fd, `plain ${how}`)?.mode, files.statusAt(fd, `own ${how}`)?.mode];
  });
  assert.deepEqual(new Set(modes.flat()), new Set([0o100644]));
  opened(t, fd, "secret", "append", 0o600);
  assert.equal(files.statusAt(fd, "secret")?.mode, 0o100600);
});

test("every way of opening is close-on-exec", (t) => {
  const { fd } = scratch(t);
  make(fd, "file");
  for (const how of ["read", "write", "append", "keep", "truncate"] as const) {
    assert.equal(pipes.getDescriptorFlags(opened(t, fd, "file", how)), FD_CLOEXEC);
  }
  assert.equal(pipes.getDescriptorFlags(opened(t, fd, ".", "directory")), FD_CLOEXEC);
});

test("append and keep write at the end, write at the beginning, truncate empties", (t) => {
  const { fd } = scratch(t);
  make(fd, "file", "12345");
  say(opened(t, fd, "file", "append"), "a");
  assert.equal(read(t, fd, "file"), "12345a");
  const kept = opened(t, fd, "file", "keep");
  assert.equal(hear(kept), "12345a");
  say(kept, "k");
  say(opened(t, fd, "file", "write"), "W");
  assert.equal(read(t, fd, "file"), "W2345ak");
  opened(t, fd, "file", "truncate");
  assert.equal(read(t, fd, "file"), "");
});

test("read, write and directory make no file, and say what is wrong", (t) => {
  const { fd } = scratch(t);
  make(fd, "file");
  for (const how of ["read", "write", "directory"] as const) {
    assert.throws(() => files.openAt(fd, "missing", how), { code: "ENOENT", path: "missing" });
  }
  assert.throws(() => files.openAt(fd, "file", "directory"), { code: "ENOTDIR" });
  assert.throws(() => files.openAt(fd, ".", "append"), { code: "EISDIR" });
  assert.throws(() => files.openAt(fd, "file/below", "read"), { code: "ENOTDIR" });
  assert.throws(() => files.openAt(fd, "n".repeat(300), "append"), { code: "ENAMETOOLONG" });
});

test("a name with a NUL inside does not exist, and nothing is cut off at it", (t) => {
  const { fd } = scratch(t);
  make(fd, "file", "kept");
  const name = "file\0tail";
  assert.throws(() => files.openAt(fd, name, "truncate"), { code: "ENOENT", path: name });
  assert.throws(() => files.unlinkAt(fd, name), { code: "ENOENT" });
  assert.throws(() => files.renameAt(fd, "file", name), { code: "ENOENT" });
  assert.throws(() => files.linkAt(fd, Buffer.from(name), "x"), { code: "ENOENT" });
  assert.equal(files.statusAt(fd, name), undefined);
  assert.equal(read(t, fd, "file"), "kept");
});

test("statusAt follows links, and answers undefined where nothing is", (t) => {
  const { fd, in: inside } = scratch(t);
  make(fd, "file", "12345");
  fs.symlinkSync("file", inside("link"));
  fs.symlinkSync("nowhere", inside("dangling"));
  fs.symlinkSync("loop", inside("loop"));
  assert.deepEqual(files.statusAt(fd, "link"), files.statusAt(fd, "file"));
  assert.equal(files.statusAt(fd, "dangling"), undefined);
  assert.equal(files.statusAt(fd, "missing"), undefined);
  assert.throws(() => files.statusAt(fd, "loop"), { code: "ELOOP" });
  assert.throws(() => files.statusAt(fd, "file/below"), { code: "ENOTDIR" });
});

test("status and statusAt say what node:fs says", (t) => {
  const { fd, in: inside } = scratch(t);
  make(fd, "file", "12345");
  files.linkAt(fd, "file", "second");
  fs.utimesSync(inside("file"), 1_700_000_000, 1_234_567_890.25);
  const own = opened(t, fd, "file", "read");
  const s = fs.statSync(inside("file"));
  const expected = {
    device: s.dev,
    inode: s.ino,
    mode: s.mode,
    links: 2,
    uid: s.uid,
    gid: s.gid,
    sizeBytes: 5,
    modifiedSeconds: 1_234_567_890.25,
  };
  assert.deepEqual(files.statusAt(fd, "file"), expected);
  assert.deepEqual(files.status(own), expected);
});

test("the device of a file is the same number by name and by descriptor, on every file system", (t) => {
  const places = ["/", "/dev", "/dev/null", "/proc", "/sys", "/tmp", "/run"].filter(fs.existsSync);
  for (const place of places) {
    const named = files.statusAt(AT_CWD, place);
    const fd = opened(t, AT_CWD, place, "read");
    assert.equal(named?.device, files.status(fd).device, place);
    assert.equal(named?.inode, files.status(fd).inode, place);
  }
  assert.ok(places.length > 2);
});

test("modification times before 1970 and fractions of a second come through", (t) => {
  const { fd, in: inside } = scratch(t);
  make(fd, "file");
  fs.utimesSync(inside("file"), 0, new Date(-1500));
  assert.equal(files.statusAt(fd, "file")?.modifiedSeconds, -1.5);
});

test("list gives every name of a large directory once, without . and .., also names that are not UTF-8", (t) => {
  const { fd } = scratch(t);
  const names = Array.from({ length: 1500 }, (_, i) => `${"n".repeat(i % 200)}${i}`);
  for (const name of names) make(fd, name);
  for (const name of [NOT_UTF8, "..a", ".b", "..."]) make(fd, name);
  const listed = files.list(fd).map((name) => name.toString("latin1"));
  const expected = [...names, NOT_UTF8.toString("latin1"), "..a", ".b", "..."];
  assert.deepEqual(listed.sort(), expected.sort());
});

test("list begins anew each time, whatever was read of the directory before", (t) => {
  const { fd } = scratch(t);
  assert.deepEqual(files.list(fd), []);
  make(fd, "a");
  assert.deepEqual(namesIn(fd), ["a"]);
  make(fd, "b");
  assert.deepEqual(namesIn(fd), ["a", "b"]);
  assert.deepEqual(namesIn(fd), ["a", "b"]);
});

test("list does not read what is no directory", (t) => {
  const { fd } = scratch(t);
  make(fd, "file");
  assert.throws(() => files.list(opened(t, fd, "file", "read")), { code: "ENOTDIR" });
});

test("a name that is not UTF-8 goes to the system byte for byte", (t) => {
  const { fd } = scratch(t);
  make(fd, NOT_UTF8, "text");
  assert.deepEqual(files.list(fd), [NOT_UTF8]);
  assert.equal(read(t, fd, NOT_UTF8), "text");
  files.renameAt(fd, NOT_UTF8, "plain");
  assert.deepEqual(namesIn(fd), ["plain"]);
});

test("rename replaces, link does not", (t) => {
  const { fd } = scratch(t);
  make(fd, "a", "first");
  make(fd, "b", "second");
  assert.throws(() => files.linkAt(fd, "a", "b"), { code: "EEXIST", path: "b" });
  files.renameAt(fd, "a", "b");
  assert.equal(read(t, fd, "b"), "first");
  assert.throws(() => files.renameAt(fd, "a", "b"), { code: "ENOENT" });
  assert.throws(() => files.linkAt(fd, "a", "c"), { code: "ENOENT" });
  assert.throws(() => files.unlinkAt(fd, "a"), { code: "ENOENT", syscall: "unlink" });
});

test("makeDirectory makes one directory, with its mode", (t) => {
  const { fd } = scratch(t);
  files.makeDirectory(fd, "made", 0o700);
  assert.equal(files.statusAt(fd, "made")?.mode, 0o40700);
  assert.throws(() => files.makeDirectory(fd, "made", 0o700), { code: "EEXIST" });
  assert.throws(() => files.makeDirectory(fd, "no/made", 0o700), { code: "ENOENT" });
  assert.throws(() => files.unlinkAt(fd, "made"), { code: "EISDIR" });
});

test("truncate cuts and setMode marks the file behind a descriptor", (t) => {
  const { fd } = scratch(t);
  const kept = opened(t, fd, "file", "keep");
  say(kept, "1234567");
  files.truncate(kept, 3);
  say(kept, "x");
  files.setMode(kept, 0o744);
  assert.equal(read(t, fd, "file"), "123x");
  assert.equal(files.status(kept).mode, 0o100744);
});

test("readAt and writeAt leave the descriptor's own place alone", (t) => {
  const { fd } = scratch(t);
  make(fd, "file", "0123456789");
  const reading = opened(t, fd, "file", "read");
  const memory = Buffer.from("--------");
  assert.equal(files.readAt(reading, memory, 2, 3, 5), 3);
  assert.equal(memory.toString(), "--567---");
  assert.equal(hear(reading), "0123456789");
  assert.equal(files.readAt(reading, memory, 0, 8, 10), 0);
  const writing = opened(t, fd, "file", "write");
  assert.equal(files.writeAt(writing, Buffer.from("abc"), 1, 2, 4), 2);
  say(writing, "W");
  assert.equal(read(t, fd, "file"), "W123bc6789");
});

test("read and write say what the system says", (t) => {
  const { fd } = scratch(t);
  const writing = opened(t, fd, "file", "append");
  const memory = Buffer.alloc(8);
  assert.throws(() => files.read(writing, memory, 0, 8), { code: "EBADF", syscall: "read" });
  assert.throws(() => files.read(fd, memory, 0, 8), { code: "EISDIR" });
  assert.throws(() => files.status(12_345), { code: "EBADF" });
  assert.throws(() => files.close(12_345), { code: "EBADF" });
});

test("a mistake of ours in an argument is no failure of the system", (t) => {
  const { fd } = scratch(t);
  const writing = opened(t, fd, "file", "append");
  assert.throws(() => files.write(writing, Buffer.alloc(4), 2, 8), RangeError);
});

test("syncLater works on files and directories, and says what it cannot", async (t) => {
  const { fd } = scratch(t);
  const writing = opened(t, fd, "file", "append");
  say(writing, "text");
  await files.syncLater(writing);
  await files.syncLater(fd);
  await assert.rejects(files.syncLater(12_345), { code: "EBADF", syscall: "fsync" });
});

test("a lock belongs to one opening of the file, and goes with it", (t) => {
  const { fd } = scratch(t);
  const first = opened(t, fd, "lock", "append");
  const second = opened(t, fd, "lock", "append");
  assert.equal(files.lock(first), true);
  assert.equal(files.lock(first), true);
  assert.equal(files.lock(second), false);
  files.close(first);
  assert.equal(files.lock(second, true), true);
});

test("a lock holds against another process, which waits for it", { timeout: 30_000 }, async (t) => {
  const { fd, in: inside } = scratch(t);
  assert.equal(runProgram("lock", [inside("lock")]).stdout, "free\n");
  const ours = files.openAt(fd, "lock", "append");
  assert.equal(files.lock(ours), true);
  const child = spawn(process.execPath, [programPath("lock"), inside("lock")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    // It has found the lock held: let go of it.
    if (said === "") files.close(ours);
    said += text;
  });
  await once(child, "close");
  assert.equal(said, "held\nmine now\n");
});

test("a FIFO can be made, and cannot be written to while nobody reads", (t) => {
  const { fd } = scratch(t);
  files.makeFifo(fd, "fifo", 0o600);
  assert.equal(files.statusAt(fd, "fifo")?.mode, 0o10600);
  assert.throws(() => files.openAt(fd, "fifo", "write"), { code: "ENXIO" });
  const reading = opened(t, fd, "fifo", "read");
  say(opened(t, fd, "fifo", "write"), "text");
  assert.equal(hear(reading), "text");
  assert.throws(() => files.makeFifo(fd, "fifo", 0o600), { code: "EEXIST" });
});

test("where a link leads can be read, whether there is something or not", (t) => {
  const { fd, path } = scratch(t);
  fs.symlinkSync("a/bä", `${path}/link`);
  assert.equal(files.readLink(fd, "link").toString(), "a/bä");
  assert.throws(() => files.readLink(fd, "."), { code: "EINVAL" });
  assert.throws(() => files.readLink(fd, "missing"), { code: "ENOENT" });
});
