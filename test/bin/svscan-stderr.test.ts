/** A service with a logger for each of its streams. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, test } from "node:test";
import { COPIER, Scanned } from "../supervise/against-c/scanned.ts";
import { readLogdir } from "../support/logdir.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const HOSTED = { script: "./main\n" };
/** Says a line on each stream, and the last two when it is told to end. */
const TALKER = `#!/bin/sh
trap 'echo bye; echo bye to err >&2; exit 0' TERM
echo hello
echo hello to err >&2
while :; do sleep 0.05; done
`;

describe("svscan, standard error", { concurrency: 2 }, () => {
  for (const [kind, log, copied] of [
    ["hosted", HOSTED, "main/current"],
    ["supervised", { run: COPIER }, "copied"],
  ] as const) {
    test(`has a ${kind} log of its own, to the end`, { timeout }, async (t) => {
      const scanned = new Scanned(t, "ours", {
        web: { run: TALKER },
        "web/log": log,
        "web/log-stderr": log,
      });
      await until("web", () => scanned.text(`web/log/${copied}`) === "hello\n");
      await until("err", () => scanned.text(`web/log-stderr/${copied}`) === "hello to err\n");
      assert.deepEqual(await scanned.stop(), CLEAN);
      assert.equal(scanned.text(`web/log/${copied}`), "hello\nbye\n");
      assert.equal(scanned.text(`web/log-stderr/${copied}`), "hello to err\nbye to err\n");
      assert.deepEqual(scanned.said, []);
    });
  }

  test("can have the only log", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: TALKER.replaceAll("echo hello\n", "") },
      "web/log-stderr": HOSTED,
    });
    await until("err", () => scanned.text("web/log-stderr/main/current") === "hello to err\n");
    assert.deepEqual(await scanned.stop(), CLEAN);
  });

  test("goes where svscan's goes when the directory is nothing to a logger", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", { web: { run: TALKER }, "web/log": HOSTED });
    fs.mkdirSync(scanned.path("web/log-stderr"));
    await until("err", () => scanned.said.includes("hello to err"));
    assert.deepEqual(await scanned.stop(), CLEAN);
  });

  test("goes on into its log when svscan was killed", { timeout }, async (t) => {
    const services = { web: { run: TALKER }, "web/log": HOSTED, "web/log-stderr": HOSTED };
    const first = new Scanned(t, "ours", services);
    await until("err", () => first.text("web/log-stderr/main/current") === "hello to err\n");
    const pid = first.status("web")?.pid;
    first.running.signal("SIGKILL");
    await first.running.ended;
    const second = new Scanned(t, "ours", {}, { tree: first.tree });
    await until("it", () => second.said.some((line) => line.includes("taken over")));
    assert.equal(second.status("web")?.pid, pid);
    assert.deepEqual(await second.stop(), CLEAN);
    // What was open at the kill is a finished file now.
    const whole = (log: string): string => readLogdir(second.path(log), "main").whole;
    assert.equal(whole("web/log"), "hello\nbye\n");
    assert.equal(whole("web/log-stderr"), "hello to err\nbye to err\n");
  });
});
