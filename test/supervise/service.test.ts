/** The table of a service: every cell, by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  COMMANDS,
  type Event,
  NEWS,
  newService,
  PHASES,
  type Phase,
  type Service,
  step,
} from "../../src/supervise/service.ts";
import { TABLE } from "../../src/supervise/service-table.ts";

const EVENTS: readonly Event[] = [...COMMANDS, ...NEWS];

/** What happens to a service that wants up, is not paused, and is owed nothing: changes, then effects. None: nothing. */
const CELLS: Readonly<Record<Event, Readonly<Partial<Record<Phase, string>>>>> = {
  u: {
    down: "waiting: publish startSoon",
    waiting: "publish startSoon",
    held: "publish",
    starting: "publish",
    prepared: "publish",
    up: "publish",
    finishing: "publish",
    stopping: "publish",
  },
  d: {
    down: "want=down: publish",
    waiting: "down want=down: forgetStart publish",
    held: "down want=down: forgetOthers publish",
    starting: "want=down: stop publish",
    prepared: "down want=down: publish",
    up: "want=down: stop publish",
    finishing: "want=down: publish",
    stopping: "want=down: publish",
  },
  o: {
    down: "waiting want=once: publish startSoon",
    waiting: "want=once: publish startSoon",
    held: "want=once: publish",
    starting: "want=once: publish",
    prepared: "publish",
    up: "want=once: publish",
    finishing: "want=once owed=true: publish",
    stopping: "want=once owed=true: publish",
  },
  p: {
    down: "publish",
    waiting: "publish",
    held: "publish",
    starting: "publish",
    prepared: "publish",
    up: "paused=true: publish pause",
    finishing: "publish",
    stopping: "publish",
  },
  c: {
    down: "publish",
    waiting: "publish",
    held: "publish",
    starting: "publish",
    prepared: "publish",
    up: "publish resume",
    finishing: "publish",
    stopping: "publish",
  },
  x: {
    down: "over exit=true: publish end",
    waiting: "over exit=true: forgetStart publish end",
    held: "over exit=true: forgetOthers publish end",
    starting: "exit=true: publish",
    prepared: "over exit=true: publish end",
    up: "exit=true: publish",
    finishing: "exit=true: publish",
    stopping: "exit=true: publish",
  },
  signal: { starting: "signal", up: "signal", stopping: "signal" },
  due: { waiting: "ask" },
  blocked: { waiting: "held" },
  clear: { waiting: "starting: begin", held: "starting: begin" },
  began: { starting: "waiting begun=true: start" },
  refused: { starting: "down want=down failed=true: giveUp publish" },
  brokenOff: { starting: "waiting: startAfterDeath" },
  started: { waiting: "up: publish" },
  unstarted: { waiting: "publish startAfterFailure" },
  absent: { waiting: "prepared want=once: publish" },
  ready: { up: "tellReady" },
  moved: { up: "publish tellReady" },
  died: { up: "finishing: bury finish" },
  killDue: { starting: "kill", up: "kill" },
  finished: { finishing: "waiting: startAfterDeath" },
  completed: { finishing: "down want=down: publish" },
  failed: { finishing: "down want=down failed=true: giveUp publish" },
  finishDue: { finishing: "killFinish" },
  stopped: { stopping: "waiting: startSoon" },
};

function told(before: Service, event: Event): string {
  const { next, effects } = step(before, event);
  const phase = next.phase === before.phase ? [] : [next.phase];
  const fields = (["want", "paused", "exit", "owed", "begun", "failed"] as const)
    .filter((field) => next[field] !== before[field])
    .map((field) => `${field}=${next[field]}`);
  const changes = [...phase, ...fields].join(" ");
  return [...(changes && effects.length > 0 ? [`${changes}:`] : [changes]), ...effects]
    .join(" ")
    .trim();
}

const up: Service = { ...newService("up"), phase: "up" };

test("every cell of the table does what stands here", () => {
  let cells = 0;
  for (const event of EVENTS) {
    for (const phase of PHASES) {
      const expected = CELLS[event][phase] ?? "";
      assert.equal(told({ ...up, phase }, event), expected, `${event} in ${phase}`);
      cells++;
    }
  }
  assert.equal(cells, 25 * 9);
  assert.deepEqual(Object.keys(TABLE).sort(), [...EVENTS].sort());
});

test("where a service goes when its process is gone depends on what is wanted of it", () => {
  const finishing: Service = { ...up, phase: "finishing" };
  const cases: readonly [Partial<Service>, Event, string][] = [
    [{ want: "down" }, "finished", "down"],
    [{ want: "once" }, "finished", "down"],
    [{ want: "once", owed: true }, "finished", "waiting owed=false: startSoon"],
    [{ want: "down", exit: true }, "finished", "over: end"],
    [{ want: "up", exit: true }, "finished", "over: end"],
    [{ want: "once", owed: true, exit: true }, "finished", "over owed=false: end"],
    [{ want: "up", exit: true }, "failed", "over want=down failed=true: giveUp publish end"],
    [
      { want: "once", owed: true },
      "failed",
      "down want=down owed=false failed=true: giveUp publish",
    ],
  ];
  for (const [fields, event, expected] of cases)
    assert.equal(told({ ...finishing, ...fields }, event), expected, JSON.stringify(fields));
});

test("what start has done, stop undoes once, when the service has ended for good", () => {
  const begun: Service = { ...up, begun: true };
  const cases: readonly [Partial<Service>, Event, string][] = [
    [{ phase: "finishing" }, "finished", "waiting: startAfterDeath"],
    [{ phase: "finishing", want: "once" }, "finished", "stopping: undo"],
    [{ phase: "finishing", want: "once", owed: true }, "finished", "waiting owed=false: startSoon"],
    [{ phase: "finishing", want: "down" }, "finished", "stopping: undo"],
    [{ phase: "finishing", exit: true }, "finished", "stopping: undo"],
    [{ phase: "finishing" }, "failed", "down want=down begun=false failed=true: giveUp publish"],
    [{ phase: "waiting" }, "d", "stopping want=down: forgetStart publish undo"],
    [{ phase: "waiting" }, "x", "stopping exit=true: forgetStart publish undo"],
    [{ phase: "waiting" }, "clear", "start"],
    [{ phase: "waiting", want: "once" }, "unstarted", "stopping: publish undo"],
    [{ phase: "held" }, "d", "stopping want=down: forgetOthers publish undo"],
    [{ phase: "held" }, "x", "stopping exit=true: forgetOthers publish undo"],
    [{ phase: "prepared", want: "once" }, "d", "stopping want=down: publish undo"],
    [{ phase: "prepared", want: "once" }, "x", "stopping exit=true: publish undo"],
    [{ phase: "stopping", want: "down" }, "stopped", "down begun=false"],
    [{ phase: "stopping", exit: true }, "stopped", "over begun=false: end"],
    [
      { phase: "stopping", want: "once", owed: true },
      "stopped",
      "waiting owed=false begun=false: startSoon",
    ],
  ];
  for (const [fields, event, expected] of cases)
    assert.equal(told({ ...begun, ...fields }, event), expected, JSON.stringify([fields, event]));
});

test("a start that was called off on the way goes no further", () => {
  const starting: Service = { ...up, phase: "starting" };
  assert.equal(told({ ...starting, want: "down" }, "began"), "stopping begun=true: undo");
  assert.equal(told({ ...starting, exit: true }, "began"), "stopping begun=true: undo");
  assert.equal(told({ ...starting, want: "down" }, "brokenOff"), "down");
  assert.equal(told({ ...starting, exit: true }, "brokenOff"), "over: end");
  assert.equal(
    told({ ...starting, exit: true }, "refused"),
    "over want=down failed=true: giveUp publish end",
  );
});

test("a service that was given up is so until a command comes", () => {
  const failed: Service = { ...newService("down"), failed: true };
  assert.equal(told(failed, "d"), "failed=false: publish");
  assert.equal(told(failed, "u"), "waiting want=up failed=false: publish startSoon");
  assert.equal(told(failed, "o"), "waiting want=once failed=false: publish startSoon");
  assert.equal(told(failed, "p"), "publish");
});

test("one run that could not be started is not tried again", () => {
  const waiting: Service = { ...up, phase: "waiting", want: "once" };
  assert.equal(told(waiting, "unstarted"), "down: publish");
});

test("what is paused is not any more once it is told to stop, continues, dies or starts", () => {
  const paused: Service = { ...up, paused: true };
  assert.equal(told(paused, "d"), "want=down paused=false: stop publish");
  assert.equal(told(paused, "c"), "paused=false: publish resume");
  assert.equal(told(paused, "died"), "finishing paused=false: bury finish");
  assert.equal(told({ ...paused, phase: "waiting" }, "started"), "up paused=false: publish");
});

test("a service that is to be down begins down, another one waits for its first start", () => {
  assert.equal(newService("down").phase, "down");
  assert.equal(newService("up").phase, "waiting");
});
