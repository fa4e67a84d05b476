import assert from "node:assert/strict";
import { test } from "node:test";
import { deathsInRow, delayMs } from "../../src/supervise/backoff.ts";
import {
  type DeathEntry,
  formatDeath,
  formatDeaths,
  parseDeath,
  parseDeaths,
} from "../../src/supervise/deaths.ts";
import { parseLabel } from "../../src/tai64/index.ts";

const at = parseLabel("@400000006b00095226f05663");
const died = { at, pid: 14007, core: false, asked: false, givenUp: false };

const LINES: readonly [string, DeathEntry][] = [
  ["pid 14007 exit 3 after 12.345", { ...died, cause: 3, uptimeMs: 12_345 }],
  [
    "pid 14007 exit 0 after 0.000 asked given-up",
    { ...died, cause: 0, uptimeMs: 0, asked: true, givenUp: true },
  ],
  [
    "pid 14007 signal SIGSEGV after 0.020 core",
    { ...died, cause: "SIGSEGV", uptimeMs: 20, core: true },
  ],
  [
    "pid 14007 signal signal 35 after 86400.001",
    { ...died, cause: "signal 35", uptimeMs: 86_400_001 },
  ],
  ["pid 14007 unknown after 3600.000", { ...died, cause: undefined, uptimeMs: 3_600_000 }],
  ["unstarted EACCES", { at, unstarted: "EACCES" }],
];

test("a death is a line, and the line is the death", () => {
  for (const [line, entry] of LINES) {
    const whole = `@400000006b00095226f05663 ${line}`;
    assert.equal(formatDeath(entry), whole);
    assert.deepEqual(parseDeath(whole), entry);
  }
});

test("lines that are none are passed over", () => {
  const good = formatDeaths(LINES.map(([, entry]) => entry));
  const odd = [
    "",
    "@400000006b00095226f05663",
    "@zz pid 1 exit 1 after 1.000",
    "x",
    "@ unstarted EIO",
  ];
  assert.deepEqual(
    parseDeaths(`${odd.join("\n")}\n${good}half a li`),
    LINES.map(([, entry]) => entry),
  );
});

test("delays double from one second to the longest, and a good run begins anew", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 99].map((row) => delayMs(row, 10_000)),
    [1, 2, 4, 8, 10, 10].map((s) => s * 1000),
  );
  assert.equal(delayMs(1, 500), 500);
  assert.equal(deathsInRow(4, 9999, 10_000), 5);
  assert.equal(deathsInRow(4, 10_000, 10_000), 1);
});
