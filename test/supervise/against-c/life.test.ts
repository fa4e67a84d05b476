/** The life of a service, told the same by either family of tools about either supervisor. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";
import { ask, type Family, LISTENER, makeService, Supervised, skip } from "./supervised.ts";

const timeout = 60_000;
const NOTHING = { code: 0, stdout: "", stderr: "" };
const PAIRS: readonly (readonly [supervisor: Family, tools: Family])[] = [
  ["C", "C"],
  ["C", "ours"],
  ["ours", "C"],
  ["ours", "ours"],
];

/** Options of svc in their order, and what svstat says once they have had their effect. */
const STEPS: readonly (readonly [options: readonly string[], state: string, flags: string])[] = [
  [["-p"], "up (pid P) N seconds, paused", "up paused"],
  [["-c"], "up (pid P) N seconds", "up"],
  [["-o"], "up (pid P) N seconds", "once"],
  [["-p", "-d"], "down N seconds, normally up", "down"],
  [["-a", "--"], "down N seconds, normally up", "down"],
  [["-o"], "up (pid P) N seconds", "once"],
  [["-t"], "down N seconds, normally up", "once"],
  [["-u"], "up (pid P) N seconds", "up"],
];

describe("a service", { concurrency: 2, skip }, () => {
  for (const [supervisor, tools] of PAIRS) {
    test(`lives under ${supervisor}, and ${tools} tell of it`, { timeout }, async (t) => {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: LISTENER });
      const supervised = new Supervised(t, supervisor, cwd);
      await supervised.isUp();
      await supervised.logs("start");
      assert.deepEqual(ask(tools, "svok", ["web"], { cwd }), NOTHING);
      const line = (): string => ask(tools, "svstat", ["web"], { cwd }).stdout;
      assert.match(line(), /^web: up \(pid \d+\) \d+ seconds\n$/);

      for (const [options, state, flags] of STEPS) {
        assert.deepEqual(ask(tools, "svc", [...options, "web"], { cwd }), NOTHING);
        let said = "";
        await until(`${options.join(" ")}: ${state}, not ${said}`, () => {
          const { want = "", paused = false } = supervised.status ?? {};
          if (`${want}${paused ? " paused" : ""}` !== flags) return false;
          said = line()
            .replace(/pid \d+/, "pid P")
            .replace(/\d+ seconds/, "N seconds");
          return said === `web: ${state}\n`;
        });
        // It hears signals from then on.
        if (state.startsWith("up"))
          await until("start in the log", () => supervised.log.at(-1) === "start");
      }

      const pid = await supervised.isUp();
      await until("three starts", () => supervised.log.join().endsWith("start,TERM,start"));
      assert.deepEqual(ask(tools, "svc", ["-ha", "web"], { cwd }), NOTHING);
      await until("HUP and ALRM", () => supervised.log.length === 7);
      assert.deepEqual(supervised.log.slice(-2).sort(), ["ALRM", "HUP"]);
      assert.deepEqual(ask(tools, "svc", ["-i", "web"], { cwd }), NOTHING);
      await supervised.isUp(pid);
      assert.deepEqual(ask(tools, "svc", ["-dx", "web"], { cwd }), NOTHING);
      assert.deepEqual(await supervised.running.ended, { code: 0, signal: null });
      assert.equal(supervised.running.stderr, "");
      assert.equal(line(), "web: supervise not running\n");
      assert.deepEqual(ask(tools, "svok", ["web"], { cwd }), { ...NOTHING, code: 100 });
      const late = "svc: warning: unable to control web: supervise not running\n";
      assert.deepEqual(ask(tools, "svc", ["-u", "web"], { cwd }), { ...NOTHING, stderr: late });
    });
  }

  for (const family of ["C", "ours"] as const) {
    test(`under ${family} bytes that mean nothing do nothing`, { timeout }, async (t) => {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: LISTENER });
      const supervised = new Supervised(t, family, cwd);
      const pid = await supervised.isUp();
      await supervised.logs("start");
      const known = "udopchaitkx+=Llq12w";
      const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
      supervised.write(bytes.filter((byte) => !known.includes(byte)).join(""));
      supervised.write("h");
      await supervised.logs("start", "HUP");
      assert.deepEqual(
        { ...supervised.status, since: 0 },
        { since: 0, pid, paused: false, want: "up" },
      );
      assert.deepEqual(await supervised.finish(), { code: 0, signal: null });
    });

    test(`${family} leaves files of these modes, and the other takes them over`, {
      timeout,
    }, async (t) => {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: LISTENER, down: "" });
      const other: Family = family === "C" ? "ours" : "C";
      const listings: string[][] = [];
      for (const [at, who] of ([family, other, family] as const).entries()) {
        const supervised = new Supervised(t, who, cwd);
        await until("a supervisor", () => ask(other, "svok", ["web"], { cwd }).code === 0);
        assert.deepEqual([supervised.status?.pid, supervised.status?.want], [0, "down"]);
        const told = "fatal: unable to acquire web/supervise/lock: temporary failure\n";
        for (const second of ["C", "ours"] as const) {
          const { code, stderr } = ask(second, "supervise", ["web"], { cwd });
          assert.deepEqual([code, stderr], [111, `supervise: ${told}`]);
        }
        supervised.write("u");
        await until("its start", () => supervised.log.length === 2 * at + 1);
        assert.deepEqual(await supervised.finish(), { code: 0, signal: null });
        listings.push(listing(join(cwd, "web")));
      }
      assert.deepEqual(listings[0], listings[1]);
      assert.deepEqual(listings[1], listings[2]);
    });
  }
});

/** Names, modes and sizes of what 0.76 knows. */
function listing(service: string): string[] {
  const names = [
    "supervise",
    ...["control", "lock", "ok", "status"].map((name) => `supervise/${name}`),
  ];
  return names.map((name) => {
    const { mode, size } = fs.statSync(join(service, name));
    return `${name} ${mode.toString(8)} ${name === "supervise" ? "" : size}`;
  });
}
