/**
 * What a supervised service does next: its state, and one step by the table (service-table.ts).
 *
 *                     ┌── held ◀── blocked ┐   ┌─ starting ─┐
 *                     └── clear ──────────▶│   │   began ▼  │ refused
 *     down ──u, o──▶ waiting ──due──▶ (ask) ──▶ (start) ──started──▶ up ──died──▶ finishing ──┐
 *      ▲                ▲ └── unstarted, later again        └─ absent ─▶ prepared ──┐         │
 *      │                └── want up ────────────────────────────────────────────────┼─────────┤
 *      └── stopping ◀── for good: want down, or `once`, or exit ────────────────────┴─────────┘
 *           └─▶ over, after x
 *
 * `starting` and `stopping` are passed at once where there is no `start` and no `stop`.
 *
 * Nothing here knows a process, a file or a clock: effects are names, carried out by the supervisor.
 * 0.76's rules (supervise.c) hold wherever the columns `down`, `up` are concerned; the others are what
 * its pauses were (`waiting`), what s6 added (`finishing`), what daemontools-encore added (`starting`,
 * `prepared`, `stopping`), and what waits for other services (`held`).
 */
import { TABLE } from "./service-table.ts";
import type { Want } from "./status.ts";

/**
 * - `down`: no process, and none is due
 * - `waiting`: no process; the start is due at a time that was set
 * - `held`: no process; the start waits for other services
 * - `starting`: `start` is a process
 * - `prepared`: `start` has done its work, and there is no `run`: that is all of this service
 * - `up`: `run` is a process
 * - `finishing`: `run` has ended, `finish` is a process
 * - `stopping`: the service has ended for good, `stop` is a process
 * - `over`: the supervisor has nothing more to do
 */
export const PHASES = [
  "down",
  "waiting",
  "held",
  "starting",
  "prepared",
  "up",
  "finishing",
  "stopping",
  "over",
] as const;
export type Phase = (typeof PHASES)[number];

/** Commands by their letters; `signal` is any that only passes a signal on. */
export const COMMANDS = ["u", "d", "o", "p", "c", "x", "signal"] as const;

/**
 * What happens of itself:
 * - `due`: the time of a start has come; `blocked`, `clear`: another service is to be up before, all are
 * - `began`: `start` has ended well, or there is none; `refused`: it has not; `brokenOff`: as was asked for
 * - `started`, `unstarted`: what became of the start; `absent`: there is no `run`, but a `start`
 * - `ready`: the service says that it can serve; `moved`: it is another process now, its daemon
 * - `died`: `run` has ended; `killDue`: it has not, though its time after `d` is over
 * - `finished`: `finish` has ended, or there is none; `completed`: and `run` has done its work; `failed`: and
 *   there is to be no other start, as it is of no use;
 *   `finishDue`: it has not ended in its time
 * - `stopped`: `stop` has ended, or there is none
 */
export const NEWS = [
  "due",
  "blocked",
  "clear",
  "began",
  "refused",
  "brokenOff",
  "started",
  "unstarted",
  "absent",
  "ready",
  "moved",
  "died",
  "killDue",
  "finished",
  "completed",
  "failed",
  "finishDue",
  "stopped",
] as const;

export type Event = (typeof COMMANDS)[number] | (typeof NEWS)[number];

export type Effect =
  /** Look whether other services are to be waited for; answers `clear` or `blocked`, and again while it is held. */
  | "ask"
  | "forgetOthers"
  /** Run `start`; answers `began`, `refused` or `brokenOff`. */
  | "begin"
  /** Start `run`; answers `started`, `unstarted` or `absent`. */
  | "start"
  /** Set the time of the start: as soon as there has been a second since the last one. */
  | "startSoon"
  /** Set the time of the start: that, and the delay of a service that keeps dying. */
  | "startAfterDeath"
  /** Set the time of the start: when what was in the way may be gone. */
  | "startAfterFailure"
  | "forgetStart"
  /** Write the status as it now is. */
  | "publish"
  /** Forget the process, stamp the status with this moment and write it, keep the death. */
  | "bury"
  /** Start `finish`; answers `finished`, `completed` or `failed` when it has ended or there is none. */
  | "finish"
  /** Run `stop`; answers `stopped`. */
  | "undo"
  /** Ask the process to stop: the signal for it, CONT, and its time. */
  | "stop"
  | "pause"
  | "resume"
  /** Pass the signal on that the event came with. */
  | "signal"
  /** KILL and CONT for the process. */
  | "kill"
  | "killFinish"
  | "tellReady"
  /** Say that the service was given up. */
  | "giveUp"
  | "end";

export interface Service {
  readonly phase: Phase;
  readonly want: Want;
  readonly paused: boolean;
  /** End when there is no process any more. */
  readonly exit: boolean;
  /** A run was asked for (`o`) while `finish` or `stop` ran. */
  readonly owed: boolean;
  /** `start` has done its work, and `stop` not yet its own. */
  readonly begun: boolean;
  /** It was given up, and no command has come since. */
  readonly failed: boolean;
}

type Went = { readonly phase: Phase; readonly effects: readonly Effect[] };

/** A service before its first event: it waits for its first start, or stays down. */
export function newService(want: "up" | "down"): Service {
  const phase = want === "up" ? "waiting" : "down";
  return { phase, want, paused: false, exit: false, owed: false, begun: false, failed: false };
}

/** A service that was found running. */
export function foundService(want: Want, paused: boolean): Service {
  return { phase: "up", want, paused, exit: false, owed: false, begun: true, failed: false };
}

/** @returns what the service is after an event, and what is to be done, in order */
export function step(
  service: Service,
  event: Event,
): { readonly next: Service; readonly effects: readonly Effect[] } {
  if (service.phase === "over") return { next: service, effects: [] };
  const { to, set, effects = [], again } = TABLE[event][service.phase];
  const changed: Service = { ...service, ...set };
  if (to !== "rest" && to !== "start")
    return { next: { ...changed, phase: to ?? service.phase }, effects };
  const { phase, effects: last } = to === "rest" ? rest(changed, again) : start(changed);
  return { next: { ...changed, phase, owed: false }, effects: [...effects, ...last] };
}

/** Where a service goes when it has no process, and what has to be done there. */
function rest(service: Service, again: Effect = "startAfterDeath"): Went {
  const { exit, want, owed, begun } = service;
  if (!exit && owed) return { phase: "waiting", effects: ["startSoon"] };
  if (!exit && want === "up") return { phase: "waiting", effects: [again] };
  if (begun) return { phase: "stopping", effects: ["undo"] };
  return exit ? { phase: "over", effects: ["end"] } : { phase: "down", effects: [] };
}

/** Where a service goes whose start has nothing in its way. */
function start(service: Service): Went {
  if (service.exit || service.want === "down") return rest(service);
  return service.begun
    ? { phase: "waiting", effects: ["start"] }
    : { phase: "starting", effects: ["begin"] };
}
