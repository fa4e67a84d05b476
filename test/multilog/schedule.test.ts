// Not tested: the timers of Schedule to the millisecond; a machine that sleeps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Schedule, turnAt } from "../../src/multilog/schedule.ts";
import type { LocalTimeOf } from "../../src/multilog/stamp.ts";

const DAY = 86_400;
const HOUR = 3600;

/** A zone that is `offsets[0]` seconds east of UTC, and from each moment on another. */
function zone(first: number, ...changes: readonly [from: number, offset: number][]): LocalTimeOf {
  return (unixSeconds) => {
    const offset = changes.findLast(([from]) => unixSeconds >= BigInt(from))?.[1] ?? first;
    return { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, offset };
  };
}

const UTC = zone(0);
/** Central European time in 2024. */
const SPRING = 1_711_846_800;
const AUTUMN = 1_729_990_800;
const CET = zone(HOUR, [SPRING, 2 * HOUR], [AUTUMN, HOUR]);

/** The moments from `from` to `to` at which a turn begins. */
function turns(from: number, to: number, every: number, localTime: LocalTimeOf): number[] {
  const found: number[] = [];
  for (let at = from; at < to; at += 60) {
    if (turnAt(at, every, localTime) > turnAt(at - 60, every, localTime)) found.push(at);
  }
  return found;
}

test("a turn is a multiple of the interval in local time: 1d is midnight, 1h the full hour", () => {
  const midnight = 1_700_006_400;
  assert.deepEqual(turns(midnight - HOUR, midnight + DAY, DAY, UTC), [midnight]);
  assert.deepEqual(turns(midnight, midnight + 2 * DAY, DAY, zone(-5 * HOUR)), [
    midnight + 5 * HOUR,
    midnight + DAY + 5 * HOUR,
  ]);
  // Half past the hour of UTC, where local time is half an hour off.
  assert.deepEqual(turns(midnight, midnight + HOUR, HOUR, zone(19_800)), [midnight + 1800]);
});

test("fractions of a second belong to the turn that they lie in", () => {
  assert.equal(turnAt(59.999, 60, UTC), 0);
  assert.equal(turnAt(60, 60, UTC), 1);
});

test("the day on which summer time begins has 23 hours, the day on which it ends 25", () => {
  const spring = turns(SPRING - DAY, SPRING + 2 * DAY, DAY, CET);
  assert.deepEqual(
    spring.map((at, i) => at - (spring[i - 1] ?? at)),
    [0, 23 * HOUR, DAY],
  );
  const autumn = turns(AUTUMN - DAY, AUTUMN + 2 * DAY, DAY, CET);
  assert.deepEqual(
    autumn.map((at, i) => at - (autumn[i - 1] ?? at)),
    [0, 25 * HOUR, DAY],
  );
});

test("where the C library has no answer, local time is UTC", () => {
  assert.equal(
    turnAt(DAY + 1, DAY, () => undefined),
    1,
  );
});

/** Runs a schedule over a clock that is set by hand, and tells how often it called. */
async function calls(
  every: number,
  moments: readonly number[],
  localTime: LocalTimeOf,
): Promise<number> {
  let now = moments[0] ?? 0;
  let count = 0;
  let looks = 0;
  const schedule = new Schedule(
    every,
    () => BigInt(Math.round(now * 1e9)),
    (seconds) => {
      looks++;
      return localTime(seconds);
    },
    () => count++,
  );
  // The timers do not keep a process alive.
  const alive = setInterval(() => {}, 1000);
  for (const moment of moments.slice(1)) {
    const before = looks;
    now = moment;
    while (looks === before) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  schedule.stop();
  clearInterval(alive);
  return count;
}

const timeout = 30_000;
/** Just before a turn, so that the next look comes in a few milliseconds. */
const before = (turn: number): number => turn - 0.002;

test("a schedule calls once for a turn, however many have passed", { timeout }, async () => {
  assert.equal(await calls(HOUR, [before(HOUR), HOUR + 0.001], UTC), 1);
  assert.equal(await calls(HOUR, [before(HOUR), 7 * HOUR + 5], UTC), 1);
});

test("a schedule does not call before its turn", { timeout }, async () => {
  assert.equal(await calls(HOUR, [before(HOUR), before(HOUR) + 0.001], UTC), 0);
});

test("a clock that is set back makes no turn, and the next one comes when it is reached again", {
  timeout,
}, async () => {
  const back = before(HOUR);
  assert.equal(await calls(HOUR, [before(2 * HOUR), back], UTC), 0);
  assert.equal(await calls(HOUR, [before(2 * HOUR), back, HOUR + 0.001], UTC), 1);
});
