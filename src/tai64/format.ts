/**
 * Time formats in the manner of strftime, in the C locale's words, and with nanoseconds.
 *
 *   %Y year     %m month 01-12   %d day 01-31   %e day, blank-padded   %y year 00-99   %j day 001-366
 *   %H hour     %M minute        %S second 00-60
 *   %N nanoseconds, 9 digits     %3N milliseconds   %6N microseconds (rounded down)
 *   %a Mon…Sun  %b Jan…Dec       %F %Y-%m-%d    %T %H:%M:%S
 *   %z +hhmm    %:z +hh:mm       %s Unix seconds %% a per cent sign
 */
import { daysOfCivil } from "./civil.ts";
import type { LocalTime } from "./local-time.ts";

/** One moment in all the forms that a text may want. */
export interface Moment {
  readonly unixSeconds: bigint;
  /** Usually below 1,000,000,000; tai64nlocal does not check. */
  readonly nanos: number;
  readonly local: LocalTime;
}

export type Render = (moment: Moment) => string;

const DAYS = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]; // 1970-01-01 was a Thursday
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

const CONVERSIONS: Readonly<Record<string, Render>> = {
  Y: ({ local }) => String(local.year),
  m: ({ local }) => two(local.month),
  d: ({ local }) => two(local.day),
  e: ({ local }) => String(local.day).padStart(2, " "),
  y: ({ local }) => two(((local.year % 100) + 100) % 100),
  j: ({ local }) => String(dayOf(local) - daysOfCivil(local.year, 1, 1) + 1).padStart(3, "0"),
  H: ({ local }) => two(local.hour),
  M: ({ local }) => two(local.minute),
  S: ({ local }) => two(local.second),
  N: ({ nanos }) => String(nanos).padStart(9, "0"),
  "3N": ({ nanos }) => String(Math.floor(nanos / 1e6)).padStart(3, "0"),
  "6N": ({ nanos }) => String(Math.floor(nanos / 1e3)).padStart(6, "0"),
  a: ({ local }) => DAYS[((dayOf(local) % 7) + 7) % 7]!,
  b: ({ local }) => MONTHS[local.month - 1]!,
  F: ({ local }) => dateText(local),
  T: ({ local }) => clockText(local),
  z: ({ local }) => offsetText(local.offset, ""),
  ":z": ({ local }) => offsetText(local.offset, ":"),
  s: ({ unixSeconds }) => String(unixSeconds),
  "%": () => "%",
};

/** Between two conversions, or one conversion; an unknown one is matched whole, to be named. */
const PARTS = /[^%]+|%(?:[0-9:]*[A-Za-z%]|.|$)/gsu;

/**
 * Makes a function that writes moments in a format.
 *
 * @param format  text and conversions
 * @throws RangeError naming a conversion that is not known
 */
export function compileFormat(format: string): Render {
  const parts = (format.match(PARTS) ?? []).map((part) => {
    if (!part.startsWith("%")) return () => part;
    const render = Object.hasOwn(CONVERSIONS, part.slice(1)) && CONVERSIONS[part.slice(1)];
    if (render) return render;
    throw new RangeError(
      part === "%" ? "a format cannot end in %: write %%" : `unknown conversion ${part} in format`,
    );
  });
  return (moment) => {
    let text = "";
    for (const render of parts) text += render(moment);
    return text;
  };
}

/**
 * An offset from UTC as `+hhmm` with `separator` between the two; seconds, which zones had before
 * there was a standard time, are dropped as strftime does, or written too where `exact`.
 */
export function offsetText(offset: number, separator: string, exact: boolean = false): string {
  const size = Math.abs(offset);
  const minutes = Math.floor(size / 60);
  const text = `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
  return exact && size % 60 !== 0 ? `${text}${separator}${two(size % 60)}` : text;
}

/** `2001-07-09`; the year as it is. */
export function dateText({ year, month, day }: LocalTime): string {
  return `${year}-${two(month)}-${two(day)}`;
}

/** `23:09:44` */
export function clockText({ hour, minute, second }: LocalTime): string {
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** At least two digits. */
export function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function dayOf(local: LocalTime): number {
  return daysOfCivil(local.year, local.month, local.day);
}
