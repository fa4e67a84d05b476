// This process becomes a subreaper. Not tested: systems that have no such thing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { before, test } from "node:test";
import { becomeSubreaper, posix, sweepOrphans } from "../../src/posix/index.ts";
import { until } from "../support/until.ts";
import { hear, testPipe } from "./scratch.ts";

const timeout = 60_000;

before(() => becomeSubreaper());

/** Starts a line of shell without input. */
function start(line: string, stdout: number = 2): number {
  return posix.start("/bin/sh", ["sh", "-c", line], { descriptors: new Map([[1, stdout]]) });
}

/** Waits until a process has ended, and nobody has asked how. */
async function isDead(pid: number): Promise<void> {
  await until(`process ${pid} to end`, () => posix.findProcess(pid)?.isAlive === false);
}

/** The children of this process that have ended and are still there. */
function zombies(): number[] {
  return fs
    .readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0)
    .filter((pid) => {
      const found = posix.findProcess(pid);
      return found?.parent === process.pid && !found.isAlive;
    });
}

test("an orphan becomes ours, and how it ended can be asked", { timeout }, async (t) => {
  const { readEnd, writeEnd } = testPipe(t);
  const { readEnd: waiting, end } = testPipe(t);
  const parent = posix.start("/bin/sh", ["sh", "-c", "(read line; exit 6) <&3 & echo $!"], {
    descriptors: new Map([
      [1, writeEnd],
      [3, waiting],
    ]),
  });
  assert.deepEqual(await posix.ended(parent), { code: 0, signal: undefined });
  const orphan = Number(hear(readEnd));
  assert.equal(posix.findProcess(orphan)?.parent, process.pid);
  assert.equal(posix.isDescendant(orphan), true);
  assert.equal(posix.reap(orphan), undefined);
  end();
  await posix.exited(orphan);
  assert.deepEqual(posix.reap(orphan), { code: 6, signal: undefined });
  assert.throws(() => posix.reap(orphan), { code: "ECHILD" });
});

test("a sweep takes orphans off the process table, and keeps what has an owner for the owner", {
  timeout,
}, async () => {
  const owned = start("exit 3");
  const killed = start("kill -KILL $$");
  const parent = start("sh -c 'exit 5' & sh -c 'exit 5' & kill -STOP $$; exit 0");
  await until("it to stop", () => /\) T/.test(fs.readFileSync(`/proc/${parent}/stat`, "latin1")));
  posix.kill(parent, "SIGKILL");
  await Promise.all([owned, killed, parent].map(isDead));
  await until("two orphans and three of ours", () => zombies().length === 5);
  assert.equal(sweepOrphans(), true);
  assert.deepEqual(zombies(), []);
  assert.deepEqual(await posix.ended(owned), { code: 3, signal: undefined });
  assert.deepEqual(await posix.ended(killed), { code: undefined, signal: "SIGKILL" });
  assert.deepEqual(posix.reap(parent), { code: undefined, signal: "SIGKILL" });
  assert.throws(() => posix.reap(owned), { code: "ECHILD" });
});

test("how orphans ended is remembered as long as one is expected", { timeout }, async (t) => {
  const orphanage = async (): Promise<number> => {
    const { readEnd, writeEnd } = testPipe(t);
    const parent = start(
      "(exec >&-; kill -STOP $(exec sh -c 'echo $PPID'); exit 8) & echo $!",
      writeEnd,
    );
    await posix.ended(parent);
    const orphan = Number(hear(readEnd));
    await until("it to stop", () => / T /.test(fs.readFileSync(`/proc/${orphan}/stat`, "latin1")));
    posix.kill(orphan, "SIGCONT");
    await isDead(orphan);
    return orphan;
  };
  const forget = posix.expectOrphan();
  const expected = await orphanage();
  sweepOrphans();
  assert.deepEqual(zombies(), []);
  assert.deepEqual(posix.reap(expected), { code: 8, signal: undefined });
  forget();
  assert.throws(() => posix.reap(expected), { code: "ECHILD" });
  const unexpected = await orphanage();
  sweepOrphans();
  assert.throws(() => posix.reap(unexpected), { code: "ECHILD" });
});

test("a sweep leaves alone whom it is told to spare, and says that it has not come to its end", {
  timeout,
}, async () => {
  const child = spawn("/bin/sh", ["-c", "exit 9"], { stdio: "ignore" });
  const gone = once(child, "exit");
  // Nothing of libuv's runs before this: the child is still there.
  const pid = child.pid!;
  while (posix.findProcess(pid)?.isAlive) posix.poll(0, 0, 1);
  assert.equal(
    sweepOrphans((spared) => spared === pid),
    false,
  );
  assert.deepEqual((await gone)[0], 9);
  assert.equal(sweepOrphans(), true);
});

test("who is no descendant is none", () => {
  assert.equal(posix.isDescendant(1), false);
  assert.equal(posix.isDescendant(process.pid), false);
  assert.equal(posix.isDescendant(process.ppid), false);
  assert.equal(posix.findProcess(2 ** 22 + 1), undefined);
});

test("a signal that dumps memory is told apart where the system dumps it", {
  timeout,
}, async () => {
  const kept = await posix.ended(start("ulimit -c 0; kill -ABRT $$"));
  assert.deepEqual(kept, { code: undefined, signal: "SIGABRT" });
  const { core, ...how } = await posix.ended(start("cd /; ulimit -c unlimited; kill -ABRT $$"));
  assert.deepEqual(how, { code: undefined, signal: "SIGABRT" });
  assert.ok(core === true || core === undefined);
});

test("the age of a process is what has passed since its start", { timeout }, async () => {
  const pid = start("exec sleep 30");
  const found = posix.findProcess(pid);
  assert.ok(found);
  const young = posix.ageMs(found);
  assert.ok(young > -20 && young < 5000, `${young} ms`);
  const begun = posix.monotonicMs();
  await posix.sleep(100);
  const aged = posix.ageMs(found) - young;
  assert.ok(Math.abs(aged - (posix.monotonicMs() - begun)) < 20, `${aged} ms`);
  posix.kill(pid, "SIGKILL");
  assert.deepEqual(await posix.ended(pid), { code: undefined, signal: "SIGKILL" });
});
