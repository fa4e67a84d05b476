/** A service as the page is told of it, for tests. */
import type { Seen } from "../../../src/web/page/pure/filter.ts";
import { viewOf } from "../rpc/fake-tree.ts";

export function seen(name: string, other: Partial<Seen> = {}): Seen {
  return viewOf(name, { since: "2026-11-20T10:00:00.000Z", ...other });
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
