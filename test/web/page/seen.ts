/** A service as the page is told of it, for tests. */
import type { Seen } from "../../../src/web/page/pure/filter.ts";

export function seen(name: string, other: Partial<Seen> = {}): Seen {
  return {
    name,
    group: null,
    state: "up",
    want: "up",
    normally: "up",
    pid: 100,
    since: "2026-11-20T10:00:00.000Z",
    ready: null,
    readySince: null,
    flapping: false,
    waitsFor: [],
    deaths: { minute: 0, hour: 0, kept: 0, perMinute: [] },
    lastDeath: null,
    log: null,
    error: null,
    ...other,
  };
}

export const log = (other: Partial<NonNullable<Seen["log"]>>): NonNullable<Seen["log"]> => ({
  kind: "hosted",
  directories: [],
  bytes: null,
  lines: null,
  linesPerSecond: null,
  stalledSeconds: null,
  stalledWhy: null,
  rotations: null,
  processorFailures: null,
  ...other,
});
