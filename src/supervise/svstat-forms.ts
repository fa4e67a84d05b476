/** Reports for programs (JSON) and for people (a table). */
import { type Instant, toUnixNanos } from "../tai64/index.ts";
import { type DeathEntry, formatDeath } from "./deaths.ts";
import type { History, Report } from "./report.ts";
import { duration } from "./why.ts";

export interface Row {
  /** As it was named or found. */
  readonly directory: string;
  readonly report: Report;
  readonly history: History;
}

/** One service as `svstat --json` tells it; published in docs/commands/svstat.md. */
export function asJson({ directory, report, history }: Row): Record<string, unknown> {
  const { deaths, tellsReady, readySince } = history;
  if (report.kind === "trouble") return { directory, state: "unknown", error: report.text };
  const { status, normallyUp, seconds } = report;
  return {
    directory,
    state: status.pid === 0 ? "down" : "up",
    pid: status.pid === 0 ? null : status.pid,
    since: isoTime(status.since),
    seconds: Number(seconds),
    want: status.want,
    normally: normallyUp ? "up" : "down",
    paused: status.pid !== 0 && status.paused,
    ready: tellsReady ? readySince !== undefined : null,
    readySince: readySince === undefined ? null : isoTime(readySince),
    phase: status.phase ?? null,
    deaths: deaths.length,
    lastDeath: lastOf(deaths),
  };
}

function lastOf(deaths: readonly DeathEntry[]): Record<string, unknown> | null {
  const last = deaths.at(-1);
  if (last === undefined) return null;
  const at = isoTime(last.at);
  if ("unstarted" in last) return { at, unstarted: last.unstarted };
  const { pid, cause, uptimeMs, core, asked, givenUp } = last;
  const how = typeof cause === "number" ? { code: cause } : { signal: cause ?? null };
  return { at, pid, ...how, uptimeSeconds: uptimeMs / 1000, core, asked, givenUp };
}

/** @returns null for a moment that no calendar has */
function isoTime(at: Instant): string | null {
  const ms = Number(toUnixNanos(at) / 1_000_000n);
  return Number.isFinite(new Date(ms).getTime()) ? new Date(ms).toISOString() : null;
}

const HEADINGS = ["SERVICE", "STATE", "PID", "SINCE", "WANT", "DEATHS", "LAST DEATH"];

/** Lines of equal columns, with a heading. */
export function asTable(rows: readonly Row[]): string[] {
  const cells = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function cellsOf({ directory, report, history }: Row): string[] {
  if (report.kind === "trouble") return [directory, "?", "-", "-", "-", "-", report.text];
  const { status, seconds } = report;
  const ready = history.tellsReady && history.readySince === undefined ? " (not ready)" : "";
  const paused = status.paused ? " (paused)" : "";
  const state = status.pid === 0 ? "down" : `up${paused}${ready}`;
  const pid = status.pid === 0 ? "-" : String(status.pid);
  const { deaths } = history;
  const last = deaths.at(-1);
  const lastWords = last === undefined ? "-" : formatDeath(last).split(" ").slice(1).join(" ");
  return [
    directory,
    state,
    pid,
    duration(Number(seconds)),
    status.want,
    String(deaths.length),
    lastWords,
  ];
}
