/** How often a service died lately, in buckets of the clock's minutes, and when that will be another number. */
import type { DeathEntry } from "../../supervise/deaths.ts";
import { toUnixNanos } from "../../tai64/index.ts";
import type { DeathCounts } from "./types.ts";

const MINUTE_MS = 60_000;
const MINUTES = 60;
const NANOS_PER_MS = 1_000_000n;

export interface Counted {
  readonly counts: DeathCounts;
  /** Milliseconds since 1970; Infinity where time alone changes nothing. */
  readonly validUntilMs: number;
}

const NONE: readonly number[] = Array.from({ length: MINUTES }, () => 0);

export function countDeaths(deaths: readonly DeathEntry[], nowMs: number): Counted {
  const thisMinute = Math.floor(nowMs / MINUTE_MS);
  const perMinute = [...NONE];
  let minute = 0;
  let validUntilMs = Number.POSITIVE_INFINITY;
  for (const { at } of deaths) {
    const ms = Number(toUnixNanos(at) / NANOS_PER_MS);
    // A clock that was set back: what lies ahead is counted as now.
    const age = Math.max(0, thisMinute - Math.floor(ms / MINUTE_MS));
    if (age >= MINUTES) continue;
    const place = MINUTES - 1 - age;
    perMinute[place] = (perMinute[place] ?? 0) + 1;
    validUntilMs = Math.min(validUntilMs, (thisMinute + 1) * MINUTE_MS);
    if (nowMs - ms > MINUTE_MS) continue;
    minute++;
    validUntilMs = Math.min(validUntilMs, ms + MINUTE_MS + 1);
  }
  const hour = perMinute.reduce((sum, some) => sum + some, 0);
  return { counts: { minute, hour, kept: deaths.length, perMinute }, validUntilMs };
}
