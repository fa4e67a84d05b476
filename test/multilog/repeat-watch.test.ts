import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { archiveName } from "../../src/multilog/archive.ts";
import type { Logdir } from "../../src/multilog/logdir.ts";
import { RepeatWatch } from "../../src/multilog/repeat-watch.ts";
import { posix } from "../../src/posix/index.ts";
import { say, scratch } from "../posix/scratch.ts";

/** A log directory with old files of these texts, the oldest first, and a watch over it. */
function watched(t: TestContext, ...old: string[]) {
  const place = scratch(t);
  const write = (name: string | Buffer, text: string): void => {
    const fd = posix.openAt(place.fd, name, "append");
    say(fd, text);
    posix.close(fd);
  };
  const archive = (nanos: number, text: string): Buffer => {
    const name = archiveName(BigInt(nanos), Buffer.from("u"));
    write(name, text);
    return name;
  };
  const archives = old.map((text, i) => archive(i + 1, text));
  const logdir = { directory: place.fd } as Logdir;
  return { ...place, archives, archive, write, watch: new RepeatWatch(posix, logdir), logdir };
}

test("lines of the newest old file that come again are told, with its name", (t) => {
  const { watch, write, archives, logdir } = watched(t, "a\n", "b\nc\n");
  write("current", "b\nc\nd\n");
  assert.deepEqual(watch.look(0), { logdir, archive: archives[1], lines: 2 });
});

test("nothing that came again is nothing to tell", (t) => {
  const { watch, write } = watched(t, "a\nb\n");
  write("current", "x\n");
  assert.equal(watch.look(0), undefined);
  assert.equal(watched(t).watch.look(0), undefined);
});

test("a batch that ended several files is found in all of them", (t) => {
  const { watch, write } = watched(t, "z\na\n", "b\n", "c\n");
  write("current", "a\nb\nc\nd\n");
  assert.equal(watch.look(0)?.lines, 3);
});

test("a batch that has ended files since the start is read from all of them", (t) => {
  const { watch, write, archive } = watched(t, "a\nb\nc\n");
  archive(10, "a\n");
  write("previous", "b\n");
  write("current", "c\n");
  assert.equal(watch.look(0)?.lines, 3);
});

test("a previous that has its final name already is not read twice", (t) => {
  const { watch, write, archive, in: inside } = watched(t, "a\na\n");
  const name = archive(10, "a\n");
  fs.linkSync(inside(name.toString()), inside("previous"));
  write("current", "x\n");
  assert.equal(watch.look(0)?.lines, 1);
});

test("stamps are not compared", (t) => {
  const { watch, write } = watched(t, "1 a\n2 b\n");
  write("current", "9 b\n");
  assert.equal(watch.look(2)?.lines, 1);
});

test("bytes that are not text are compared as they are", (t) => {
  const { watch, write } = watched(t, "\xff\0\n");
  write("current", "\xff\0\n");
  assert.equal(watch.look(0)?.lines, 1);
});

test("only the last megabyte of the old files is looked at", (t) => {
  const line = `${"x".repeat(1023)}\n`;
  const { watch, write } = watched(t, line.repeat(3000), line.repeat(10));
  write("current", line.repeat(5000));
  assert.equal(watch.look(0)?.lines, 1024);
});

test("files that are gone, or cannot be read, say nothing", (t) => {
  const { watch, write, archives, in: inside } = watched(t, "a\n", "b\n");
  fs.rmSync(inside(String(archives[0])));
  assert.equal(watch.look(0), undefined);
  write("current", "a\nb\n");
  assert.equal(watch.look(0)?.lines, 2);
});
