import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { civilOfDays, daysOfCivil } from "../../src/tai64/civil.ts";
import { LocalClock, type LocalTime, universalTime } from "../../src/tai64/local-time.ts";
import { CHANGE_TIMES, changefulZone, LEAP_SECOND, leapingZone, zoneByDate } from "./zones.ts";

test("universal time is what JavaScript's Date says, for all its years", () => {
  fc.assert(
    fc.property(fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }), (seconds) => {
      assert.deepEqual(universalTime(BigInt(seconds)), zoneByDate(0)(BigInt(seconds)));
    }),
    { numRuns: 5000 },
  );
});

test("universal time ends where the C library's years do", () => {
  // The last second of the year 2^31 - 1 + 1900, and the first of -2^31 + 1900.
  assert.equal(universalTime(67_768_036_191_676_799n)?.year, 2_147_485_547);
  assert.equal(universalTime(67_768_036_191_676_800n), undefined);
  assert.equal(universalTime(-67_768_040_609_740_800n)?.year, -2_147_481_748);
  assert.equal(universalTime(-67_768_040_609_740_801n), undefined);
  assert.equal(universalTime(1n << 62n), undefined);
});

test("a day counted from its date gives the date back", () => {
  for (let days = -1_000_000; days < 1_000_000; days += 7) {
    const { year, month, day } = civilOfDays(days);
    assert.equal(daysOfCivil(year, month, day), days);
  }
});

test("the clock says what the zone says, around every change of offset", () => {
  const clock = new LocalClock(changefulZone);
  let asked = 0;
  for (const change of CHANGE_TIMES) {
    for (let s = change - 2000; s < change + 2000; s++, asked++) {
      assert.deepEqual(clock.at(BigInt(s)), changefulZone(BigInt(s)));
    }
  }
  assert.equal(asked, 20_000);
});

test("the clock says what the zone says, in any order of seconds", () => {
  const clock = new LocalClock(changefulZone);
  const seconds = fc.oneof(
    fc.integer({ min: 999_900_000, max: 1_000_200_000 }),
    fc.integer({ min: -3_000_000_000, max: 4_000_000_000 }),
  );
  fc.assert(
    fc.property(seconds, (s) => {
      assert.deepEqual(clock.at(BigInt(s)), changefulZone(BigInt(s)));
    }),
    { numRuns: 5000 },
  );
});

test("a leap second is told as second 60, and what follows it one second later", () => {
  const clock = new LocalClock(leapingZone);
  assert.equal(clock.at(LEAP_SECOND - 1n)?.second, 59);
  assert.deepEqual(clock.at(LEAP_SECOND), leapingZone(LEAP_SECOND));
  assert.equal(clock.at(LEAP_SECOND)?.second, 60);
  assert.equal(clock.at(LEAP_SECOND + 1n)?.second, 0);
  for (let s = LEAP_SECOND - 3000n; s < LEAP_SECOND + 3000n; s++) {
    assert.deepEqual(clock.at(s), leapingZone(s));
  }
});

test("the system is asked twice for a quarter of an hour, not for every second", () => {
  let asked = 0;
  const clock = new LocalClock((s): LocalTime | undefined => {
    asked++;
    return universalTime(s);
  });
  for (let s = 0n; s < 9000n; s++) clock.at(s);
  assert.equal(asked, 20);
});

test("what the system cannot tell stays untold", () => {
  const clock = new LocalClock(() => undefined);
  assert.equal(clock.at(0n), undefined);
  assert.equal(clock.blockAt(0n), undefined);
});
