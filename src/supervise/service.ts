/**
 * What a supervised service does next: a table of phase and event.
 *
 *     down ──u, o──▶ waiting ──due──▶ (start) ──started──▶ up ──died──▶ finishing ──┐
 *      ▲                ▲ └── unstarted, later again                                │
 *      └── want down ───┴── want up ────────────────────────────────────────────────┤
 *                                                                   over ◀── x ─────┘
 *
 * Nothing here knows a process, a file or a clock: effects are names, carried out by the supervisor.
 * 0.76's rules (supervise.c) hold wherever the columns `down`, `up` are concerned; the others are what
 * its pauses were (`waiting`) and what s6 added (`finishing`).
 */
import type { Want } from "./status.ts";

/**
 * - `down`: no process, and none is due
 * - `waiting`: no process; the start is due at a time that was set
 * - `up`: `run` is a process
 * - `finishing`: `run` has ended, `finish` is a process
 * - `over`: the supervisor has nothing more to do
 */
export const PHASES = ["down", "waiting", "up", "finishing", "over"] as const;
export type Phase = (typeof PHASES)[number];

/** Commands by their letters; `signal` is any that only passes a signal on. */
export const COMMANDS = ["u", "d", "o", "p", "c", "x", "signal"] as const;

/**
 * What happens of itself:
 * - `due`: the time of a start has come; `started`, `unstarted`: what became of it
 * - `ready`: the service says that it can serve
 * - `died`: `run` has ended; `killDue`: it has not, though its time after `d` is over
 * - `finished`: `finish` has ended, or there is none; `failed`: and there is to be no other start;
 *   `finishDue`: it has not ended in its time
 */
export const NEWS = [
  "due",
  "started",
  "unstarted",
  "ready",
  "died",
  "killDue",
  "finished",
  "failed",
  "finishDue",
] as const;

export type Event = (typeof COMMANDS)[number] | (typeof NEWS)[number];

export type Effect =
  /** Start `run`; answers `started` or `unstarted`. */
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
  /** Start `finish`; answers `finished` when it has ended or there is none. */
  | "finish"
  /** Ask `run` to stop: the signal for it, CONT, and its time. */
  | "stop"
  | "pause"
  | "resume"
  /** Pass the signal on that the event came with. */
  | "signal"
  /** KILL and CONT for `run`. */
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
  /** A run was asked for (`o`) while `finish` ran. */
  readonly owed: boolean;
}

interface Cell {
  /** `rest`: over, waiting or down, as is wanted. Stays when not given. */
  readonly to?: Phase | "rest";
  readonly set?: Partial<Omit<Service, "phase">>;
  readonly effects?: readonly Effect[];
  /** What sets the time of the next start, where `rest` is to wait for one. */
  readonly again?: Effect;
}

const nothing: Cell = {};
const publish: Cell = { effects: ["publish"] };
const wantUp = { want: "up" } as const;
const wantDown = { want: "down", owed: false } as const;
const once = { want: "once" } as const;
const exit = { exit: true } as const;

type Row = Readonly<Record<Exclude<Phase, "over">, Cell>>;

/** Effects are carried out in their order, after the change: what is published is the new state. */
export const TABLE: Readonly<Record<Event, Row>> = {
  u: {
    down: { to: "waiting", set: wantUp, effects: ["publish", "startSoon"] },
    waiting: { set: wantUp, effects: ["publish", "startSoon"] },
    up: { set: wantUp, ...publish },
    finishing: { set: wantUp, ...publish },
  },
  d: {
    down: { set: wantDown, ...publish },
    waiting: { to: "down", set: wantDown, effects: ["forgetStart", "publish"] },
    up: { set: { ...wantDown, paused: false }, effects: ["stop", "publish"] },
    finishing: { set: wantDown, ...publish },
  },
  o: {
    down: { to: "waiting", set: once, effects: ["publish", "startSoon"] },
    waiting: { set: once, effects: ["publish", "startSoon"] },
    up: { set: once, ...publish },
    finishing: { set: { ...once, owed: true }, ...publish },
  },
  p: {
    down: publish,
    waiting: publish,
    up: { set: { paused: true }, effects: ["publish", "pause"] },
    finishing: publish,
  },
  c: {
    down: publish,
    waiting: publish,
    up: { set: { paused: false }, effects: ["publish", "resume"] },
    finishing: publish,
  },
  x: {
    down: { to: "over", set: exit, effects: ["publish", "end"] },
    waiting: { to: "over", set: exit, effects: ["forgetStart", "publish", "end"] },
    up: { set: exit, ...publish },
    finishing: { set: exit, ...publish },
  },
  signal: {
    down: nothing,
    waiting: nothing,
    up: { effects: ["signal"] },
    finishing: nothing,
  },
  due: {
    down: nothing,
    waiting: { effects: ["start"] },
    up: nothing,
    finishing: nothing,
  },
  started: {
    down: nothing,
    waiting: { to: "up", set: { paused: false, owed: false }, ...publish },
    up: nothing,
    finishing: nothing,
  },
  unstarted: {
    down: nothing,
    waiting: { to: "rest", effects: ["publish"], again: "startAfterFailure" },
    up: nothing,
    finishing: nothing,
  },
  ready: {
    down: nothing,
    waiting: nothing,
    up: { effects: ["tellReady"] },
    finishing: nothing,
  },
  died: {
    down: nothing,
    waiting: nothing,
    up: { to: "finishing", set: { paused: false }, effects: ["bury", "finish"] },
    finishing: nothing,
  },
  finished: {
    down: nothing,
    waiting: nothing,
    up: nothing,
    finishing: { to: "rest" },
  },
  failed: {
    down: nothing,
    waiting: nothing,
    up: nothing,
    finishing: { to: "rest", set: wantDown, effects: ["giveUp", "publish"] },
  },
  killDue: {
    down: nothing,
    waiting: nothing,
    up: { effects: ["kill"] },
    finishing: nothing,
  },
  finishDue: {
    down: nothing,
    waiting: nothing,
    up: nothing,
    finishing: { effects: ["killFinish"] },
  },
};

/** Where a service goes when it has no process, and what has to be done there. */
function rest(
  { exit: ends, want, owed }: Service,
  again: Effect = "startAfterDeath",
): { phase: Phase; effects: readonly Effect[] } {
  if (ends) return { phase: "over", effects: ["end"] };
  if (owed) return { phase: "waiting", effects: ["startSoon"] };
  if (want === "up") return { phase: "waiting", effects: [again] };
  return { phase: "down", effects: [] };
}

/** A service before its first event: it waits for its first start, or stays down. */
export function newService(want: "up" | "down"): Service {
  const phase = want === "up" ? "waiting" : "down";
  return { phase, want, paused: false, exit: false, owed: false };
}

/** A service that was found running. */
export function foundService(want: Want, paused: boolean): Service {
  return { phase: "up", want, paused, exit: false, owed: false };
}

/** @returns what the service is after an event, and what is to be done, in order */
export function step(
  service: Service,
  event: Event,
): { readonly next: Service; readonly effects: readonly Effect[] } {
  if (service.phase === "over") return { next: service, effects: [] };
  const { to, set, effects = [], again } = TABLE[event][service.phase];
  const changed: Service = { ...service, ...set };
  if (to !== "rest") return { next: { ...changed, phase: to ?? service.phase }, effects };
  const { phase, effects: last } = rest(changed, again);
  return { next: { ...changed, phase, owed: false }, effects: [...effects, ...last] };
}
