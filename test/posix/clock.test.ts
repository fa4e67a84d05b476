// Not tested: a clock that is being set (no test may set it).
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { clock } from "../../src/posix/clock.ts";
import type { LocalTime } from "../../src/posix/types.ts";
import { runProgram } from "./launched.ts";

/** What the C library says in a time zone: a program each, as the zone is read once. */
function localTimes(zone: string, seconds: readonly bigint[]): (LocalTime | null)[] {
  const { stdout, stderr } = runProgram("local-time", seconds.map(String), { env: { TZ: zone } });
  assert.equal(stderr, "");
  return JSON.parse(stdout) as (LocalTime | null)[];
}

const shown = (time: LocalTime | null | undefined): string =>
  time === null || time === undefined
    ? "none"
    : `${time.year}-${time.month}-${time.day} ${time.hour}:${time.minute}:${time.second} ${time.offset}`;

const hasZones = fs.existsSync("/usr/share/zoneinfo/America/New_York");
const skip = hasZones ? false : "no zone files here";

test("now is the wall clock in nanoseconds", () => {
  const before = BigInt(Date.now()) * 1_000_000n;
  const now = clock.now();
  const after = BigInt(Date.now() + 1) * 1_000_000n;
  assert.ok(before <= now && now <= after, `${before} ${now} ${after}`);
});

test("now is finer than a millisecond", () => {
  const readings = Array.from({ length: 1000 }, () => clock.now());
  assert.ok(readings.some((reading) => reading % 1_000_000n !== 0n));
  assert.ok((readings.at(-1) ?? 0n) >= (readings[0] ?? 0n));
});

test("monotonicMs never goes back", () => {
  let last = clock.monotonicMs();
  for (let time = 0; time < 10_000; time++) {
    const reading = clock.monotonicMs();
    assert.ok(reading >= last);
    last = reading;
  }
});

test("sleep takes the time it is given", async () => {
  const begun = clock.monotonicMs();
  await clock.sleep(20);
  assert.ok(clock.monotonicMs() - begun >= 19);
});

test("local time in UTC, before 1970 too", () => {
  assert.deepEqual(localTimes("UTC", [0n, 1_000_000_000n, -1n, 951_782_400n]).map(shown), [
    "1970-1-1 0:0:0 0",
    "2001-9-9 1:46:40 0",
    "1969-12-31 23:59:59 0",
    "2000-2-29 0:0:0 0",
  ]);
});

test("local time follows TZ as the C library reads it, a rule without a zone file among them", () => {
  assert.deepEqual(localTimes("XYZ-5:45", [0n]).map(shown), ["1970-1-1 5:45:0 20700"]);
  const rule = "CET-1CEST,M3.5.0,M10.5.0/3";
  // The last second before and the first second of summer time 2024, and of winter time.
  const turns = [1_711_846_799n, 1_711_846_800n, 1_729_990_799n, 1_729_990_800n];
  assert.deepEqual(localTimes(rule, turns).map(shown), [
    "2024-3-31 1:59:59 3600",
    "2024-3-31 3:0:0 7200",
    "2024-10-27 2:59:59 7200",
    "2024-10-27 2:0:0 3600",
  ]);
});

test("local time turns with the zone files", { skip }, () => {
  const turns = [1_710_054_000n - 1n, 1_710_054_000n, 1_730_613_600n - 1n, 1_730_613_600n];
  assert.deepEqual(localTimes("America/New_York", turns).map(shown), [
    "2024-3-10 1:59:59 -18000",
    "2024-3-10 3:0:0 -14400",
    "2024-11-3 1:59:59 -14400",
    "2024-11-3 1:0:0 -18000",
  ]);
  // Half an hour of summer time, and a day that never was.
  assert.deepEqual(localTimes("Australia/Lord_Howe", [1_704_067_200n]).map(shown), [
    "2024-1-1 11:0:0 39600",
  ]);
  assert.deepEqual(localTimes("Pacific/Apia", [1_325_239_199n, 1_325_239_200n]).map(shown), [
    "2011-12-29 23:59:59 -36000",
    "2011-12-31 0:0:0 50400",
  ]);
});

test("local time has no answer beyond the years that fit into an int", () => {
  const end = 67_768_036_191_676_799n;
  const times = [end, end + 1n, 2n ** 62n, -(2n ** 62n)];
  assert.deepEqual(localTimes("UTC", times).map(shown), [
    "2147485547-12-31 23:59:59 0",
    "none",
    "none",
    "none",
  ]);
});
