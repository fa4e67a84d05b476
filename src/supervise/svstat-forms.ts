/** Reports for programs (JSON) and for people (a table). */
import { type Instant, toUnixNanos } from "../tai64/index.ts";
import { type DeathEntry, formatDeath } from "./deaths.ts";
import type { History, Known, Report } from "./report.ts";
import { duration, flapping, secondsAgo } from "./why.ts";

export interface Row {
  /** As it was named or found. */
  readonly directory: string;
  readonly report: Report;
  readonly history: History;
}

/** One service as `svstat --json` tells it; published in docs/commands/svstat.md. */
export function asJson({ directory, report, history }: Row): Record<string, unknown> {
  const { deaths, tellsReady, readySince, phase, group } = history;
  if (report.kind === "trouble") return { directory, state: "unknown", error: report.text };
  if (report.kind === "hosted") return { directory, state: "hosted" };
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
    phase: phase?.word ?? status.phase ?? null,
    group: group ?? null,
    waitsFor: phase?.word === "held" ? phase.words : [],
    deaths: deaths.length,
    lastDeath: lastOf(deaths),
  };
}

function lastOf(deaths: readonly DeathEntry[]): Record<string, unknown> | null {
  const last = deaths.at(-1);
  return last === undefined ? null : deathAsJson(last);
}

/** One death; published in docs/commands/svstat.md. */
export function deathAsJson(death: DeathEntry): Record<string, unknown> {
  const at = isoTime(death.at);
  if ("unstarted" in death) return { at, unstarted: death.unstarted };
  const { pid, cause, uptimeMs, core, asked, givenUp } = death;
  const how = typeof cause === "number" ? { code: cause } : { signal: cause ?? null };
  return { at, pid, ...how, uptimeSeconds: uptimeMs / 1000, core, asked, givenUp };
}

/** @returns null for a moment that no calendar has */
export function isoTime(at: Instant): string | null {
  const ms = Number(toUnixNanos(at) / 1_000_000n);
  return Number.isFinite(new Date(ms).getTime()) ? new Date(ms).toISOString() : null;
}

const HEADINGS = ["SERVICE", "STATE", "PID", "SINCE", "WANT", "1 MIN", "1 HOUR", "LAST DEATH"];
const STATE_AT = 1;
const RED = "\u001b[31m";
const PLAIN = "\u001b[0m";
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

export interface TableOptions {
  /** Deaths are counted back from here; nanoseconds since 1970. */
  readonly nowNanos?: bigint;
  /** What is flapping is red. */
  readonly colours?: boolean;
}

/** Lines of equal columns, with a heading. */
export function asTable(
  rows: readonly Row[],
  { nowNanos = BigInt(Date.now()) * 1_000_000n, colours = false }: TableOptions = {},
): string[] {
  const cells = [HEADINGS, ...rows.map((row) => cellsOf(row, nowNanos))];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) => {
    const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const isRed = colours && row[STATE_AT]?.startsWith("flapping") === true;
    const shown = padded.map((cell, at) =>
      isRed && at === STATE_AT ? `${RED}${cell}${PLAIN}` : cell,
    );
    return shown.join("  ").trimEnd();
  });
}

function cellsOf({ directory, report, history }: Row, nowNanos: bigint): string[] {
  if (report.kind === "trouble") return [directory, "?", "-", "-", "-", "-", "-", report.text];
  if (report.kind === "hosted") return [directory, "hosted", "-", "-", "-", "-", "-", "-"];
  const { status, seconds } = report;
  const { deaths } = history;
  const within = (most: number): string =>
    String(deaths.filter(({ at }) => secondsAgo(at, nowNanos) <= most).length);
  const last = deaths.at(-1);
  return [
    directory,
    stateOf(report, history, nowNanos),
    status.pid === 0 ? "-" : String(status.pid),
    duration(Number(seconds)),
    status.want,
    within(MINUTE_SECONDS),
    within(HOUR_SECONDS),
    last === undefined ? "-" : formatDeath(last).split(" ").slice(1).join(" "),
  ];
}

/** One that dies over and over is not fine because it is up at this moment. */
function stateOf(
  { status }: Known,
  { phase, deaths, ...ready }: History,
  nowNanos: bigint,
): string {
  const plain = status.pid === 0 ? "down" : "up";
  const isFlapping = status.want === "up" && flapping(deaths, nowNanos).length > 0;
  const more =
    status.pid === 0
      ? [phase?.word ?? "", ...(phase?.word === "held" ? phase.words : [])].join(" ")
      : [
          ...(status.paused ? ["paused"] : []),
          ...(ready.tellsReady && ready.readySince === undefined ? ["not ready"] : []),
        ].join(", ");
  return `${isFlapping ? "flapping" : plain}${more === "" ? "" : ` (${more})`}`;
}
