// All that start.test.ts asks, of the thread that starts programs. Not tested: systems that refuse it a table of its own.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, test } from "node:test";
import { sweepOrphans } from "../../src/posix/children.ts";
import { AT_CWD, type Fd, posix } from "../../src/posix/index.ts";
import { spawnElsewhere, startSpawner } from "../../src/posix/spawner.ts";
import { StringBlock } from "../../src/posix/strings.ts";

const timeout = 60_000;
const NONE = new StringBlock([], "posix_spawn");
const ENOENT = 2;

/** A start that comes to nothing, and says so if the thread is there. */
function attempt(descriptors: ReadonlyMap<Fd, Fd> = new Map()): number | undefined {
  const path = new StringBlock(["/nonexistent/program"], "posix_spawn");
  const strings = { path: path.first, argv: NONE.table, environment: NONE.table };
  const spawned = spawnElsewhere(strings, { descriptors });
  path.release();
  return spawned?.errno;
}

after(startSpawner());
while (attempt() === undefined) await new Promise((resolve) => setImmediate(resolve));

test("it answers why there is no process", () => {
  assert.equal(attempt(), ENOENT);
  assert.equal(attempt(new Map([[0, 0]])), ENOENT);
});

test("what it cannot do is left to the thread that asks", () => {
  // One that nobody has open.
  assert.equal(attempt(new Map([[0, 999_999]])), undefined);
  // More than there is room for.
  assert.equal(attempt(new Map(Array.from({ length: 65 }, (_, at) => [at + 100, 0]))), undefined);
});

test("what this process opens and closes is nothing to it", { timeout }, async (t) => {
  const tables = (): number[] =>
    fs
      .readdirSync("/proc/self/task")
      .map((id) => fs.readdirSync(`/proc/self/task/${id}/fd`).length);
  const fewest = Math.min(...tables());
  const opened = Array.from({ length: 100 }, () => posix.openAt(AT_CWD, "/dev/null", "read"));
  t.after(() => opened.map((fd) => posix.close(fd)));
  const [readEnd, writeEnd] = posix.pipe();
  const pid = posix.start("/bin/sh", ["sh", "-c", "echo here"], {
    descriptors: new Map([[1, writeEnd]]),
  });
  posix.close(writeEnd);
  assert.deepEqual(await posix.ended(pid), { code: 0, signal: undefined });
  const memory = Buffer.alloc(16);
  assert.equal(memory.toString("utf8", 0, posix.read(readEnd, memory, 0, 16)), "here\n");
  // No copy of the writing end is left anywhere.
  assert.equal(posix.read(readEnd, memory, 0, 16), 0);
  posix.close(readEnd);
  assert.ok(Math.min(...tables()) <= fewest);
});

test("the caller goes on while a program is started, and another can be asked for", {
  timeout,
}, async () => {
  const options = { descriptors: new Map() };
  const first = posix.startAside("/bin/sh", ["sh", "-c", "exit 3"], options);
  const second = posix.startAside("/bin/sh", ["sh", "-c", "exit 4"], options);
  assert.ok(first instanceof Promise && second instanceof Promise);
  const third = posix.start("/bin/sh", ["sh", "-c", "exit 5"], options);
  const endings = await Promise.all(
    [await first, await second, third].map((pid) => posix.ended(pid)),
  );
  assert.deepEqual(
    endings.map(({ code }) => code),
    [3, 4, 5],
  );
});

test("why there is no process is told later as well", { timeout }, async () => {
  const options = { descriptors: new Map() };
  const missing = posix.startAside("/nonexistent/program", ["x"], options);
  await assert.rejects(async () => missing, { code: "ENOENT", syscall: "posix_spawn" });
  // What the thread cannot do, this one does: there is nothing at such a number.
  const wrong = new Map([[0, 999_999]]);
  const pid = await posix.startAside("/bin/true", ["true"], { descriptors: wrong });
  assert.equal((await posix.ended(pid)).code, 0);
});

test("a child that has ended before its number is known is kept for its owner", {
  timeout,
}, async () => {
  // Told of each thread on its own.
  const hasChild = (): boolean =>
    fs
      .readdirSync("/proc/self/task")
      .some((id) => fs.readFileSync(`/proc/self/task/${id}/children`, "latin1") !== "");
  const asked = posix.startAside("/bin/sh", ["sh", "-c", "exit 6"], { descriptors: new Map() });
  // Within one turn of the event loop: nobody has asked for its number.
  while (!hasChild()) posix.standStill(1);
  while (hasChild()) sweepOrphans();
  assert.deepEqual(await posix.ended(await asked), { code: 6, signal: undefined });
});

await import("./start.test.ts");
