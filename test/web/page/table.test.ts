// The table's filter and order, and numbers as it shows them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { filterOf } from "../../../src/web/page/pure/filter.ts";
import { type Column, compare } from "../../../src/web/page/pure/order.ts";
import { rate, roughly, size, span } from "../../../src/web/page/pure/words.ts";
import { log, seen } from "./seen.ts";

const services = [
  seen("web1", { group: "Front", ready: true }),
  seen("web2", { group: "Front", state: "down", flapping: true }),
  seen("web10", { log: log({ stalledSeconds: 4 }) }),
  seen("mail-in", { group: "mail", state: "failed" }),
  seen("b[c]+d", { state: "down" }),
];

test("the filter takes parts of names, patterns, groups and states", () => {
  const cases: [words: string, names: string][] = [
    ["", "web1 web2 web10 mail-in b[c]+d"],
    ["  ", "web1 web2 web10 mail-in b[c]+d"],
    ["web", "web1 web2 web10"],
    ["WEB", "web1 web2 web10"],
    ["web*", "web1 web2 web10"],
    ["eb*", ""],
    ["w*b*1*", "web1 web10"],
    ["*b*b*", ""],
    ["we*eb1", ""],
    ["web1*1", ""],
    ["*1?", "web10"],
    ["web?", "web1 web2"],
    ["*-in", "mail-in"],
    ["b[c]+*", "b[c]+d"],
    ["front:*", "web1 web2"],
    ["is:down", "web2 b[c]+d"],
    ["is:failed", "mail-in"],
    ["is:flapping", "web2"],
    ["is:stalled", "web10"],
    ["is:ready", "web1"],
    ["web -is:down", "web1 web10"],
    ["-web* -", "mail-in b[c]+d"],
    ["is:nonsense", ""],
  ];
  for (const [words, names] of cases) {
    const found = services.filter(filterOf(words)).map(({ name }) => name);
    assert.equal(found.join(" "), names, words);
  }
});

test("a pattern of many stars is no work", () => {
  const long = seen("a".repeat(255));
  assert.equal(filterOf(`${"*a".repeat(50)}*b`)(long), false);
  assert.equal(filterOf("a*".repeat(50))(long), true);
});

test("rows are in the order of a column, and of their names where that is the same", () => {
  const rows = [
    seen("b", { deaths: { minute: 0, hour: 2, kept: 2, perMinute: [] }, log: log({ bytes: 10 }) }),
    seen("a10", { state: "failed", pid: null }),
    seen("a9", { since: "2026-11-20T11:00:00.000Z", log: log({ linesPerSecond: 3, bytes: 1 }) }),
    seen("c", {
      flapping: true,
      lastDeath: { at: "2026-11-20T11:00:00.000Z", words: "exit code 1" },
    }),
  ];
  const orders: [by: Column, names: string][] = [
    ["name", "a9 a10 b c"],
    ["state", "c a10 a9 b"],
    ["uptime", "a9 b c a10"],
    ["restarts", "b a9 a10 c"],
    ["death", "c a9 a10 b"],
    ["rate", "a9 a10 b c"],
    ["bytes", "b a9 a10 c"],
  ];
  const sorted = (by: Column, isReversed: boolean): string =>
    rows
      .toSorted(compare({ by, isReversed }))
      .map(({ name }) => name)
      .join(" ");
  for (const [by, names] of orders) assert.equal(sorted(by, false), names, by);
  assert.equal(sorted("name", true), "c b a10 a9");
  assert.equal(sorted("restarts", true), "a9 a10 c b");
});

test("numbers are short", () => {
  const spans: [number, string, string][] = [
    [-3, "0s", "0s"],
    [59.9, "59s", "59s"],
    [200, "3m 20s", "3m"],
    [3600, "1h 0m", "1h"],
    [90_000, "1d 1h", "1d"],
  ];
  for (const [seconds, words, short] of spans) {
    assert.equal(span(seconds), words);
    assert.equal(roughly(seconds), short);
  }
  assert.deepEqual([12, 1024, 1.5 * 2 ** 20, 3 * 2 ** 30].map(size), [
    "12 B",
    "1.0 KB",
    "1.5 MB",
    "3.0 GB",
  ]);
  const rates = [0, 0.01, 0.3, 12.4, 1234, 35_000].map(rate);
  assert.deepEqual(rates, ["0", "<0.1", "0.3", "12", "1.2k", "35k"]);
});
