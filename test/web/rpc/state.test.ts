/** Supervisor's words for what a service is, and for how long, and why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Death, DeathEntry } from "../../../src/supervise/index.ts";
import { fromUnixNanos } from "../../../src/tai64/index.ts";
import {
  describe,
  exitStatus,
  spawnError,
  timesOf,
  uptimeText,
} from "../../../src/web/rpc/describe.ts";
import { type Seen, type StateName, stateOf } from "../../../src/web/rpc/state.ts";
import type { ServiceView } from "../../../src/web/tree/types.ts";
import { DOWN, viewOf } from "./fake-tree.ts";

const NOW = Date.UTC(2026, 10, 20, 8, 44, 17);
const ago = (ms: number): string => new Date(NOW - ms).toISOString();
const instant = (ms: number): Death["at"] => fromUnixNanos(BigInt(ms) * 1_000_000n);

function death(more: Partial<Death> = {}): Death {
  const usual = { pid: 7, cause: 3, uptimeMs: 60_000, core: false, asked: false, givenUp: false };
  return { at: instant(NOW - 5000), ...usual, ...more };
}

interface Case {
  readonly view?: Partial<ServiceView>;
  readonly deaths?: readonly DeathEntry[];
  readonly settings?: Partial<ReturnType<Seen["settings"]>>;
}

function seen({ view = {}, deaths = [], settings = {} }: Case): Seen {
  const last = deaths.at(-1);
  const lastDeath = last === undefined ? null : { at: ago(5000), words: "killed by SIGSEGV" };
  return {
    view: viewOf("web", { since: ago(60_000), lastDeath, ...view }),
    deaths: () => deaths,
    settings: () => ({ startMs: undefined, exitCodes: undefined, ...settings }),
    now: NOW,
  };
}

const once = { state: "down", want: "once", pid: null } as const;
const waiting = { state: "down", want: "up", pid: null } as const;
const unstarted: DeathEntry = { at: instant(NOW), unstarted: "ENOENT" };

const STATES: readonly (readonly [StateName, Case])[] = [
  ["RUNNING", {}],
  ["RUNNING", { view: { state: "paused" } }],
  ["RUNNING", { view: { state: "started", pid: null, want: "once" } }],
  ["STARTING", { view: { since: ago(500) } }],
  ["STARTING", { view: { since: ago(1000) } }],
  ["RUNNING", { view: { since: ago(1001) } }],
  ["RUNNING", { view: { since: ago(0) }, settings: { startMs: 0 } }],
  ["STARTING", { view: { since: ago(9000) }, settings: { startMs: 10_000 } }],
  ["STARTING", { view: { ready: false } }],
  ["RUNNING", { view: { ready: true, since: ago(100) } }],
  ["STARTING", { view: { state: "starting", pid: null } }],
  ["STARTING", { view: { state: "held", pid: null } }],
  ["STARTING", { view: waiting }],
  ["STARTING", { view: waiting, deaths: [death({ asked: true })] }],
  ["BACKOFF", { view: waiting, deaths: [death()] }],
  ["BACKOFF", { view: waiting, deaths: [unstarted] }],
  ["BACKOFF", { view: { state: "finishing", pid: null } }],
  ["STOPPING", { view: { state: "finishing", want: "down", pid: null } }],
  ["STOPPING", { view: { state: "stopping" } }],
  ["STOPPING", { view: { want: "down" } }],
  ["STOPPED", { view: DOWN }],
  ["STOPPED", { view: DOWN, deaths: [death({ asked: true })] }],
  ["STOPPED", { view: DOWN, deaths: [death()] }],
  ["STOPPED", { view: DOWN, deaths: [death({ cause: 0 })], settings: { exitCodes: new Set([3]) } }],
  ["EXITED", { view: DOWN, deaths: [death()], settings: { exitCodes: new Set([0, 3]) } }],
  ["EXITED", { view: DOWN, deaths: [death({ cause: "SIGKILL" })], settings: { exitCodes: "any" } }],
  ["EXITED", { view: once, deaths: [death()] }],
  ["FATAL", { view: DOWN, deaths: [death({ givenUp: true })] }],
  ["FATAL", { view: { state: "failed", want: "down", pid: null } }],
  ["UNKNOWN", { view: { state: "unsupervised", want: null, pid: null } }],
];

test("a service's state in Supervisor's words", () => {
  for (const [at, [state, given]] of STATES.entries())
    assert.equal(stateOf(seen(given)), state, `row ${at}`);
});

test("descriptions are those of Supervisor", () => {
  const words = (given: Case): string => {
    const one = seen(given);
    return describe(one, stateOf(one), (at) => {
      const time = new Date(Number(at) * 1000);
      const [hour, minute, second] = [time.getUTCHours(), time.getUTCMinutes(), 0];
      return { year: 2026, month: 11, day: 20, hour, minute, second, offset: 0 };
    });
  };
  assert.equal(words({}), "pid 100, uptime 0:01:00");
  assert.equal(words({ view: { since: ago(500) } }), "");
  assert.equal(words({ view: DOWN }), "Not started");
  assert.equal(words({ view: DOWN, deaths: [death({ asked: true })] }), "Nov 20 08:44 AM");
  const quick = death({ uptimeMs: 900, givenUp: true });
  assert.equal(
    words({ view: DOWN, deaths: [quick] }),
    "Exited too quickly (process log may have details)",
  );
  assert.equal(words({ view: waiting, deaths: [death()] }), "Bad exit code 3");
  assert.equal(
    words({ view: waiting, deaths: [death({ cause: "SIGSEGV" })] }),
    "killed by SIGSEGV",
  );
  assert.equal(words({ view: waiting, deaths: [unstarted] }), "can't find command './run'");
  assert.equal(words({ view: { state: "failed", pid: null } }), 'unknown error (try "tail web")');
});

test("uptimes have days when there are some", () => {
  const hour = 3600;
  assert.equal(uptimeText(0), "0:00:00");
  assert.equal(uptimeText(10 * hour + 61), "10:01:01");
  assert.equal(uptimeText(24 * hour), "1 day, 0:00:00");
  assert.equal(uptimeText(49 * hour + 59), "2 days, 1:00:59");
});

test("times, exit codes and errors are those of the last end", () => {
  const at = Math.floor((NOW - 5000) / 1000);
  assert.deepEqual(timesOf(seen({})), { start: NOW / 1000 - 60, stop: 0 });
  const ended = { view: DOWN, deaths: [death()] };
  assert.deepEqual(timesOf(seen(ended)), { start: at - 60, stop: at });
  assert.equal(exitStatus(seen(ended), "EXITED"), 3);
  assert.equal(exitStatus(seen({ deaths: [death()] }), "RUNNING"), 0);
  const killed = seen({ view: DOWN, deaths: [death({ cause: "SIGKILL" })] });
  assert.equal(exitStatus(killed, "EXITED"), -1);
  const quick = seen({ view: waiting, deaths: [death({ uptimeMs: 10 })] });
  assert.equal(exitStatus(quick, "BACKOFF"), 0);
  assert.equal(spawnError(quick, "STOPPED"), "");
});
