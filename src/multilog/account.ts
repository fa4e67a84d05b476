/**
 * The account of an engine as others may read it: the `:stats` file and the library's `stats()`.
 */

import { fromUnixNanos } from "../tai64/instant.ts";
import { formatLabel } from "../tai64/label.ts";
import type { LogCounts, Tally } from "./counts.ts";
import type { Logdir } from "./logdir.ts";
import type { Trouble } from "./trouble.ts";

/** One log directory's part. In every tally read = selected + deselected. */
export interface LogdirAccount {
  readonly path: string;
  readonly read: Tally;
  readonly selected: Tally;
  readonly deselected: Tally;
  /** Selected lines that an fsync has covered: they are on the disk. */
  readonly syncedLines: number;
  readonly currentBytes: number;
  readonly rotations: number;
  readonly processor: { readonly runs: number; readonly failures: number };
}

export interface Account {
  readonly version: 1;
  readonly pid: number;
  /** When the account was begun, and when this was written; ISO 8601. */
  readonly since: string;
  readonly updated: string;
  /** How often a logger was started on this account. */
  readonly starts: number;
  readonly read: Tally;
  /** The label of the last line, whether lines are stamped with it or not. */
  readonly lastLabel: string | undefined;
  readonly stalled: {
    /** Why nothing is taken from the input now, and for how long. */
    readonly now: { readonly reason: string; readonly seconds: number } | null;
    readonly seconds: number;
  };
  /** Steps that failed and were, or will be, tried again; and the one in the background that is now. */
  readonly failures: number;
  readonly retrying: string | null;
  /** Lines that may stand in the logs twice after unclean ends. */
  readonly repeatedLines: number;
  readonly logdirs: readonly LogdirAccount[];
}

/** What the account is made of. */
export interface Books {
  readonly logdirs: readonly Logdir[];
  readonly counts: readonly LogCounts[];
  readonly trouble: Trouble;
  readonly read: Tally;
  readonly latestNanos: () => bigint;
  repeatedLines: number;
}

const EMPTY: Tally = { lines: 0, bytes: 0 };

/**
 * Adds what was counted since the start to what an earlier account says.
 *
 * @param before  the account that the start found, if any
 * @param startMs  when this engine was started, milliseconds since 1970
 * @param nowMs  milliseconds since 1970; `monotonicMs` on the clock of `Trouble`
 */
export function makeAccount(
  books: Books,
  before: Account | undefined,
  startMs: number,
  nowMs: number,
  monotonicMs: number,
): Account {
  const { trouble } = books;
  const standing = trouble.now;
  const standingMs = standing === undefined ? 0 : monotonicMs - standing.since;
  const latest = books.latestNanos();
  return {
    version: 1,
    pid: process.pid,
    since: before?.since ?? new Date(startMs).toISOString(),
    updated: new Date(nowMs).toISOString(),
    starts: (before?.starts ?? 0) + 1,
    read: sum(books.read, before?.read),
    lastLabel: latest === 0n ? before?.lastLabel : formatLabel(fromUnixNanos(latest)),
    stalled: {
      now:
        standing === undefined ? null : { reason: standing.reason, seconds: seconds(standingMs) },
      seconds: seconds(trouble.pausedMs + standingMs + (before?.stalled.seconds ?? 0) * 1000),
    },
    failures: trouble.failures + (before?.failures ?? 0),
    retrying: trouble.aside ?? null,
    repeatedLines: books.repeatedLines + (before?.repeatedLines ?? 0),
    logdirs: books.logdirs.map((logdir, d) =>
      logdirAccount(logdir, books.counts[d] as LogCounts, before),
    ),
  };
}

function logdirAccount(
  logdir: Logdir,
  counts: LogCounts,
  before: Account | undefined,
): LogdirAccount {
  const path = Buffer.from(logdir.path).toString();
  const old = before?.logdirs.find((candidate) => candidate.path === path);
  return {
    path,
    read: sum(counts.read, old?.read),
    selected: sum(counts.selected, old?.selected),
    deselected: sum(counts.deselected, old?.deselected),
    syncedLines: counts.syncedLines + (old?.syncedLines ?? 0),
    currentBytes: logdir.currentBytes,
    rotations: logdir.counts.rotations + (old?.rotations ?? 0),
    processor: {
      runs: logdir.counts.processorRuns + (old?.processor.runs ?? 0),
      failures: logdir.counts.processorFailures + (old?.processor.failures ?? 0),
    },
  };
}

function sum(a: Tally, b: Tally = EMPTY): Tally {
  return { lines: a.lines + b.lines, bytes: a.bytes + b.bytes };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** @returns the account that a text holds; undefined when it holds something else */
export function parseAccount(text: string): Account | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isAccount(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether everything is there that the next account goes on from, and that others read without asking again. */
function isAccount(value: unknown): value is Account {
  return (
    isRecord(value) &&
    value["version"] === 1 &&
    typeof value["since"] === "string" &&
    typeof value["updated"] === "string" &&
    !Number.isNaN(Date.parse(value["updated"])) &&
    ["string", "undefined"].includes(typeof value["lastLabel"]) &&
    hasCounts(value, ["starts", "failures", "repeatedLines"]) &&
    isTally(value["read"]) &&
    isStalled(value["stalled"]) &&
    Array.isArray(value["logdirs"]) &&
    value["logdirs"].every(isLogdirAccount)
  );
}

function isStalled(value: unknown): boolean {
  if (!isRecord(value) || !isDuration(value["seconds"])) return false;
  const { now } = value;
  return (
    now === null ||
    (isRecord(now) && typeof now["reason"] === "string" && isDuration(now["seconds"]))
  );
}

function isLogdirAccount(value: unknown): boolean {
  return (
    hasCounts(value, ["syncedLines", "rotations"]) &&
    typeof value["path"] === "string" &&
    [value["read"], value["selected"], value["deselected"]].every(isTally) &&
    hasCounts(value["processor"], ["runs", "failures"])
  );
}

const isTally = (value: unknown): boolean => hasCounts(value, ["lines", "bytes"]);

/** Their sums are numbers as well. */
function hasCounts(value: unknown, keys: readonly string[]): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    keys.every((key) => Number.isSafeInteger(value[key]) && (value[key] as number) >= 0)
  );
}

function isDuration(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
