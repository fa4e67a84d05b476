/** Why a service is as it is, in words: from its status and from its deaths. */
import { type Instant, toUnixNanos } from "../tai64/index.ts";
import type { Death, DeathEntry } from "./deaths.ts";
import type { TellingPhase } from "./phase.ts";
import { BACKGROUND_ADVICE, isQuickEnd } from "./quick-ends.ts";
import type { History, Report } from "./report.ts";

/** Deaths by itself so close together, and so many of them, are flapping. */
const FLAPPING_SECONDS = 60;
const FLAPPING_DEATHS = 3;
const NANOS_PER_SECOND = 1_000_000_000n;

/** @returns sentences, without the service's name */
export function explain(report: Report, history: History, nowNanos: bigint): string[] {
  if (report.kind === "hosted")
    return [
      "svscan writes it itself (script): svc alarm rotates it, svlog --stats tells how it is",
    ];
  return [
    ...(report.kind === "trouble"
      ? [troubleSentence(report.text)]
      : stateSentences(report, history.phase)),
    ...flappingSentence(history.deaths, nowNanos),
    ...lastDeath(history.deaths, nowNanos),
    ...(report.kind === "known" ? readiness(report.status.pid, history) : []),
  ];
}

function troubleSentence(text: string): string {
  if (text === "supervise not running")
    return "no supervisor is there: start svscan, or supervise, on its directory";
  if (text.startsWith("unable to open supervise/ok: file does not exist"))
    return "it was never supervised: start svscan, or supervise, on its directory";
  return text;
}

function stateSentences(
  { status, normallyUp, seconds }: Report & { kind: "known" },
  phase: TellingPhase | undefined,
): string[] {
  const since = `for ${duration(Number(seconds))}`;
  if (status.pid !== 0) {
    return [
      `it is up ${since}, as process ${status.pid}`,
      ...(status.paused ? ["it is paused: svc continue"] : []),
      ...(status.want === "down" ? ["it was told to stop and has not ended yet"] : []),
    ];
  }
  if (phase !== undefined) return [`it is down ${since}`, ...phaseSentences(phase)];
  if (status.want === "up") return [`it is down ${since} and waits for its next start`];
  if (status.want === "once") return [`it is down ${since}: it was to run once, and has ended`];
  return [
    `it is down ${since}, as was asked for${normallyUp ? "" : " (by svc, or by its file down)"}`,
  ];
}

function phaseSentences({ word, words }: TellingPhase): string[] {
  switch (word) {
    case "held": {
      const are = words.length === 1 ? "that is" : "these are";
      return [`it waits for ${words.join(", ")}, and is started when ${are} up (file after)`];
    }
    case "starting":
      return ["its start is running"];
    case "started":
      return ["its start has ended well, and there is no run: that is all of it"];
    case "finishing":
      return ["its finish is running"];
    case "stopping":
      return ["its stop is running"];
    case "failed":
      return ["it failed: svc start tries again"];
    case "essential":
      return [];
  }
}

/** Deaths by itself that are close together, when they are too many; else none. */
export function flapping(deaths: readonly DeathEntry[], nowNanos: bigint): readonly Death[] {
  const recent = deaths.filter((entry): entry is Death => {
    const isRecent = secondsAgo(entry.at, nowNanos) <= FLAPPING_SECONDS;
    return !("unstarted" in entry) && !entry.asked && isRecent;
  });
  return recent.length < FLAPPING_DEATHS ? [] : recent;
}

function flappingSentence(deaths: readonly DeathEntry[], nowNanos: bigint): string[] {
  const recent = flapping(deaths, nowNanos);
  if (recent.length === 0) return [];
  const [often, times] = mostFrequent(recent.map(causeOf));
  const isQuick = recent.every((death) => isQuickEnd(death.cause, death.uptimeMs));
  return [
    `it is flapping: it died ${recent.length} times in the last ${FLAPPING_SECONDS} seconds, ` +
      (times === recent.length ? `each time: ${often}` : `${times} of them: ${often}`),
    ...(isQuick ? [`it ends as soon as it has begun: ${BACKGROUND_ADVICE}`] : []),
  ];
}

function lastDeath(deaths: readonly DeathEntry[], nowNanos: bigint): string[] {
  const last = deaths.at(-1);
  if (last === undefined) return ["no death of it is known"];
  const when = `${duration(secondsAgo(last.at, nowNanos))} ago`;
  if ("unstarted" in last) return [`run could not be started ${when}: ${last.unstarted}`];
  const asked = last.asked ? ", as a command had asked" : "";
  const after = `after ${duration(last.uptimeMs / 1000)}`;
  const given = last.givenUp ? ["it was given up: svc start makes it run again"] : [];
  return [`it last died ${when}, ${after}: ${causeOf(last)}${asked}`, ...given];
}

function readiness(pid: number, { tellsReady, readySince }: History): string[] {
  if (pid === 0 || !tellsReady) return [];
  return [
    readySince === undefined ? "it has not said that it is ready" : "it has said that it is ready",
  ];
}

export function causeOf({ cause, core }: Death): string {
  if (cause === undefined) return "how is not known, as its supervisor had been killed before";
  const how = typeof cause === "number" ? `exit code ${cause}` : `killed by ${cause}`;
  return core ? `${how}, memory dumped` : how;
}

function mostFrequent(words: readonly string[]): [word: string, times: number] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
}

export function secondsAgo(at: Instant, nowNanos: bigint): number {
  return Math.max(0, Number(nowNanos - toUnixNanos(at)) / Number(NANOS_PER_SECOND));
}

/** Seconds as people say them: `0.2 seconds`, `3 minutes`, `5 hours`, `2 days`. */
export function duration(seconds: number): string {
  const units: readonly [number, string][] = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ];
  for (const [length, name] of units) {
    if (seconds >= 2 * length) return `${Math.floor(seconds / length)} ${name}s`;
  }
  const shown = seconds < 10 ? Math.floor(seconds * 10) / 10 : Math.floor(seconds);
  return `${shown} second${shown === 1 ? "" : "s"}`;
}
