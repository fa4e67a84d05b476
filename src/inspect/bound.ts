/** Ends of a stretch of time, as the user gave them. */
import { compareKeys, type Key } from "./label-key.ts";
import type { ToUnix } from "./producer.ts";

/** A time, or a label, which means what the log's own producer means by it. */
export interface Bound extends Key {
  readonly kind: "time" | "label";
}

export interface Range {
  /** The first time that is in it. */
  readonly since?: Bound;
  /** The last time that is in it. */
  readonly until?: Bound;
  /** What is in it comes behind this. */
  readonly after?: Bound;
}

/** A range in Unix time, for one log. Both ends are in it. */
export interface Span {
  readonly from: Key;
  readonly to: Key;
}

export const ALWAYS: Span = {
  from: { seconds: Number.NEGATIVE_INFINITY, nanos: 0 },
  to: { seconds: Number.POSITIVE_INFINITY, nanos: 0 },
};

/** The Unix time of a bound in one log. */
export function unixOf(bound: Bound, toUnix: ToUnix): Key {
  return bound.kind === "time" ? bound : { seconds: toUnix(bound.seconds), nanos: bound.nanos };
}

export function spanOf({ since, until, after }: Range, toUnix: ToUnix): Span {
  const unix = (bound: Bound): Key => unixOf(bound, toUnix);
  let from = since === undefined ? ALWAYS.from : unix(since);
  if (after !== undefined) {
    const { seconds, nanos } = unix(after);
    const next = { seconds, nanos: nanos + 1 };
    if (compareKeys(next, from) > 0) from = next;
  }
  if (until !== undefined) return { from, to: unix(until) };
  return from === ALWAYS.from ? ALWAYS : { from, to: ALWAYS.to };
}
