/**
 * Times as people write them, from left to right: a label, a date, a time of day, an offset; or how
 * long ago. What follows something that was understood is named when it is not.
 */
import { DAY_SECONDS, daysOfCivil } from "../tai64/civil.ts";
import { type LocalTime, universalTime } from "../tai64/local-time.ts";
import type { Bound } from "./bound.ts";
import { keyOf } from "./label-key.ts";

/** Broken-down time of a zone; undefined where the system has no answer. */
export type Zone = (unixSeconds: bigint) => LocalTime | undefined;

/** A time that cannot be read: says what was understood of it. */
export class TimeError extends Error {
  override readonly name = "TimeError";
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  d: DAY_SECONDS,
  day: DAY_SECONDS,
  w: 7 * DAY_SECONDS,
  week: 7 * DAY_SECONDS,
};

const PERIOD = /^(\d+)\s*([a-z]+)\s*/i;
const DATE = /^(\d{4})-(\d\d?)-(\d\d?)(?=$|[T_\s])[T_\s]?\s*/i;
const DAY = /^(today|yesterday|tomorrow)(?=$|\s)\s*/i;
const TIME = /^(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*/;
const OFFSET = /^(?:(z|utc)|([+-])(\d\d):?(\d\d))$/i;

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** What was read so far of a text. */
class Reading {
  readonly text: string;
  rest: string;

  constructor(text: string) {
    this.text = text;
    this.rest = text.trim();
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.rest) ?? undefined;
    if (found) this.rest = this.rest.slice(found[0].length);
    return found;
  }

  fail(cause?: string): never {
    const at = this.text.trim().length - this.rest.length;
    const understood = this.text.trim().slice(0, at).trim();
    const what =
      cause ??
      (understood === "" || this.rest === ""
        ? `a time is like 14:30, "2026-11-20 14:30:05", "yesterday 14:00", 10m, "2h ago" or a label`
        : `understood "${understood}", not "${this.rest}"`);
    throw new TimeError(`unable to understand the time "${this.text}": ${what}`);
  }
}

/**
 * The first moment that a text names.
 *
 * @param nowNanos  nanoseconds since 1970
 * @throws TimeError
 */
export function parseTime(text: string, nowNanos: bigint, zone: Zone): Bound {
  const reading = new Reading(text);
  const { rest } = reading;
  if (rest.startsWith("@")) return parseAt(reading);
  if (/^now$/i.test(rest)) return timeOf(nowNanos);
  if (PERIOD.test(rest) && !DATE.test(rest)) return parseAgo(reading, nowNanos);
  return parseMoment(reading, nowNanos, zone);
}

/** A label, or Unix seconds as date(1) reads them: `@1763643600`. */
function parseAt(reading: Reading): Bound {
  const { rest } = reading;
  const key = keyOf(Buffer.from(rest.toLowerCase()));
  if (key !== undefined && rest.length === 25) return { kind: "label", ...key };
  if (/^@\d{1,12}$/.test(rest)) return { kind: "time", seconds: Number(rest.slice(1)), nanos: 0 };
  return reading.fail("a label is @ and 24 digits from 0 to 9 and a to f, of a time that there is");
}

function parseAgo(reading: Reading, nowNanos: bigint): Bound {
  let seconds = 0;
  for (let found = reading.take(PERIOD); found; found = reading.take(PERIOD)) {
    const [, count, word = ""] = found;
    const lower = word.toLowerCase();
    const unit = UNITS[lower] ?? UNITS[lower.replace(/s$/, "")];
    if (unit === undefined)
      reading.fail(`"${word}" is no unit of time: these are s, m, h, d and w`);
    seconds += Number(count) * unit;
  }
  reading.take(/^ago$/i);
  if (reading.rest !== "") reading.fail();
  return timeOf(nowNanos - BigInt(seconds) * 1_000_000_000n);
}

function parseMoment(reading: Reading, nowNanos: bigint, zone: Zone): Bound {
  const date = reading.take(DATE);
  const word = date === undefined ? reading.take(DAY) : undefined;
  const time = reading.take(TIME);
  if (date === undefined && word === undefined && time === undefined) reading.fail();
  const offset = reading.rest === "" ? undefined : reading.take(OFFSET);
  if (reading.rest !== "") reading.fail();
  const [, hour = "0", minute = "0", second = "0", fraction = ""] = time ?? [];
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60)
    reading.fail(`there is no ${hour}:${minute}${time?.[3] ? `:${second}` : ""} in a day`);
  const ofDay = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const shift = offset && offsetSeconds(offset);
  const zoneOf: Zone = shift === undefined ? zone : shifted(shift);
  const day = date ? dateOf(date, reading) : dayOf(word?.[1], nowNanos, zoneOf, reading);
  const civil = daysOfCivil(day.year, day.month, day.day) * DAY_SECONDS + ofDay;
  const seconds = shift === undefined ? fromCivil(civil, zone) : civil - shift;
  return { kind: "time", seconds, nanos: Number(fraction.padEnd(9, "0")) };
}

function offsetSeconds([, universal, sign, hours, minutes]: RegExpExecArray): number {
  if (universal !== undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60;
}

/** The days of a zone with a fixed offset. */
function shifted(offset: number): Zone {
  return (unixSeconds) => {
    const local = universalTime(unixSeconds + BigInt(offset));
    return local && { ...local, offset };
  };
}

function dateOf(found: RegExpExecArray, reading: Reading): Day {
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number);
  const at = new Date(Date.UTC(year, month - 1, day));
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day)
    reading.fail(`there is no ${found[0].trim().replace(/[T_]$/i, "")} in the calendar`);
  return { year, month, day };
}

function dayOf(word: string | undefined, nowNanos: bigint, zone: Zone, reading: Reading): Day {
  const today = zone(nowNanos / 1_000_000_000n) ?? reading.fail("the system cannot tell today");
  const days = { yesterday: -1, today: 0, tomorrow: 1 }[word?.toLowerCase() ?? "today"] ?? 0;
  const at = new Date(Date.UTC(today.year, today.month - 1, today.day + days));
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

/** Unix seconds of a civil time: the earlier of two where the clock is set back, the next one where it jumps. */
function fromCivil(civil: number, zone: Zone): number {
  const offsetAt = (seconds: number): number => zone(BigInt(seconds))?.offset ?? 0;
  // The offset may change within a day of it: both are tried.
  const before = civil - offsetAt(civil - DAY_SECONDS);
  const after = civil - offsetAt(civil + DAY_SECONDS);
  const fits = [before, after].filter((seconds) => seconds + offsetAt(seconds) === civil);
  return fits.length > 0 ? Math.min(...fits) : Math.max(before, after);
}

function timeOf(nanos: bigint): Bound {
  const seconds = nanos / 1_000_000_000n;
  return { kind: "time", seconds: Number(seconds), nanos: Number(nanos % 1_000_000_000n) };
}
