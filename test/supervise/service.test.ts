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
  TABLE,
} from "../../src/supervise/service.ts";

const EVENTS: readonly Event[] = [...COMMANDS, ...NEWS];

/** What happens to a service that wants up, is not paused, and is owed nothing: changes, then effects. */
const CELLS: Readonly<Record<Event, Readonly<Record<Exclude<Phase, "over">, string>>>> = {
  u: {
    down: "waiting: publish startSoon",
    waiting: "publish startSoon",
    up: "publish",
    finishing: "publish",
  },
  d: {
    down: "want=down: publish",
    waiting: "down want=down: forgetStart publish",
    up: "want=down: stop publish",
    finishing: "want=down: publish",
  },
  o: {
    down: "waiting want=once: publish startSoon",
    waiting: "want=once: publish startSoon",
    up: "want=once: publish",
    finishing: "want=once owed=true: publish",
  },
  p: {
    down: "publish",
    waiting: "publish",
    up: "paused=true: publish pause",
    finishing: "publish",
  },
  c: { down: "publish", waiting: "publish", up: "publish resume", finishing: "publish" },
  x: {
    down: "over exit=true: publish end",
    waiting: "over exit=true: forgetStart publish end",
    up: "exit=true: publish",
    finishing: "exit=true: publish",
  },
  signal: { down: "", waiting: "", up: "signal", finishing: "" },
  due: { down: "", waiting: "start", up: "", finishing: "" },
  started: { down: "", waiting: "up: publish", up: "", finishing: "" },
  unstarted: { down: "", waiting: "publish startAfterFailure", up: "", finishing: "" },
  ready: { down: "", waiting: "", up: "tellReady", finishing: "" },
  died: { down: "", waiting: "", up: "finishing: bury finish", finishing: "" },
  killDue: { down: "", waiting: "", up: "kill", finishing: "" },
  finished: { down: "", waiting: "", up: "", finishing: "waiting: startAfterDeath" },
  failed: { down: "", waiting: "", up: "", finishing: "down want=down: giveUp publish" },
  finishDue: { down: "", waiting: "", up: "", finishing: "killFinish" },
};

function told(before: Service, event: Event): string {
  const { next, effects } = step(before, event);
  const phase = next.phase === before.phase ? [] : [next.phase];
  const fields = (["want", "paused", "exit", "owed"] as const)
    .filter((field) => next[field] !== before[field])
    .map((field) => `${field}=${next[field]}`);
  const changes = [...phase, ...fields].join(" ");
  return [...(changes ? [`${changes}:`] : []), ...effects].join(" ");
}

const up: Service = { ...newService("up"), phase: "up" };

test("every cell of the table does what stands here", () => {
  let cells = 0;
  for (const event of EVENTS) {
    for (const phase of PHASES) {
      const expected = phase === "over" ? "" : CELLS[event][phase];
      assert.equal(told({ ...up, phase }, event), expected, `${event} in ${phase}`);
      cells++;
    }
  }
  assert.equal(cells, 16 * 5);
  assert.deepEqual(Object.keys(TABLE).sort(), [...EVENTS].sort());
});

test("where a service goes when its process is gone depends on what is wanted of it", () => {
  const finishing: Service = { ...up, phase: "finishing" };
  const cases: readonly [Partial<Service>, Event, string][] = [
    [{ want: "down" }, "finished", "down:"],
    [{ want: "once" }, "finished", "down:"],
    [{ want: "once", owed: true }, "finished", "waiting owed=false: startSoon"],
    [{ want: "down", exit: true }, "finished", "over: end"],
    [{ want: "up", exit: true }, "finished", "over: end"],
    [{ want: "once", owed: true, exit: true }, "finished", "over owed=false: end"],
    [{ want: "up", exit: true }, "failed", "over want=down: giveUp publish end"],
    [{ want: "once", owed: true }, "failed", "down want=down owed=false: giveUp publish"],
  ];
  for (const [fields, event, expected] of cases)
    assert.equal(told({ ...finishing, ...fields }, event), expected, JSON.stringify(fields));
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
