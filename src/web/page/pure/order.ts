/** The order of the table's rows. */
import type { Seen } from "./filter.ts";

export const COLUMNS = [
  "name",
  "state",
  "pid",
  "uptime",
  "restarts",
  "death",
  "rate",
  "bytes",
  "stalled",
] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  readonly by: Column;
  readonly isReversed: boolean;
}

/** What wants a look comes first. */
const STATES: readonly Seen["state"][] = [
  "failed",
  "unsupervised",
  "held",
  "paused",
  "stopping",
  "finishing",
  "starting",
  "down",
  "started",
  "up",
];
const names = new Intl.Collator("en", { numeric: true });

/** By a column, the largest first where it is a number that matters; by their names where that is the same. */
export function compare(order: Order): (one: Seen, other: Seen) => number {
  const sign = order.isReversed ? -1 : 1;
  return (one, other) => {
    const difference =
      order.by === "name" ? 0 : weightOf(one, order.by) - weightOf(other, order.by);
    if (difference !== 0) return sign * difference;
    const byName = names.compare(one.name, other.name);
    return order.by === "name" ? sign * byName : byName;
  };
}

/** Less is shown above. */
function weightOf(service: Seen, by: Exclude<Column, "name">): number {
  switch (by) {
    case "state":
      return STATES.indexOf(service.state) - (service.flapping ? STATES.length : 0);
    case "pid":
      return service.pid ?? Number.MAX_SAFE_INTEGER;
    case "uptime":
      // The youngest first: what has just been started is what changes.
      return service.pid === null ? Number.MAX_SAFE_INTEGER : -millis(service.since);
    case "restarts":
      return -service.deaths.hour;
    case "death":
      return -millis(service.lastDeath?.at ?? null);
    case "rate":
      return -(service.log?.linesPerSecond ?? -1);
    case "bytes":
      return -(service.log?.bytes ?? -1);
    case "stalled":
      return -(service.log?.stalledSeconds ?? -1);
  }
}

function millis(time: string | null): number {
  return time === null ? 0 : Date.parse(time);
}
