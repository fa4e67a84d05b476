/** How tai64nlocal writes a stamp. */
import { clockText, compileFormat, offsetText, type Render, two } from "./format.ts";
import type { LocalTime } from "./local-time.ts";

export interface Style {
  readonly render: Render;
  /**
   * Where `render` writes `YYYY-MM-DD`, a separator of one byte, `HH:MM:SS.nnnnnnnnn` and a suffix of
   * up to 16 bytes for all years from 1000 to 9999: those two, for the kernel.
   */
  readonly plain?: {
    readonly separator: string;
    readonly suffix: (local: LocalTime) => string;
  };
}

/**
 * daemontools' own: `2001-07-09 23:09:44.848605500`. The year is C's int written as an unsigned long:
 * a negative one has 20 digits.
 *
 * @see daemontools 0.76, tai64nlocal.c
 */
export const daemontoolsStyle: Style = {
  render: ({ local, nanos }) => {
    const year = BigInt.asUintN(64, BigInt(local.year | 0));
    return `${year}-${two(local.month)}-${two(local.day)} ${timeText(local, nanos)}`;
  },
  plain: { separator: " ", suffix: () => "" },
};

/**
 * ISO 8601: `2001-07-09T23:09:44.848605500+02:00`, or `Z` where `universal`. Years outside 0 to 9999
 * have a sign and at least six digits, as in JavaScript.
 */
export function isoStyle(universal: boolean): Style {
  const suffix = (local: LocalTime): string =>
    universal ? "Z" : offsetText(local.offset, ":", true);
  return {
    render: ({ local, nanos }) =>
      `${isoYear(local.year)}-${two(local.month)}-${two(local.day)}T${timeText(local, nanos)}${suffix(local)}`,
    plain: { separator: "T", suffix },
  };
}

/**
 * A format of the user's.
 *
 * @throws RangeError when the format is not valid
 */
export function formatStyle(format: string): Style {
  return { render: compileFormat(format) };
}

function timeText(local: LocalTime, nanos: number): string {
  return `${clockText(local)}.${String(nanos).padStart(9, "0")}`;
}

function isoYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, "0");
  return `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
}
