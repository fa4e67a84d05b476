/**
 * A service's state in Supervisor's words.
 *
 * Supervisor's RUNNING begins when a process has lived for `startsecs`; a service that says when it is ready is
 * RUNNING from then on. BACKOFF is the time between an end and the next start. EXITED has done its work
 * (`exit-codes`, or it was to run once); FATAL was given up; UNKNOWN has no supervisor.
 */
import type { DeathEntry, ServiceSettings } from "../../supervise/index.ts";
import type { ServiceView } from "../tree/types.ts";

export const STATES = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const;

export type StateName = keyof typeof STATES;

/** What is to be known of a service; deaths and settings are asked for where they matter. */
export interface Seen {
  readonly view: ServiceView;
  /** Oldest first. */
  readonly deaths: () => readonly DeathEntry[];
  readonly settings: () => Pick<ServiceSettings, "startMs" | "exitCodes">;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Supervisor's `startsecs` unless given. */
export const USUAL_START_MS = 1000;

/** Can be stopped, cannot be started. */
const RUNNING: readonly StateName[] = ["STARTING", "RUNNING", "BACKOFF"];
/** What a stop is over with. */
const STOPPED: readonly StateName[] = ["STOPPED", "EXITED", "FATAL", "UNKNOWN"];
/** There is a process to be signalled. */
const SIGNALLABLE: readonly StateName[] = ["STARTING", "RUNNING", "STOPPING"];

export const isRunning = (state: StateName): boolean => RUNNING.includes(state);
export const isStopped = (state: StateName): boolean => STOPPED.includes(state);
export const isSignallable = (state: StateName): boolean => SIGNALLABLE.includes(state);

export function stateOf(seen: Seen): StateName {
  const { view } = seen;
  switch (view.state) {
    case "unsupervised":
      return "UNKNOWN";
    case "held":
    case "starting":
      return "STARTING";
    case "started":
      return "RUNNING";
    case "failed":
      return "FATAL";
    case "stopping":
      return "STOPPING";
    case "finishing":
      return view.want === "up" ? "BACKOFF" : "STOPPING";
    case "up":
    case "paused":
      return upState(seen);
    case "down":
      return downState(seen);
  }
}

function upState({ view, settings, now }: Seen): StateName {
  if (view.want === "down") return "STOPPING";
  if (view.ready !== null) return view.ready ? "RUNNING" : "STARTING";
  const startMs = settings().startMs ?? USUAL_START_MS;
  const age = now - Date.parse(view.since ?? "");
  return startMs > 0 && age <= startMs ? "STARTING" : "RUNNING";
}

function downState({ view, deaths, settings }: Seen): StateName {
  const last = deaths().at(-1);
  const isOwn = last !== undefined && ("unstarted" in last || !last.asked);
  if (view.want === "up") return isOwn ? "BACKOFF" : "STARTING";
  if (last === undefined || "unstarted" in last || last.asked) return "STOPPED";
  if (last.givenUp) return "FATAL";
  if (view.want === "once") return "EXITED";
  const { exitCodes } = settings();
  const isDone = exitCodes === "any" || exitCodes?.has(Number(last.cause)) === true;
  return isDone ? "EXITED" : "STOPPED";
}
