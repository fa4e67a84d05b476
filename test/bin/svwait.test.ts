/** svwait and svup: waiting for services, and asking whether they are up. */
// Not tested: a user without any inotify left; then svwait looks once a second.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  ask,
  type Family,
  LISTENER,
  makeService,
  Supervised,
  skip,
} from "../supervise/against-c/supervised.ts";
import { ours, peer } from "../support/commands.ts";
import { Running } from "../support/running.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const NOTHING = { code: 0, stdout: "", stderr: "" };
const ENDED = { code: 0, signal: null };
const families: readonly Family[] = skip ? ["ours"] : ["ours", "C"];

function isFile(service: string): boolean {
  return fs.existsSync(join(service, "supervise/status"));
}

/** svwait as it waits. */
async function waiting(scope: Scope, cwd: string, ...args: string[]): Promise<Running> {
  const running = new Running(scope, ours("svwait"), args, { cwd });
  const named = (path: string): string => {
    try {
      return fs.readlinkSync(path);
    } catch {
      return "";
    }
  };
  const fds = `/proc/${running.pid}/fd`;
  await until("svwait to listen", () =>
    fs.readdirSync(fds).some((fd) => named(`${fds}/${fd}`).includes("inotify")),
  );
  return running;
}

describe("svwait", { concurrency: 2 }, () => {
  for (const family of families) {
    test(`waits for what becomes of services under ${family}`, { timeout }, async (t) => {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: LISTENER, down: "" });
      makeService(join(cwd, "db"), { run: LISTENER, down: "" });
      const early = await waiting(t, cwd, "-D", "web");
      const [web, db] = [new Supervised(t, family, cwd), new Supervised(t, family, cwd, "db")];
      assert.deepEqual(await early.ended, ENDED, "one that is not there yet is waited for");
      await until("db", () => ask("ours", "svok", ["db"], { cwd }).code === 0);
      const svwait = (...args: string[]): unknown => ask("ours", "svwait", args, { cwd });
      assert.deepEqual(svwait("-d", "web", "db"), NOTHING);
      assert.deepEqual(svwait("-t", "1", "-o", "-a", "web"), {
        code: 99,
        stdout: "",
        stderr: "svwait: warning: web: not up after 1 milliseconds\n",
      });
      const [all, one] = [
        await waiting(t, cwd, "web", "db"),
        await waiting(t, cwd, "-o", "web", "db"),
      ];
      db.write("u");
      assert.deepEqual(await one.ended, ENDED);
      assert.equal(all.isUp, true);
      web.write("u");
      assert.deepEqual(await all.ended, ENDED);
      await web.logs("start");
      const again = await waiting(t, cwd, "-r", "web");
      web.write("t");
      assert.deepEqual(await again.ended, ENDED);
      const gone = await waiting(t, cwd, "-d", "web");
      web.write("dx");
      assert.deepEqual(await gone.ended, ENDED);
      await web.running.ended;
      assert.deepEqual(svwait("-D", "web"), NOTHING, "as its supervisor left it");
      const failed = await waiting(t, cwd, "-d", "db");
      await db.running.stop("SIGKILL");
      assert.deepEqual(await failed.ended, { code: 1, signal: null });
      await failed.says(
        "svwait: warning: db: not down: it was given up, or its supervisor has ended\n",
      );
    });
  }

  test("waits for readiness, and for the scripts behind run", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const run = "#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.02; done\necho >&3\nexec sleep 30\n";
    const stop = "#!/bin/sh\nwhile [ ! -e stopped ]; do sleep 0.02; done\n";
    makeService(join(cwd, "web"), { run, stop, "notification-fd": "3" });
    const web = new Supervised(t, "ours", cwd);
    await web.isUp();
    assert.equal(ask("ours", "svwait", ["-u", "web"], { cwd }).code, 0);
    const ready = await waiting(t, cwd, "-U", "web");
    fs.writeFileSync(join(cwd, "web/go"), "");
    assert.deepEqual(await ready.ended, ENDED);
    const [down, all] = [await waiting(t, cwd, "-d", "web"), await waiting(t, cwd, "-D", "web")];
    web.write("d");
    assert.deepEqual(await down.ended, ENDED);
    assert.equal(all.isUp, true);
    fs.writeFileSync(join(cwd, "web/stopped"), "");
    assert.deepEqual(await all.ended, ENDED);
    assert.deepEqual(await web.finish(), ENDED);
  });

  test("counts services that are given up while it waits", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const start = "#!/bin/sh\nexit 1\n";
    makeService(join(cwd, "web"), { run: LISTENER, start, down: "" });
    makeService(join(cwd, "db"), { run: LISTENER });
    const [web, db] = [new Supervised(t, "ours", cwd), new Supervised(t, "ours", cwd, "db")];
    await db.isUp();
    await until("web", () => ask("ours", "svok", ["web"], { cwd }).code === 0);
    const both = await waiting(t, cwd, "web", "db");
    web.write("u");
    assert.deepEqual(await both.ended, { code: 1, signal: null });
    await both.says("svwait: warning: web: not up: it was given up");
    const late = ask("ours", "svwait", ["-t", "1", "web"], { cwd });
    assert.equal(late.code, 99, "one that was given up before may be helped up by somebody");
    const told = ask("ours", "svc", ["start", "--wait", "20", "web", "db"], { cwd });
    assert.equal(told.code, 100);
    assert.match(told.stderr, /^svc: warning: web: not up: it was given up, or .*\n$/);
    for (const one of [web, db]) assert.deepEqual(await one.finish(), ENDED);
  });

  test("answers what s6-svwait answers", { timeout, skip: peer("s6-svwait").skip }, async (t) => {
    const answers = [];
    const contenders = [
      ["s6-supervise", "s6-svwait", "s6-svc"],
      [ours("supervise"), ours("svwait"), ours("svc")],
    ] as const;
    for (const [supervise, svwait, svc] of contenders) {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: "#!/bin/sh\nexec sleep 30\n", down: "" });
      const running = new Running(t, supervise, ["web"], { cwd });
      const run = (program: string, ...args: string[]): number | null =>
        spawnSync(program, args, { cwd, timeout }).status;
      await until("it to listen", () => run(svc, "-d", "web") === 0 && isFile(join(cwd, "web")));
      const asked = [
        ["-d", "web"],
        ["-D", "web"],
        ["-u", "-t", "50", "web"],
        ["-t", "50", "web"],
      ];
      answers.push([
        ...asked.map((args) => run(svwait, ...args)),
        run(svc, "-u", "web"),
        ...[["web"], ["-o", "web"], ["-d", "-t", "50", "web"], ["-u", "-d", "-u", "web"]].map(
          (args) => run(svwait, ...args),
        ),
        run(svwait, "-x", "web"),
      ]);
      run(svc, "-dx", "web");
      await running.ended;
    }
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[0]?.slice(0, 4), [0, 0, 99, 99]);
  });

  test("words that make no sense are refused, none are none", (t) => {
    const cwd = temporaryDirectory(t);
    assert.deepEqual(ask("ours", "svwait", ["-U"], { cwd }), NOTHING);
    const bad: readonly (readonly [string[], RegExp])[] = [
      [["-x", "a"], /^svwait: illegal option -- x\nsvwait: usage: svwait \[-u/],
      [["-t", "soon", "a"], /^svwait: usage: /],
      [["-t"], /^svwait: option requires an argument -- t\n/],
    ];
    for (const [args, message] of bad) {
      const { code, stderr } = ask("ours", "svwait", args, { cwd });
      assert.equal(code, 100, args.join(" "));
      assert.match(stderr, message);
    }
  });
});

describe("svup", { concurrency: 2 }, () => {
  for (const family of families) {
    test(`says whether services under ${family} are up, with their loggers`, {
      timeout,
    }, async (t) => {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: LISTENER });
      makeService(join(cwd, "web/log"), { run: LISTENER, down: "" });
      makeService(join(cwd, "db"), { run: LISTENER });
      const svup = (...args: string[]): number | null => ask("ours", "svup", args, { cwd }).code;
      assert.equal(svup("web"), 100);
      const web = new Supervised(t, family, cwd);
      const log = new Supervised(t, family, cwd, "web/log");
      const db = new Supervised(t, family, cwd, "db");
      await Promise.all([web.isUp(), db.isUp()]);
      await until("the log", () => ask("ours", "svok", ["web/log"], { cwd }).code === 0);
      const answers = [
        ["web"],
        ["-l", "web"],
        ["-L", "web"],
        ["-L", "-l", "web"],
        ["-L", "db"],
        ["db"],
      ];
      assert.deepEqual(
        answers.map((args) => svup(...args)),
        [100, 0, 100, 0, 100, 0],
      );
      log.write("u");
      await log.isUp();
      assert.deepEqual(
        answers.map((args) => svup(...args)),
        [0, 0, 0, 0, 100, 0],
      );
      assert.equal(svup("web", "db"), 0);
      web.write("d");
      await web.becomes("down", ({ pid }) => pid === 0);
      assert.deepEqual([svup("web", "db"), svup("-L", "web")], [100, 0]);
      for (const one of [web, log, db]) assert.deepEqual(await one.finish(), ENDED);
    });
  }

  test("says what it cannot find out", (t) => {
    const cwd = temporaryDirectory(t);
    const svup = (...args: string[]): unknown => ask("ours", "svup", args, { cwd });
    const usage = "svup: usage: svup [-L] [-l] dir\n";
    assert.deepEqual(svup(), { code: 100, stdout: "", stderr: usage });
    assert.deepEqual(svup("missing"), {
      code: 111,
      stdout: "",
      stderr: "svup: fatal: unable to chdir to missing: file does not exist\n",
    });
    makeService(join(cwd, "web/supervise"), { ok: "", status: "short" });
    const stderr = "svup: fatal: bad data in web/supervise/status: truncated file\n";
    assert.deepEqual(svup("web"), { code: 111, stdout: "", stderr });
    // As encore writes it: the service is up, its logger is not.
    const record = Buffer.alloc(40);
    record.writeUInt32LE(7, 12);
    fs.writeFileSync(join(cwd, "web/supervise/status"), record);
    assert.deepEqual(svup("web"), { code: 100, stdout: "", stderr: "" });
    assert.deepEqual(svup("-l", "web"), NOTHING);
  });
});
