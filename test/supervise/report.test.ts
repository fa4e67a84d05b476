/** The forms in which svstat tells a report; the reports themselves: test/supervise/against-c/. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Death } from "../../src/supervise/deaths.ts";
import type { TellingPhase } from "../../src/supervise/phase.ts";
import type { History, Known, Report } from "../../src/supervise/report.ts";
import { statusLine } from "../../src/supervise/status-line.ts";
import { asJson, asTable } from "../../src/supervise/svstat-forms.ts";
import { duration, explain } from "../../src/supervise/why.ts";
import { fromUnixNanos } from "../../src/tai64/index.ts";

const NOW = 1_795_164_003_000_000_000n;
const ago = (seconds: number): ReturnType<typeof fromUnixNanos> =>
  fromUnixNanos(NOW - BigInt(seconds) * 1_000_000_000n);
const quiet: History = { tellsReady: false, readySince: undefined, deaths: [] };
const died = (seconds: number, cause: number | string, more: Partial<Death> = {}): Death => ({
  at: ago(seconds),
  pid: 7,
  cause,
  uptimeMs: 1200,
  core: false,
  asked: false,
  givenUp: false,
  ...more,
});

function known(pid: number, fields: Partial<Known["status"]> = {}, normallyUp = true): Known {
  const status = { since: ago(5), pid, paused: false, want: "up", ...fields } as const;
  return { kind: "known", status, normallyUp, seconds: 5n };
}

test("a line of svstat has its parts in their order", () => {
  const lines: readonly [Report, string][] = [
    [known(123), "up (pid 123) 5 seconds"],
    [known(123, {}, false), "up (pid 123) 5 seconds, normally down"],
    [known(123, { paused: true }), "up (pid 123) 5 seconds, paused"],
    [known(123, { want: "down" }), "up (pid 123) 5 seconds, want down"],
    [
      known(123, { paused: true, want: "down" }, false),
      "up (pid 123) 5 seconds, normally down, paused, want down",
    ],
    [known(0, { want: "down" }), "down 5 seconds, normally up"],
    [known(0, { want: "down" }, false), "down 5 seconds"],
    [known(0), "down 5 seconds, normally up, want up"],
    [known(0, {}, false), "down 5 seconds, want up"],
    [known(0, { want: "once", paused: true }), "down 5 seconds, normally up"],
    [{ kind: "trouble", text: "supervise not running" }, "supervise not running"],
  ];
  for (const [report, line] of lines) assert.equal(statusLine(report), line);
});

test("why: flapping is said, with what it died of most often", () => {
  const deaths = [
    died(70, 9),
    died(30, 1),
    died(20, 1, { asked: true }),
    died(10, 1),
    died(3, "SIGSEGV", { core: true }),
  ];
  assert.deepEqual(explain(known(0), { ...quiet, deaths }, NOW), [
    "it is down for 5 seconds and waits for its next start",
    "it is flapping: it died 3 times in the last 60 seconds, 2 of them: exit code 1",
    "it last died 3 seconds ago, after 1.2 seconds: killed by SIGSEGV, memory dumped",
  ]);
  const same = [died(9, 2), died(8, 2), died(7, 2, { givenUp: true })];
  assert.deepEqual(explain(known(0, { want: "down" }), { ...quiet, deaths: same }, NOW).slice(1), [
    "it is flapping: it died 3 times in the last 60 seconds, each time: exit code 2",
    "it last died 7 seconds ago, after 1.2 seconds: exit code 2",
    "it was given up: svc start makes it run again",
  ]);
});

test("why: what a quiet service, one that could not be started and one without supervisor are told", () => {
  assert.deepEqual(explain(known(8, { paused: true }), quiet, NOW), [
    "it is up for 5 seconds, as process 8",
    "it is paused: svc continue",
    "no death of it is known",
  ]);
  const failed = { ...quiet, deaths: [{ at: ago(180), unstarted: "EACCES" }], tellsReady: true };
  assert.deepEqual(explain(known(8), failed, NOW).slice(1), [
    "run could not be started 3 minutes ago: EACCES",
    "it has not said that it is ready",
  ]);
  const gone = { kind: "trouble", text: "supervise not running" } as const;
  assert.match(explain(gone, quiet, NOW)[0] ?? "", /^no supervisor is there/);
});

test("durations are said in the largest unit of which there are two", () => {
  const cases: readonly [number, string][] = [
    [0, "0 seconds"],
    [0.25, "0.2 seconds"],
    [1, "1 second"],
    [119, "119 seconds"],
    [120, "2 minutes"],
    [7199, "119 minutes"],
    [7200, "2 hours"],
    [172_800, "2 days"],
  ];
  for (const [seconds, words] of cases) assert.equal(duration(seconds), words);
});

test("JSON and table tell the same", () => {
  const deaths = [died(3, "SIGTERM", { asked: true })];
  const up = {
    directory: "web",
    report: known(8),
    history: { tellsReady: true, readySince: ago(4), group: "shop", deaths },
  };
  const off = {
    directory: "a",
    report: { kind: "trouble", text: "supervise not running" },
    history: quiet,
  } as const;
  assert.deepEqual(asJson(up), {
    directory: "web",
    state: "up",
    pid: 8,
    since: "2026-11-20T08:39:58.000Z",
    seconds: 5,
    want: "up",
    normally: "up",
    paused: false,
    ready: true,
    readySince: "2026-11-20T08:39:59.000Z",
    phase: null,
    group: "shop",
    waitsFor: [],
    deaths: 1,
    lastDeath: {
      at: "2026-11-20T08:40:00.000Z",
      pid: 7,
      signal: "SIGTERM",
      uptimeSeconds: 1.2,
      core: false,
      asked: true,
      givenUp: false,
    },
  });
  assert.deepEqual(asJson(off), {
    directory: "a",
    state: "unknown",
    error: "supervise not running",
  });
  const held = {
    directory: "web2",
    report: known(0),
    history: { ...quiet, phase: { word: "held", words: ["db", "cache"] } },
  } as const;
  const { phase, waitsFor } = asJson(held);
  assert.deepEqual([phase, waitsFor], ["held", ["db", "cache"]]);
  assert.deepEqual(asTable([up, off, held], { nowNanos: NOW }), [
    "SERVICE  STATE                 PID  SINCE      WANT  1 MIN  1 HOUR  LAST DEATH",
    "web      up                    8    5 seconds  up    1      1       pid 7 signal SIGTERM after 1.200 asked",
    "a        ?                     -    -          -     -      -       supervise not running",
    "web2     down (held db cache)  -    5 seconds  up    0      0       -",
  ]);
});

test("what is flapping is so in the table as well, and red where colours are wanted", () => {
  const deaths = [died(4000, 1), died(3500, 1), died(40, 1), died(20, 1), died(10, 1)];
  const row = (want: "up" | "down") => ({
    directory: "web",
    report: known(9, { want }),
    history: { ...quiet, tellsReady: true, deaths },
  });
  const line = (want: "up" | "down", colours: boolean): string =>
    asTable([row(want)], { nowNanos: NOW, colours })[1] ?? "";
  assert.match(line("up", false), /^web +flapping \(not ready\) +9 +5 seconds +up +3 +4 +pid 7/);
  const red = line("up", true).replaceAll("\u001b", "ESC");
  assert.match(red, /^web +ESC\[31mflapping \(not ready\) *ESC\[0m +9 /);
  assert.match(line("down", true), /^web +up \(not ready\) +9 /);
});

test("why: what a service does that is neither up nor quite down", () => {
  const about = (word: TellingPhase["word"], ...words: string[]): string[] =>
    explain(known(0), { ...quiet, phase: { word, words } }, NOW).slice(1, -1);
  assert.deepEqual(about("held", "db"), [
    "it waits for db, and is started when that is up (file after)",
  ]);
  assert.deepEqual(about("held", "db", "cache"), [
    "it waits for db, cache, and is started when these are up (file after)",
  ]);
  assert.deepEqual(about("starting"), ["its start is running"]);
  assert.deepEqual(about("finishing"), ["its finish is running"]);
  assert.deepEqual(about("stopping"), ["its stop is running"]);
  assert.match(about("started").join(), /^its start has ended well/);
  assert.deepEqual(about("failed"), ["it failed: svc start tries again"]);
});

test("why: one that ends well at once over and over may have gone to the background", () => {
  const quick = [9, 8, 7].map((seconds) => died(seconds, 0, { uptimeMs: 20 }));
  const said = (deaths: readonly Death[]): string =>
    explain(known(0), { ...quiet, deaths }, NOW).join("\n");
  assert.match(
    said(quick),
    /\nit ends as soon as it has begun: if it puts itself into the background, /,
  );
  assert.match(said(quick), /pid file into the file pidfile\n/);
  assert.doesNotMatch(said([...quick, died(5, 1, { uptimeMs: 20 })]), /background/);
  assert.doesNotMatch(said([9, 8, 7].map((seconds) => died(seconds, 0))), /background/);
});
