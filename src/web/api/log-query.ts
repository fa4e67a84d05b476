/** What of a log is wanted, as a query says it: svlog's options. */
import { type Bound, parseTime, type ReadOptions, TimeError } from "../../inspect/index.ts";
import type { Posix } from "../../posix/index.ts";
import { isLabel } from "../../tai64/index.ts";
import { Refusal } from "../server/failure.ts";
import type { LogStream } from "../tree/log-place.ts";
import type { LogFormat } from "./log-format.ts";

export interface LogQuery {
  readonly since?: string;
  readonly until?: string;
  readonly before?: string;
  readonly at?: string;
  readonly last?: string;
  readonly limit?: number;
  readonly patterns?: string;
  readonly grep?: string;
  readonly ignoreCase?: Flag;
  readonly invert?: Flag;
  readonly around?: number;
  readonly cursor?: string;
  readonly follow?: Flag;
  readonly stream?: LogStream;
  readonly directory?: string;
  readonly format?: LogFormat;
}

export type Flag = "0" | "1" | "true" | "false" | "";

const USUAL_LAST = 100;
const USUAL_AROUND = 20;
export const MOST_LAST = 100_000;
export const MOST_AROUND = 10_000;
/** Of lines that are the last ones until others come, and of those before one that may be found. */
export const MOST_HELD_BYTES: number = 16 << 20;
const NANOS_PER_SECOND = 1_000_000_000;

export function isSet(flag: Flag | undefined): boolean {
  return flag === "" || flag === "1" || flag === "true";
}

/**
 * @param lastId  of an event that a browser got last; where it begins again, it goes on behind that
 * @throws Refusal
 */
export function readOptionsOf(
  posix: Posix,
  query: LogQuery,
  lastId: string | undefined,
): ReadOptions {
  const bound = (text: string): Bound => boundOf(posix, text);
  const cursor = lastId ?? query.cursor;
  const after = cursor === undefined ? undefined : cursorOf(posix, cursor);
  const around = query.at === undefined ? undefined : bound(query.at);
  const until =
    query.before === undefined
      ? query.until && bound(query.until)
      : justBefore(bound(query.before));
  return {
    range: {
      ...(query.since === undefined ? {} : { since: bound(query.since) }),
      ...(until ? { until } : {}),
      ...(after === undefined ? {} : { after }),
    },
    around,
    last: around === undefined ? lastOf(query, after) : 2 * (query.around ?? USUAL_AROUND),
    ...(query.patterns === undefined ? {} : { patterns: patternsOf(query.patterns) }),
    ...(query.grep === undefined ? {} : { grep: grepOf(query) }),
    invert: isSet(query.invert),
    ...(around === undefined && query.around !== undefined
      ? { before: query.around, after: query.around }
      : {}),
    follow: isSet(query.follow),
    isShared: true,
  };
}

/** @returns undefined: all */
function lastOf({ last, since }: LogQuery, after: Bound | undefined): number | undefined {
  if (last === undefined)
    return since === undefined && after === undefined ? USUAL_LAST : undefined;
  if (last === "all") return undefined;
  const count = Number(last);
  if (/^[0-9]+$/.test(last) && count <= MOST_LAST) return count;
  throw new Refusal(400, "bad-request", `last is a number up to ${MOST_LAST}, or all`);
}

function boundOf(posix: Posix, text: string): Bound {
  try {
    return parseTime(text, posix.now(), (at) => posix.localTime(at));
  } catch (failure) {
    if (!(failure instanceof TimeError)) throw failure;
    throw new Refusal(400, "bad-time", failure.message);
  }
}

function cursorOf(posix: Posix, text: string): Bound {
  if (!isLabel(text)) throw new Refusal(400, "bad-cursor", "a cursor is the label of a line");
  return boundOf(posix, text);
}

function justBefore({ nanos, seconds, kind }: Bound): Bound {
  if (nanos > 0) return { kind, seconds, nanos: nanos - 1 };
  return { kind, seconds: seconds - 1, nanos: NANOS_PER_SECOND - 1 };
}

function patternsOf(text: string): Buffer[] {
  const words = text.split("\n").filter((word) => word !== "");
  if (words.every((word) => /^(?:[-+]|[FS]$)/.test(word)))
    return words.map((word) => Buffer.from(word));
  throw new Refusal(
    400,
    "bad-pattern",
    "patterns are -… or +…, or F or S before some: a line each",
  );
}

function grepOf({ grep = "", ignoreCase }: LogQuery): NonNullable<ReadOptions["grep"]> {
  try {
    const flags = isSet(ignoreCase) ? "i" : "";
    return { pattern: new RegExp(grep, flags).source, ignoreCase: isSet(ignoreCase) };
  } catch (failure) {
    if (!(failure instanceof SyntaxError)) throw failure;
    throw new Refusal(400, "bad-pattern", `grep is no regular expression: ${failure.message}`);
  }
}
