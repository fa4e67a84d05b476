/**
 * The four ways of stamping a line, as the kernel needs them: a prefix that is filled in for a
 * second, in which a counter of nanoseconds runs that the kernel writes for every line.
 */
import type { LocalTime } from "../posix/index.ts";
import { fromUnixNanos } from "../tai64/instant.ts";
import { writeLabel } from "../tai64/label.ts";
import type { StampForm } from "./kernel/program.ts";
import type { StampStyle } from "./script.ts";

export const NANOS_PER_SECOND = 1_000_000_000n;

/** For every style: ten digits end in 2286. */
const LAST_SECOND = 9_999_999_999n;

export type LocalTimeOf = (unixSeconds: bigint) => LocalTime | undefined;

export interface Stamp {
  readonly form: StampForm;
  /** The prefix of every line of a second; the counter's digits are zero. */
  readonly prefix: (unixSeconds: bigint) => Buffer;
}

/**
 * @param localTime  the zone for `:stamp=local`
 * @returns how lines are stamped in that style
 */
export function stampOf(style: StampStyle, localTime: LocalTimeOf): Stamp {
  switch (style) {
    case "tai64n":
      // `@`, 16 digits of seconds, 8 of nanoseconds, a blank.
      return {
        form: { bytes: 26, counterAt: 17, digits: 8, radix: 16, divisor: 1 },
        prefix: label,
      };
    case "unix":
      return decimal((seconds) => `${String(seconds).padStart(10, "0")}.`, 6);
    case "iso":
      return decimal((seconds) => `${isoSecond(seconds)}.`, 9, "Z ");
    case "local":
      return decimal((seconds) => `${localSecond(localTime(seconds), seconds)}.`, 9);
  }
}

function label(unixSeconds: bigint): Buffer {
  const prefix = Buffer.alloc(26, " ");
  writeLabel(prefix, 0, fromUnixNanos(unixSeconds * NANOS_PER_SECOND));
  return prefix;
}

/** A prefix of text, a fraction of `digits` digits, and `tail`. */
function decimal(text: (seconds: bigint) => string, digits: 6 | 9, tail: string = " "): Stamp {
  const counterAt = text(0n).length;
  return {
    form: {
      bytes: counterAt + digits + tail.length,
      counterAt,
      digits,
      radix: 10,
      divisor: digits === 6 ? 1000 : 1,
    },
    prefix: (seconds) => Buffer.from(`${text(sensible(seconds))}${"0".repeat(digits)}${tail}`),
  };
}

function isoSecond(unixSeconds: bigint): string {
  return new Date(Number(unixSeconds) * 1000).toISOString().slice(0, 19);
}

/** As tai64nlocal writes it: `2001-07-09 23:09:44`. */
function localSecond(time: LocalTime | undefined, unixSeconds: bigint): string {
  if (time === undefined) return isoSecond(unixSeconds).replace("T", " ");
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${String(time.year).padStart(4, "0")}-${two(time.month)}-${two(time.day)}`;
  return `${date} ${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
}

/** A clock beyond the year 9999 would need more room than a prefix has: it is shown as its end. */
function sensible(unixSeconds: bigint): bigint {
  return unixSeconds < LAST_SECOND ? unixSeconds : LAST_SECOND;
}
