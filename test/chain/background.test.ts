// The library's face; what the command makes of it is tested in test/bin/background-watch.test.ts.
// This process becomes a subreaper, and hears SIGCHLD as a supervisor would.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type BackgroundEnd,
  type BackgroundOptions,
  type BackgroundSystem,
  watchBackground,
} from "../../src/chain/index.ts";
import { becomeSubreaper, posix, sweepOrphans } from "../../src/posix/index.ts";
import { scratch, testPipe } from "../posix/scratch.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const DAEMON = fileURLToPath(new URL("../../../test/support/programs/daemon.pl", import.meta.url));

before(() => {
  becomeSubreaper();
  process.on("SIGCHLD", () => void sweepOrphans());
});

/** A watch over daemon.pl, in a directory of its own. */
function watchOne(
  t: TestContext,
  words: readonly string[],
  options: Partial<BackgroundOptions> = {},
  system?: BackgroundSystem,
): { readonly watch: ReturnType<typeof watchBackground>; readonly path: string } {
  const { fd, path } = scratch(t);
  const argv = ["perl", DAEMON, ...words];
  const start = (): number =>
    posix.start("/usr/bin/perl", argv, { descriptors: new Map([[2, 2]]), directory: fd });
  const all = { start, directory: fd, pidFile: "pid", ...options };
  return { watch: watchBackground(all, system), path };
}

const exited = (code: number): { code: number; signal: undefined } => ({ code, signal: undefined });

function pidIn(path: string): number {
  return Number(fs.readFileSync(join(path, "pid"), "latin1"));
}

test("many daemons in one process end each with its own code", { timeout }, async (t) => {
  const shapes = ["late", "early", "double"];
  const codes = Array.from({ length: 12 }, (_, i) => i);
  const ready: number[] = [];
  const seen = await Promise.all(
    codes.map(async (code) => {
      const onReady = (pid: number): void => void ready.push(pid);
      const { watch, path } = watchOne(t, [shapes[code % 3]!, String(code)], { onReady });
      const end = await watch.ended;
      assert.equal(end.cause, "daemon");
      assert.equal(end.cause === "daemon" && end.pid, pidIn(path));
      return end.cause === "daemon" ? end.ending : undefined;
    }),
  );
  assert.deepEqual(seen, codes.map(exited));
  assert.ok(ready.length <= 8, "who ended early was never ready");
});

test("a daemon that a sweep came across before it was known is not lost", {
  timeout,
}, async (t) => {
  const { readEnd, end } = testPipe(t);
  const { fd, in: inside } = scratch(t);
  const argv = ["perl", DAEMON, "swept", "6"];
  const descriptors = new Map([[0, readEnd]]);
  const start = (): number => posix.start("/usr/bin/perl", argv, { descriptors, directory: fd });
  const watch = watchBackground({ start, directory: fd, pidFile: "pid" });
  await until("the number", () => fs.existsSync(inside("new")));
  const pid = Number(fs.readFileSync(inside("new"), "latin1"));
  await until("the sweep", () => posix.findProcess(pid) === undefined);
  end();
  assert.deepEqual(await watch.ended, { cause: "daemon", pid, ending: exited(6) });
});

test("a signal goes to the program, then to the daemon; one that comes in between is not lost", {
  timeout,
}, async (t) => {
  // Between the program's end and our hearing of it.
  let parentIsDead = false;
  const system: BackgroundSystem = {
    ...posix,
    findProcess: (pid) => {
      const found = posix.findProcess(pid);
      return found && parentIsDead ? { ...found, isAlive: false } : found;
    },
  };
  const events: string[] = [];
  const { watch, path } = watchOne(
    t,
    ["heard", "9"],
    { onReady: (pid) => events.push(`ready ${pid === pidIn(path) && pid === watch.pid}`) },
    system,
  );
  parentIsDead = true;
  watch.signal("SIGTERM");
  const end: BackgroundEnd = await watch.ended;
  assert.equal(end.cause, "daemon");
  // By itself it never ends: it had the signal, before or after it could catch it.
  assert.match(JSON.stringify(end), /"code":9|"signal":"SIGTERM"/);
  assert.deepEqual(events, ["ready true"]);
  watch.signal("SIGTERM");
});

test("a program that takes too long is killed, and its pid file removed", {
  timeout,
}, async (t) => {
  const { fd, in: inside } = scratch(t);
  fs.writeFileSync(inside("pid"), "1\n");
  let told = 0;
  const watch = watchBackground({
    start: () =>
      posix.start("/bin/sleep", ["sleep", "1000"], { descriptors: new Map(), directory: fd }),
    directory: fd,
    pidFile: "pid",
    readyTimeoutMs: 20,
    onTimeout: () => told++,
  });
  const ending = { code: undefined, signal: "SIGKILL" };
  assert.deepEqual(await watch.ended, { cause: "parent", ending, timedOut: true });
  assert.deepEqual([told, fs.existsSync(inside("pid"))], [1, false]);
});

test("orphans that nobody asks for do not stay on the process table", { timeout }, async (t) => {
  const { watch, path } = watchOne(t, ["owned", "0"]);
  const end = await watch.ended;
  // Its input was closed: the daemon, and the one that waits for it, end at once.
  assert.ok(["daemon", "daemon of another", "not running"].includes(end.cause), end.cause);
  const pid = pidIn(path);
  await until("it to be swept", () => posix.findProcess(pid) === undefined);
});

test("what cannot be started is told to the caller, and is expected no more", (t) => {
  const { fd } = scratch(t);
  let expected = 0;
  const system = {
    ...posix,
    expectOrphan: () => {
      expected++;
      return () => void expected--;
    },
  };
  const start = (): number => posix.start("/nonexistent", ["x"], { descriptors: new Map() });
  const options = { start, directory: fd, pidFile: "pid" };
  assert.throws(() => watchBackground(options, system), { code: "ENOENT" });
  assert.equal(expected, 0);
});
