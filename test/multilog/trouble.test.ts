import assert from "node:assert/strict";
import { test } from "node:test";
import { attempt, Trouble } from "../../src/multilog/trouble.ts";
import { posix, SystemFailure } from "../../src/posix/index.ts";

const timeout = 20_000;
/** Nobody waits for it: every pause of these tests is cut short. */
const FOR_EVER_MS = 3_600_000;
const FULL = new SystemFailure("ENOSPC", "write");

/** A Trouble on a clock that is set by hand, and what it says. */
function troubled(pauseMs: number = FOR_EVER_MS) {
  const said: string[] = [];
  const clock = { ms: 1000 };
  const changes = { count: 0 };
  const system = { ...posix, monotonicMs: () => clock.ms };
  const trouble = new Trouble(system, (line) => void said.push(line.toString()), pauseMs);
  trouble.onChange = () => void changes.count++;
  return { trouble, said, clock, changes };
}

test("attempt makes of a system failure something that can be tried again", () => {
  assert.equal(
    attempt(["write"], () => {}),
    undefined,
  );
  const blocked = attempt(["write ", "x"], () => {
    throw FULL;
  });
  assert.deepEqual(blocked, { kind: "failure", words: ["write ", "x"], failure: FULL });
});

test("attempt lets our own mistakes through", () => {
  const own = new TypeError("ours");
  assert.throws(
    () =>
      attempt([], () => {
        throw own;
      }),
    own,
  );
});

test("a pause is said with its cause, and ends by itself", { timeout }, async () => {
  const { trouble, said } = troubled(1);
  await trouble.pause(["write to ", Buffer.from("./x"), "/current"], FULL);
  assert.deepEqual(said, ["unable to write to ./x/current, pausing: out of disk space"]);
  assert.equal(trouble.failures, 1);
  assert.equal(trouble.now, undefined);
});

test("a pause stands still until it is woken, and its time is counted", { timeout }, async () => {
  const { trouble, clock, changes } = troubled();
  const pause = trouble.pause(["write"], FULL);
  assert.deepEqual(trouble.now, {
    reason: "unable to write, pausing: out of disk space",
    since: 1000,
  });
  clock.ms = 1250;
  assert.equal(trouble.pausedMs, 0);
  trouble.wake();
  await pause;
  assert.equal(trouble.pausedMs, 250);
  assert.equal(trouble.now, undefined);
  assert.equal(changes.count, 2);
});

test("waking ends every pause, and a later one is as long as ever", { timeout }, async () => {
  const { trouble } = troubled();
  const pauses = [
    trouble.pause(["a"], FULL),
    trouble.pause(["b"], FULL),
    trouble.pauseAside(["c"], FULL),
  ];
  trouble.wake();
  await Promise.all(pauses);
  let ended = false;
  const later = trouble.pause(["d"], FULL).then(() => {
    ended = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(ended, false);
  trouble.wake();
  await later;
  assert.equal(trouble.failures, 4);
});

test("of several that stand still the first is told, and then the next", { timeout }, async () => {
  const { trouble, clock } = troubled();
  let finish = (): void => {};
  const first = trouble.standing("first", () => new Promise((resolve) => (finish = resolve)));
  clock.ms = 1100;
  const second = trouble.standing("second", () => Promise.resolve());
  assert.equal(trouble.now?.reason, "first");
  await second;
  clock.ms = 1300;
  finish();
  await first;
  assert.equal(trouble.now, undefined);
  assert.equal(trouble.pausedMs, 300);
});

test("standing still ends when the step fails, and the failure goes on", { timeout }, async () => {
  const { trouble } = troubled();
  await assert.rejects(
    trouble.standing("step", () => Promise.reject(FULL)),
    FULL,
  );
  assert.equal(trouble.now, undefined);
});

test("a step in the background is told apart: nobody stands still for it", {
  timeout,
}, async () => {
  const { trouble, said, clock, changes } = troubled();
  const aside = trouble.pauseAside(["write ", "./x", " to disk"], FULL);
  const after = trouble.pauseAsideAfter(Buffer.from("processor failed in ./x, pausing"));
  assert.equal(trouble.now, undefined);
  assert.equal(trouble.aside, "unable to write ./x to disk, pausing: out of disk space");
  clock.ms = 9000;
  trouble.wake();
  await Promise.all([aside, after]);
  assert.equal(trouble.aside, undefined);
  assert.equal(trouble.pausedMs, 0);
  assert.equal(trouble.failures, 2);
  assert.equal(changes.count, 4);
  assert.equal(said[1], "processor failed in ./x, pausing");
});
