/** Numbers as they are shown: short, so that a column of them can be read at a glance. */
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** `0s`, `59s`, `3m 20s`, `5h 12m`, `3d 4h`: two units, the smaller one also where it is 0. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (big: number, name: string, small: number, rest: string): string =>
    `${Math.floor(whole / big)}${name} ${Math.floor((whole % big) / small)}${rest}`;
  if (whole >= DAY) return two(DAY, "d", HOUR, "h");
  if (whole >= HOUR) return two(HOUR, "h", MINUTE, "m");
  if (whole >= MINUTE) return two(MINUTE, "m", 1, "s");
  return `${whole}s`;
}

/** The same in its largest unit alone: `12s`, `3m`, `5h`, `12d`. */
export function roughly(seconds: number): string {
  return span(seconds).split(" ")[0] ?? "";
}

/** A size in the largest unit that leaves at least one: `1.5 GB`, `97.7 KB`, `12 B`. */
export function size(bytes: number): string {
  for (const [name, unit] of [
    ["GB", 2 ** 30],
    ["MB", 2 ** 20],
    ["KB", 2 ** 10],
  ] as const) {
    if (bytes >= unit) return `${(bytes / unit).toFixed(1)} ${name}`;
  }
  return `${bytes} B`;
}

/** Lines a second: `0`, `0.3`, `12`, `1.2k`, `35k`. */
export function rate(perSecond: number): string {
  if (perSecond >= 10_000) return `${Math.round(perSecond / 1000)}k`;
  if (perSecond >= 1000) return `${(perSecond / 1000).toFixed(1)}k`;
  if (perSecond >= 10 || perSecond === 0) return String(Math.round(perSecond));
  return perSecond < 0.05 ? "<0.1" : perSecond.toFixed(1);
}

/** `1 service`, `2 services`. */
export function plural(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
