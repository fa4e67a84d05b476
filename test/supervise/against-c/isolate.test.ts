/** Our tree and the supervise of C, and the other way round. The tree is this process's: it has one working directory. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, test } from "node:test";
import { posix } from "../../../src/posix/index.ts";
import { attendApart } from "../../../src/supervise/attend-apart.ts";
import type { Means } from "../../../src/supervise/attendant.ts";
import { HostedLogs } from "../../../src/supervise/hosted-logs.ts";
import { Tree } from "../../../src/supervise/tree.ts";
import { ours, peer } from "../../support/commands.ts";
import { isRunning } from "../../support/process.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";
import { COPIER, Scanned, SLEEPER } from "./scanned.ts";
import { ask, makeService, skip } from "./supervised.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const SAYER = "#!/bin/sh\nn=0\nwhile read line; do echo $line; done <say\nexec sleep 100\n";

describe("families on one tree", { concurrency: 1, skip }, () => {
  test("our svscan keeps services with the supervise of C", { timeout }, async (t) => {
    const tree = temporaryDirectory(t);
    const home = process.cwd();
    process.chdir(tree);
    t.after(() => process.chdir(home));
    const said: string[] = [];
    const means: Means = {
      posix,
      say: (program, kind, line) => void said.push(`${program}: ${kind}: ${line.toString()}`),
      environment: ["PATH=/usr/bin:/bin"],
      ignoredSignals: 0n,
      blockedSignals: 0n,
    };
    makeService(`${tree}/.web/log`, { run: COPIER });
    makeService(`${tree}/.web`, { run: "#!/bin/sh\necho line\nexec sleep 100\n" });
    fs.renameSync(`${tree}/.web`, `${tree}/web`);
    const attend = attendApart([peer("supervise").path], means);
    const { attend: host } = new HostedLogs(means);
    const kept = new Tree({ ...means, attend, host, descriptors: new Map([[2, 2]]) });
    const ended = kept.run();
    const copied = `${tree}/web/log/copied`;
    await until(
      "the line",
      () => fs.existsSync(copied) && fs.readFileSync(copied, "latin1") === "line\n",
    );
    const up = ask("ours", "svstat", ["web"], { cwd: tree }).stdout;
    assert.match(up, /^web: up \(pid \d+\) \d+ seconds\n$/);
    const pid = Number(/\d+/.exec(up)?.[0]);
    kept.stop();
    assert.equal(await ended, 0);
    assert.equal(isRunning(pid), false);
    assert.equal(ask("C", "svok", ["web"], { cwd: tree }).code, 100);
    assert.deepEqual(said, []);
  });

  test("the svscan of C keeps services with our supervise", { timeout }, async (t) => {
    const scanned = new Scanned(
      t,
      "C",
      { web: { run: "#!/bin/sh\necho line\nexec sleep 100\n" }, "web/log": { run: COPIER } },
      { through: `PATH=${ours("")}:$PATH; export PATH; exec "$0" "$@"` },
    );
    const pid = await scanned.isUp("web");
    await until("the line", () => scanned.text("web/log/copied") === "line\n");
    // Ours keeps the deaths.
    ask("C", "svc", ["-t", "web"], { cwd: scanned.tree });
    await scanned.isUp("web", pid);
    assert.match(scanned.text("web/supervise/deaths"), new RegExp(`pid ${pid} signal SIGTERM`));
    await until("the second line", () => scanned.text("web/log/copied") === "line\nline\n");
    ask("C", "svc", ["-dx", "web", "web/log"], { cwd: scanned.tree });
    await until("their end", () => scanned.status("web")?.pid === 0);
    scanned.running.signal("SIGKILL");
    assert.deepEqual(scanned.said, []);
  });

  test("a tree of C, killed with its supervises, goes on under ours, its loggers and their pipes too", {
    timeout,
  }, async (t) => {
    const first = new Scanned(t, "C", {
      web: { run: SAYER, down: "" },
      "web/log": { run: COPIER },
    });
    makeFifo(first.path("web/say"));
    await until("supervise", () => ask("C", "svok", ["web"], { cwd: first.tree }).code === 0);
    ask("C", "svc", ["-u", "web"], { cwd: first.tree });
    const pids = [await first.isUp("web"), await first.isUp("web/log")] as const;
    const say = fs.openSync(first.path("web/say"), "w");
    t.after(() => fs.closeSync(say));
    fs.writeSync(say, "one\n");
    await until("one", () => first.text("web/log/copied") === "one\n");
    const supervisors = pids.map(parentOf);
    first.running.signal("SIGKILL");
    for (const pid of supervisors) process.kill(pid, "SIGKILL");
    await until("their end", () => ask("C", "svok", ["web"], { cwd: first.tree }).code === 100);
    const second = new Scanned(t, "ours", {}, { tree: first.tree });
    for (const [at, name] of ["web", "web/log"].entries())
      await second.running.says(
        `supervise: warning: ${name} runs already, as process ${pids[at]}: taken over`,
      );
    fs.writeSync(say, "two\n");
    await until("two", () => first.text("web/log/copied") === "one\ntwo\n");
    // Its pipe was not lost with the one who made it.
    process.kill(pids[1], "SIGKILL");
    // Until it is dead it may take the line with it.
    await until("its death", () => posix.findProcess(pids[1])?.isAlive !== true);
    fs.writeSync(say, "three\n");
    await until("three", () => first.text("web/log/copied") === "one\ntwo\nthree\n");
    assert.equal(second.status("web")?.pid, pids[0]);
    assert.deepEqual(await second.stop(), CLEAN);
  });

  test("supervises of ours that lost their svscan are left alone by that of C, until they are told to end", {
    timeout,
  }, async (t) => {
    const first = new Scanned(
      t,
      "ours",
      { web: { run: SLEEPER }, "web/log": { run: COPIER } },
      { args: ["--isolate"] },
    );
    const pids = [await first.isUp("web"), await first.isUp("web/log")];
    first.running.signal("SIGKILL");
    await first.running.ended;
    const second = new Scanned(t, "C", {}, { tree: first.tree });
    await second.running.says("unable to acquire web/supervise/lock: temporary failure");
    assert.deepEqual([first.status("web")?.pid, first.status("web/log")?.pid], pids);
    ask("C", "svc", ["-dx", "web", "web/log"], { cwd: first.tree });
    assert.notEqual(await first.isUp("web", pids[0]), pids[0]);
    assert.notEqual(await first.isUp("web/log", pids[1]), pids[1]);
    ask("ours", "svc", ["-dx", "web", "web/log"], { cwd: first.tree });
    await until("their end", () => first.status("web")?.pid === 0);
  });
});

function makeFifo(path: string): void {
  posix.makeFifo(-100, path, 0o600);
}

function parentOf(pid: number): number {
  return posix.findProcess(pid)?.parent ?? 0;
}
