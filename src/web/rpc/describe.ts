/** What Supervisor tells of a process, in structs and in words for people. */
import type { DeathEntry } from "../../supervise/index.ts";
import { two } from "../../tai64/format.ts";
import { compileFormat, type LocalTime, toUnixNanos } from "../../tai64/index.ts";
import { type Seen, type StateName, USUAL_START_MS } from "./state.ts";

const MS_PER_SECOND = 1000;
const NANOS_PER_MS = 1_000_000n;
const SECONDS_PER_DAY = 86_400;
/** A process that a signal ended, or of whose end nobody was told. */
const NO_CODE = -1;
const monthAndDay = compileFormat("%b %d");

/** Unix seconds; 0: never. */
export interface Times {
  readonly start: number;
  readonly stop: number;
}

export function timesOf({ view, deaths }: Seen): Times {
  const stop = seconds(view.lastDeath?.at ?? null);
  if (view.pid !== null) return { start: seconds(view.since), stop };
  const last = deaths().at(-1);
  if (last === undefined) return { start: 0, stop };
  const end = Number(toUnixNanos(last.at) / NANOS_PER_MS);
  const uptimeMs = "unstarted" in last ? 0 : last.uptimeMs;
  return { start: Math.floor((end - uptimeMs) / MS_PER_SECOND), stop };
}

function seconds(iso: string | null): number {
  return iso === null ? 0 : Math.floor(Date.parse(iso) / MS_PER_SECOND);
}

/** The end of a start that failed; `startMs`: how long it had to live. */
function wasTooQuick(last: DeathEntry, startMs: number | undefined): boolean {
  return !("unstarted" in last) && last.uptimeMs <= (startMs ?? USUAL_START_MS);
}

/** How the process ended: 0 while there is one, and where it never came to be. */
export function exitStatus({ view, deaths, settings }: Seen, state: StateName): number {
  if (view.pid !== null) return 0;
  const last = deaths().at(-1);
  if (last === undefined || "unstarted" in last) return 0;
  const isFailedStart = state === "BACKOFF" || state === "FATAL";
  if (isFailedStart && wasTooQuick(last, settings().startMs)) return 0;
  return typeof last.cause === "number" ? last.cause : NO_CODE;
}

/** Why it could not be started, or is not up; empty where it is, or is not to be. */
export function spawnError({ view, deaths, settings }: Seen, state: StateName): string {
  if (state !== "BACKOFF" && state !== "FATAL") return "";
  const last = deaths().at(-1);
  if (last === undefined) return "";
  if ("unstarted" in last) return unstarted(last.unstarted);
  if (wasTooQuick(last, settings().startMs))
    return "Exited too quickly (process log may have details)";
  return typeof last.cause === "number"
    ? `Bad exit code ${last.cause}`
    : (view.lastDeath?.words ?? "");
}

function unstarted(errno: string): string {
  if (errno === "ENOENT") return "can't find command './run'";
  if (errno === "EACCES") return "command at './run' is not executable";
  return `unable to start './run': ${errno}`;
}

/** @param localTime  of a Unix second */
export function describe(
  seen: Seen,
  state: StateName,
  localTime: (unixSeconds: bigint) => LocalTime | undefined,
): string {
  const { start, stop } = timesOf(seen);
  switch (state) {
    case "RUNNING": {
      const uptime = Math.max(0, Math.floor(seen.now / MS_PER_SECOND) - start);
      return `pid ${seen.view.pid ?? 0}, uptime ${uptimeText(uptime)}`;
    }
    case "FATAL":
    case "BACKOFF":
      return spawnError(seen, state) || `unknown error (try "tail ${seen.view.name}")`;
    case "STOPPED":
    case "EXITED":
      return start === 0 ? "Not started" : stopText(BigInt(stop), localTime);
    case "STARTING":
    case "STOPPING":
    case "UNKNOWN":
      return "";
  }
}

/** `0:00:07`, `1 day, 2:03:04`. */
export function uptimeText(uptime: number): string {
  const days = Math.floor(uptime / SECONDS_PER_DAY);
  const hours = Math.floor((uptime % SECONDS_PER_DAY) / 3600);
  const time = `${hours}:${two(Math.floor((uptime % 3600) / 60))}:${two(uptime % 60)}`;
  if (days === 0) return time;
  return `${days} ${days === 1 ? "day" : "days"}, ${time}`;
}

/** `Nov 20 08:44 AM`. */
function stopText(
  unixSeconds: bigint,
  localTime: (unixSeconds: bigint) => LocalTime | undefined,
): string {
  const local = localTime(unixSeconds);
  if (local === undefined) return "";
  const half = local.hour < 12 ? "AM" : "PM";
  const hour = local.hour % 12 === 0 ? 12 : local.hour % 12;
  const day = monthAndDay({ unixSeconds, nanos: 0, local });
  return `${day} ${two(hour)}:${two(local.minute)} ${half}`;
}
