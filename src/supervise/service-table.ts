/** The table of a service: phase and event give what changes and what is to be done. */
import type { Effect, Event, Phase, Service } from "./service.ts";

export interface Cell {
  /** `rest`: over, stopping, waiting or down, as is wanted; `start`: on to `start`, or to `run`. Stays when not given. */
  readonly to?: Phase | "rest" | "start";
  readonly set?: Partial<Omit<Service, "phase">>;
  readonly effects?: readonly Effect[];
  /** What sets the time of the next start, where `rest` is to wait for one. */
  readonly again?: Effect;
}

const publish: Cell = { effects: ["publish"] };
const wantUp = { want: "up", failed: false } as const;
const wantDown = { want: "down", owed: false, failed: false } as const;
const once = { want: "once", failed: false } as const;
const exit = { exit: true } as const;
const givenUp = { ...wantDown, failed: true, begun: false } as const;

type Row = Readonly<Record<Exclude<Phase, "over">, Cell>>;

const nothing: Row = {
  down: {},
  waiting: {},
  held: {},
  starting: {},
  prepared: {},
  up: {},
  finishing: {},
  stopping: {},
};

/** Effects are carried out in their order, after the change: what is published is the new state. */
export const TABLE: Readonly<Record<Event, Row>> = {
  u: {
    down: { to: "waiting", set: wantUp, effects: ["publish", "startSoon"] },
    waiting: { set: wantUp, effects: ["publish", "startSoon"] },
    held: { set: wantUp, ...publish },
    starting: { set: wantUp, ...publish },
    prepared: publish,
    up: { set: wantUp, ...publish },
    finishing: { set: wantUp, ...publish },
    stopping: { set: wantUp, ...publish },
  },
  d: {
    down: { set: wantDown, ...publish },
    waiting: { to: "rest", set: wantDown, effects: ["forgetStart", "publish"] },
    held: { to: "rest", set: wantDown, effects: ["forgetOthers", "publish"] },
    starting: { set: wantDown, effects: ["stop", "publish"] },
    prepared: { to: "rest", set: wantDown, effects: ["publish"] },
    up: { set: { ...wantDown, paused: false }, effects: ["stop", "publish"] },
    finishing: { set: wantDown, ...publish },
    stopping: { set: wantDown, ...publish },
  },
  o: {
    down: { to: "waiting", set: once, effects: ["publish", "startSoon"] },
    waiting: { set: once, effects: ["publish", "startSoon"] },
    held: { set: once, ...publish },
    starting: { set: once, ...publish },
    prepared: publish,
    up: { set: once, ...publish },
    finishing: { set: { ...once, owed: true }, ...publish },
    stopping: { set: { ...once, owed: true }, ...publish },
  },
  p: {
    down: publish,
    waiting: publish,
    held: publish,
    starting: publish,
    prepared: publish,
    up: { set: { paused: true }, effects: ["publish", "pause"] },
    finishing: publish,
    stopping: publish,
  },
  c: {
    down: publish,
    waiting: publish,
    held: publish,
    starting: publish,
    prepared: publish,
    up: { set: { paused: false }, effects: ["publish", "resume"] },
    finishing: publish,
    stopping: publish,
  },
  x: {
    down: { to: "rest", set: exit, effects: ["publish"] },
    waiting: { to: "rest", set: exit, effects: ["forgetStart", "publish"] },
    held: { to: "rest", set: exit, effects: ["forgetOthers", "publish"] },
    starting: { set: exit, ...publish },
    prepared: { to: "rest", set: exit, effects: ["publish"] },
    up: { set: exit, ...publish },
    finishing: { set: exit, ...publish },
    stopping: { set: exit, ...publish },
  },
  signal: {
    ...nothing,
    starting: { effects: ["signal"] },
    up: { effects: ["signal"] },
    stopping: { effects: ["signal"] },
  },
  due: { ...nothing, waiting: { effects: ["ask"] } },
  blocked: { ...nothing, waiting: { to: "held" } },
  clear: { ...nothing, waiting: { to: "start" }, held: { to: "start" } },
  began: { ...nothing, starting: { to: "start", set: { begun: true } } },
  refused: {
    ...nothing,
    starting: { to: "rest", set: givenUp, effects: ["giveUp", "publish"] },
  },
  brokenOff: { ...nothing, starting: { to: "rest" } },
  started: {
    ...nothing,
    waiting: { to: "up", set: { paused: false, owed: false }, ...publish },
  },
  unstarted: {
    ...nothing,
    waiting: { to: "rest", effects: ["publish"], again: "startAfterFailure" },
  },
  absent: {
    ...nothing,
    waiting: { to: "prepared", set: { want: "once", owed: false }, ...publish },
  },
  ready: { ...nothing, up: { effects: ["tellReady"] } },
  moved: { ...nothing, up: { effects: ["publish", "tellReady"] } },
  died: {
    ...nothing,
    up: { to: "finishing", set: { paused: false }, effects: ["bury", "finish"] },
  },
  killDue: { ...nothing, starting: { effects: ["kill"] }, up: { effects: ["kill"] } },
  finished: { ...nothing, finishing: { to: "rest" } },
  completed: { ...nothing, finishing: { to: "rest", set: wantDown, effects: ["publish"] } },
  failed: {
    ...nothing,
    finishing: { to: "rest", set: givenUp, effects: ["giveUp", "publish"] },
  },
  finishDue: { ...nothing, finishing: { effects: ["killFinish"] } },
  stopped: {
    ...nothing,
    stopping: { to: "rest", set: { begun: false }, again: "startSoon" },
  },
};
