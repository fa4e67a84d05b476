// Waiting for a lock, and keeping it.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AT_CWD, posix } from "../../src/posix/index.ts";
import { ours } from "../support/commands.ts";
import { Running } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;

test("setlock waits until the lock is free, and its program keeps it", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  const file = join(cwd, "lock");
  const mine = posix.openAt(AT_CWD, file, "append");
  assert.ok(posix.lock(mine));
  const waiting = new Running(t, ours("setlock"), ["lock", "sh", "-c", "echo got it >&2; cat"], {
    cwd,
  });
  await until("it to wait for the lock", () =>
    fs.readFileSync("/proc/locks", "latin1").includes(`-> FLOCK  ADVISORY  WRITE ${waiting.pid} `),
  );
  assert.equal(waiting.stderr, "");
  posix.close(mine);
  await waiting.says("got it");
  const again = posix.openAt(AT_CWD, file, "append");
  t.after(() => posix.close(again));
  assert.equal(posix.lock(again), false);
  await waiting.finish();
  assert.equal(posix.lock(again), true);
});

test("TERM ends a setlock that waits", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  const mine = posix.openAt(AT_CWD, join(cwd, "lock"), "append");
  t.after(() => posix.close(mine));
  assert.ok(posix.lock(mine));
  const waiting = new Running(t, ours("setlock"), ["lock", "true"], { cwd });
  await until("it to wait for the lock", () =>
    fs.readFileSync("/proc/locks", "latin1").includes(`-> FLOCK  ADVISORY  WRITE ${waiting.pid} `),
  );
  assert.deepEqual(await waiting.stop("SIGTERM"), { code: null, signal: "SIGTERM" });
});

test("the file of a lock is made with mode 600, and kept as it is", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  fs.writeFileSync(join(cwd, "old"), "text", { mode: 0o644 });
  const run = new Running(t, ours("setlock"), ["new", ours("setlock"), "old", "true"], { cwd });
  assert.deepEqual(await run.ended, { code: 0, signal: null });
  assert.equal(fs.statSync(join(cwd, "new")).mode & 0o777, 0o600);
  assert.equal(fs.readFileSync(join(cwd, "old"), "utf8"), "text");
});
