/** svscan where descriptors or processes are short: what can be done is done, the rest when there is room. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { describe, test } from "node:test";
import { Scanned, SLEEPER } from "../supervise/against-c/scanned.ts";
import { ask } from "../supervise/against-c/supervised.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const HOSTED = { script: "./main\n" };
const GUEST = { run: SLEEPER };
const SAYER = "#!/bin/sh\necho here\nexec sleep 100\n";
/** Enough for svscan itself, its thread and some of the services. */
const DESCRIPTORS = 120;
const names = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${letter}${at}`);
/** Nobody else runs as this user: its processes are those of one test. */
const USER = 61_234;

describe("svscan", { concurrency: 2 }, () => {
  test("out of descriptors starts as many services as it can, and the others when there is room", {
    timeout,
  }, async (t) => {
    const [logged, guests] = [names("logged", 4), names("guest", 12)];
    const services: [string, Readonly<Record<string, string>>][] = [
      ...guests.map((name): [string, typeof GUEST] => [name, GUEST]),
      ...logged.flatMap((name): [string, Readonly<Record<string, string>>][] => [
        [name, { run: SAYER }],
        [`${name}/log`, HOSTED],
      ]),
    ];
    const scanned = new Scanned(t, "ours", Object.fromEntries(services), {
      through: `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`,
    });
    const pidOf = (name: string): number => scanned.status(name)?.pid ?? 0;
    const hasLine = (name: string): boolean =>
      scanned.text(`${name}/log/main/current`) === "here\n";
    await scanned.running.says("process cannot open more files");
    for (let look = 0; look < 3; look++) await scanned.running.hear("SIGHUP");
    const first = [...guests, ...logged].filter((name) => pidOf(name) !== 0);
    assert.ok(first.length > 0 && first.length < 16, `${first.length} are up`);
    for (const name of guests) fs.renameSync(scanned.path(name), scanned.path(`.${name}`));
    ask("ours", "svc", ["-dx", ...guests.map((name) => `.${name}`)], { cwd: scanned.tree });
    for (const name of guests) await until(`no ${name}`, () => pidOf(`.${name}`) === 0);
    await until("the others, with their logs", () => {
      scanned.running.signal("SIGHUP");
      return logged.every(hasLine);
    });
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.deepEqual(scanned.family, []);
  });

  test("without processes says so, keeps what runs, and starts the service when it is told to", {
    timeout,
    skip: process.getuid?.() !== 0 && "needs root, to become a user with no room for processes",
  }, async (t) => {
    const scanned = new Scanned(
      t,
      "ours",
      { web: { run: SLEEPER }, other: { run: SLEEPER } },
      {
        through: `chmod -R a+rwX "$1"/..; exec /usr/bin/setpriv --reuid ${USER} --clear-groups "$0" "$@"`,
      },
    );
    const pids = [await scanned.isUp("web"), await scanned.isUp("other")];
    const allow = (processes: string): void => {
      const { status } = spawnSync("setpriv", [
        `--reuid=${USER}`,
        "--clear-groups",
        "prlimit",

        "--pid",
        String(scanned.running.pid),
        `--nproc=${processes}`,
      ]);
      assert.equal(status, 0);
    };
    allow("1:");
    process.kill(pids[0] ?? 0, "SIGKILL");
    await scanned.running.says(
      "supervise: warning: unable to fork for web, sleeping 60 seconds: temporary failure",
    );
    assert.deepEqual([scanned.status("web")?.pid, scanned.status("other")?.pid], [0, pids[1]]);
    allow("90000:");
    assert.equal(ask("ours", "svc", ["-u", "web"], { cwd: scanned.tree }).code, 0);
    await scanned.isUp("web");
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.deepEqual(scanned.family, []);
  });
});
