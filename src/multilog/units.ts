/**
 * Numbers in a logging script: as daemontools reads them, and with units where the actions are new.
 */

const WORD = 1n << 64n;
const SIZE_UNITS: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
const DURATION_UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads decimal digits up to the first other byte; none is 0; wraps at 2^64 (scan_ulong). */
export function scanNumber(text: string): bigint {
  const digits = /^[0-9]*/.exec(text)?.[0] ?? "";
  return BigInt(digits || "0") % WORD;
}

/** `10`, `64k`, `3m`, `1g` in bytes; undefined when it is not a size above zero. */
export function parseSize(text: string): number | undefined {
  return withUnit(text, SIZE_UNITS);
}

/** `90`, `90s`, `5m`, `12h`, `7d` in seconds; undefined when it is not a duration above zero. */
export function parseDuration(text: string): number | undefined {
  return withUnit(text, DURATION_UNITS);
}

function withUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const found = /^([0-9]+)([a-z]?)$/i.exec(text);
  const unit = units[(found?.[2] ?? "?").toLowerCase()];
  if (found === null || unit === undefined) return undefined;
  const value = Number(found[1]) * unit;
  return value > 0 && Number.isSafeInteger(value) ? value : undefined;
}

/** A size in the largest unit that leaves at least one: `1.5 GB`, `97.7 KB`, `12 bytes`. */
export function showSize(bytes: number): string {
  for (const [name, unit] of [
    ["GB", 2 ** 30],
    ["MB", 2 ** 20],
    ["KB", 2 ** 10],
  ] as const) {
    if (bytes >= unit) return `${Number((bytes / unit).toFixed(1))} ${name}`;
  }
  return plural(bytes, "byte");
}

/** A duration in its largest whole unit: `7 days`, `90 minutes`, `1 second`. */
export function showDuration(seconds: number): string {
  for (const [name, unit] of [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const) {
    if (seconds >= unit && seconds % unit === 0) return plural(seconds / unit, name);
  }
  return plural(seconds, "second");
}

/** `1 file`, `2 files`. */
export function plural(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
