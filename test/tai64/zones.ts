/** Time zones made up for the tests, each a function as the system's localtime is. */
import { type LocalTime, universalTime } from "../../src/tai64/local-time.ts";

/** Changes by an hour, by half an hour, by odd seconds, and by 15 minutes in the middle of a block. */
const CHANGES: readonly (readonly [from: number, offset: number])[] = [
  [-Infinity, 3208], // local mean time
  [-2_000_000_000, 3600],
  [1_000_000_000, 7200],
  [1_000_007_000, 5400],
  [1_000_020_123, -12_600],
  [1_000_086_400, 45_900],
];
/** All the changes, to test around. */
export const CHANGE_TIMES: readonly number[] = CHANGES.slice(1).map(([from]) => from);

export function changefulZone(unixSeconds: bigint): LocalTime | undefined {
  const [, offset] = CHANGES.findLast(([from]) => Number(unixSeconds) >= from)!;
  const local = universalTime(unixSeconds + BigInt(offset));
  return local && { ...local, offset };
}

/** When the zone below has its leap second, 23:59:60 of 2016. */
export const LEAP_SECOND = 1_483_228_800n;

/** Like "right/UTC" with one leap second: the count goes through it. */
export function leapingZone(unixSeconds: bigint): LocalTime | undefined {
  if (unixSeconds < LEAP_SECOND) return universalTime(unixSeconds);
  const local = universalTime(unixSeconds - 1n);
  return unixSeconds === LEAP_SECOND && local ? { ...local, second: 60 } : local;
}

/** A zone that is always so many seconds ahead, by JavaScript's Date. */
export function zoneByDate(offset: number): (unixSeconds: bigint) => LocalTime {
  return (unixSeconds) => {
    const date = new Date((Number(unixSeconds) + offset) * 1000);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      offset,
    };
  };
}
