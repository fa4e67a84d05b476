/**
 * Clocks: the wall clock in nanoseconds, a clock that never steps, and the C library's local time.
 */
import { bind } from "./libc.ts";
import type { Clock, LocalTime } from "./types.ts";

const CLOCK_REALTIME = 0;
const clockGettime = bind("int clock_gettime(int clock, void *out)");
const localtimeR = bind("void *localtime_r(const int64_t *seconds, void *out)");
const tzset = bind("void tzset()");

const timespec = new BigInt64Array(2);
const seconds = new BigInt64Array(1);
/** struct tm: nine ints, then the offset as a long (8 bytes, aligned) and a pointer. */
const brokenDown = Buffer.alloc(64);
const TM_OFFSET_AT = 40;

/** Nobody ever wakes who waits for it. */
const never = new Int32Array(new SharedArrayBuffer(4));

let zoneRead = false;

function localTime(unixSeconds: bigint): LocalTime | undefined {
  if (!zoneRead) tzset();
  zoneRead = true;
  seconds[0] = unixSeconds;
  if (localtimeR(seconds, brokenDown) === null) return undefined;
  const field = (index: number): number => brokenDown.readInt32LE(4 * index);
  return {
    year: field(5) + 1900,
    month: field(4) + 1,
    day: field(3),
    hour: field(2),
    minute: field(1),
    second: field(0),
    offset: Number(brokenDown.readBigInt64LE(TM_OFFSET_AT)),
  };
}

export const clock: Clock = {
  now: () => {
    clockGettime(CLOCK_REALTIME, timespec);
    return (timespec[0] ?? 0n) * 1_000_000_000n + (timespec[1] ?? 0n);
  },
  monotonicMs: () => performance.now(),
  localTime,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  standStill: (ms) => void Atomics.wait(never, 0, 0, ms),
};
