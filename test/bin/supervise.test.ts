/** The commands of services, as people and svscan start them; beside C: test/supervise/against-c/. */
// Not tested: fork failure of the real system (test/supervise/supervisor.test.ts has it), power loss.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  ask,
  LISTENER,
  makeService,
  PROBE,
  Supervised,
  skip,
} from "../supervise/against-c/supervised.ts";
import { ours } from "../support/commands.ts";
import { Running } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const SLEEPER = "#!/bin/sh\necho start >>log\nexec sleep 30\n";

describe("a service finds what it would under the C supervise", { concurrency: 2, skip }, () => {
  const callers: readonly (readonly [string, string])[] = [
    ["a plain caller", 'exec env ODD-NAME=x "$0" web'],
    [
      "one with descriptors, limits and signals of its own",
      'trap "" HUP USR1 PIPE; ulimit -Sn 333; umask 027; exec 7</dev/null 5>&1 env ODD-NAME=x "$0" web',
    ],
    ["one that has closed the standard descriptors", 'exec env ODD-NAME=x "$0" web <&- >&- 2>&-'],
  ];
  for (const [name, script] of callers) {
    test(`with ${name}`, { timeout }, async (t) => {
      const found = [];
      for (const program of ["/usr/bin/supervise", ours("supervise")]) {
        const cwd = temporaryDirectory(t);
        makeService(join(cwd, "web"), { run: PROBE });
        const env = {
          PATH: "/usr/bin:/bin",

          NODE_OPTIONS: "--no-warnings",
          Z: "ä",
          A: "",
        };
        const running = new Running(t, "/bin/sh", ["-c", script, program], { cwd, env });
        const file = join(cwd, "web/found");
        await until(`what ${program} hands on`, () => fs.existsSync(file));
        found.push(
          fs
            .readFileSync(file, "latin1")
            .replace(/^_=.*\n/m, "")
            .replaceAll(cwd, "CWD"),
        );
        assert.equal(ask("C", "svc", ["-dx", "web"], { cwd }).stderr, "");
        assert.deepEqual(await running.ended, CLEAN);
      }
      assert.equal(found[1], found[0]);
      assert.match(found[0] ?? "", /ODD-NAME=x\n/);
    });
  }
});

describe("supervise", { concurrency: 2 }, () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    test(`${signal} stops the service, then it ends`, { timeout }, async (t) => {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: LISTENER });
      const supervised = new Supervised(t, "ours", cwd);
      await supervised.isUp();
      await supervised.logs("start");
      assert.deepEqual(await supervised.running.stop(signal), CLEAN);
      await supervised.logs("start", "TERM");
      assert.deepEqual([supervised.status?.pid, supervised.status?.want], [0, "down"]);
    });
  }

  test("TERM in the first moment of the service stops it as well", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const run = "#!/bin/sh\nkill -TERM $PPID\necho $$ >pid\nexec sleep 30\n";
    makeService(join(cwd, "web"), { run });
    const supervised = new Supervised(t, "ours", cwd);
    assert.deepEqual(await supervised.running.ended, CLEAN);
    assert.deepEqual([supervised.status?.pid, supervised.status?.want], [0, "down"]);
    const file = join(cwd, "web/pid");
    const pid = fs.existsSync(file) ? fs.readFileSync(file, "latin1").trim() : "none";
    assert.equal(fs.existsSync(`/proc/${pid}`), false);
  });

  test("TSTP pauses the service and CONT lets it go on", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    makeService(join(cwd, "web"), { run: SLEEPER });
    const supervised = new Supervised(t, "ours", cwd);
    await supervised.isUp();
    supervised.running.signal("SIGTSTP");
    const { pid } = await supervised.becomes("paused", ({ paused }) => paused);
    await until("STOP", () => /^State:\tT/m.test(fs.readFileSync(`/proc/${pid}/status`, "latin1")));
    supervised.running.signal("SIGCONT");
    await supervised.becomes("not paused", ({ paused }) => !paused);
    assert.deepEqual(await supervised.finish(), CLEAN);
  });

  test("a signal that the caller ignores is none", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    makeService(join(cwd, "web"), { run: SLEEPER });
    const script = 'trap "" HUP; exec "$0" web';
    const running = new Running(t, "/bin/sh", ["-c", script, ours("supervise")], { cwd });
    await until("supervise", () => ask("ours", "svok", ["web"], { cwd }).code === 0);
    running.signal("SIGHUP");
    const { code, stderr } = ask("ours", "svc", ["exit", "web"], { cwd });
    assert.deepEqual([code, stderr], [0, ""]);
    await until("x", () => fs.readFileSync(join(cwd, "web/supervise/status"))[17] === 0x75);
    assert.equal(running.isUp, true);
    assert.equal(ask("ours", "svc", ["stop", "web"], { cwd }).code, 0);
    assert.deepEqual(await running.ended, CLEAN);
  });

  test("children that it was given and orphans do not stay on the process table", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    makeService(join(cwd, "web"), { run: SLEEPER });
    const script = 'sleep 0.3 & echo $! >stranger; exec "$0" web';
    const running = new Running(t, "/bin/sh", ["-c", script, ours("supervise")], { cwd });
    await until("supervise", () => ask("ours", "svok", ["web"], { cwd }).code === 0);
    const stranger = fs.readFileSync(join(cwd, "stranger"), "latin1").trim();
    await until("the stranger to be taken off", () => !fs.existsSync(`/proc/${stranger}`));
    ask("ours", "svc", ["-dx", "web"], { cwd });
    assert.deepEqual(await running.ended, CLEAN);
  });

  for (const killed of ["C", "ours"] as const) {
    test(`a service whose supervisor (${killed}) was killed is taken over`, {
      timeout,
      skip,
    }, async (t) => {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: LISTENER });
      const first = new Supervised(t, killed, cwd);
      const pid = await first.isUp();
      await first.logs("start");
      await first.running.stop("SIGKILL");
      const second = new Supervised(t, "ours", cwd);
      await second.running.says(`warning: web runs already, as process ${pid}: taken over\n`);
      assert.equal(ask("C", "svc", ["-h", "web"], { cwd }).code, 0);
      await second.logs("start", "HUP");
      assert.equal(second.status?.pid, pid);
      assert.equal(ask("ours", "svc", ["restart", "--wait", "20", "web"], { cwd }).code, 0);
      await second.logs("start", "HUP", "TERM", "start");
      const deaths = fs.readFileSync(join(cwd, "web/supervise/deaths"), "latin1");
      assert.match(deaths, new RegExp(`^@\\S+ pid ${pid} unknown after \\d+\\.\\d{3} asked\n$`));
      assert.deepEqual(await second.finish(), CLEAN);
    });
  }

  test("a file in place of control, and supervise/ removed: it goes on, and TERM ends it", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    makeService(join(cwd, "web"), { run: LISTENER });
    makeService(join(cwd, "web/supervise"), { control: "d" });
    const supervised = new Supervised(t, "ours", cwd);
    await supervised.running.says(
      "warning: unable to hear commands: web/supervise/control is not a FIFO",
    );
    await supervised.logs("start");
    fs.rmSync(join(cwd, "web/supervise"), { recursive: true });
    assert.deepEqual(await supervised.running.stop("SIGTERM"), CLEAN);
    await supervised.logs("start", "TERM");
    await supervised.running.says(
      "warning: unable to open web/supervise/status.new: file does not exist",
    );
  });

  test("readiness: start --wait waits for the newline, and a half line holds nobody up", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const run =
      "#!/bin/sh\nprintf almost >&3\nwhile [ ! -e go ]; do sleep 0.05; done\necho ready >&3\nexec sleep 30 3>&-\n";
    makeService(join(cwd, "web"), { run, "notification-fd": "3\n", down: "" });
    const supervised = new Supervised(t, "ours", cwd);
    await until("supervise", () => ask("ours", "svok", ["web"], { cwd }).code === 0);
    const early = ask("ours", "svc", ["start", "--wait", "0.4", "web"], { cwd });
    assert.deepEqual(
      [early.code, early.stderr],
      [99, "svc: warning: web: not up after 0.4 seconds\n"],
    );
    await supervised.isUp();
    assert.match(
      ask("ours", "svstat", ["--why", "web"], { cwd }).stdout,
      /it has not said that it is ready\n/,
    );
    fs.writeFileSync(join(cwd, "web/go"), "");
    assert.equal(ask("ours", "svc", ["start", "--wait=20", "web"], { cwd }).code, 0);
    const [service] = JSON.parse(ask("ours", "svstat", ["--json", "web"], { cwd }).stdout) as [
      { ready: boolean },
    ];
    assert.equal(service.ready, true);
    assert.deepEqual(await supervised.finish(), CLEAN);
    assert.equal(fs.existsSync(join(cwd, "web/supervise/ready")), false);
  });

  test("with lock-fd there is no second start while anything of the first is left", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    // The first run leaves a process behind, which has the descriptor.
    const run =
      "#!/bin/sh\necho start >>log\n[ -e left ] && exec sleep 30\nsleep 30 & echo $! >left\n";
    makeService(join(cwd, "web"), { run, "lock-fd": "4" });
    const supervised = new Supervised(t, "ours", cwd);
    await supervised.running.says(
      "warning: another instance of web is still running: waiting for it\n",
    );
    const { pid, want } = supervised.status ?? {};
    assert.deepEqual([pid, want], [0, "up"]);
    assert.equal(supervised.log.length, 1);
    process.kill(Number(fs.readFileSync(join(cwd, "web/left"), "latin1")), "SIGKILL");
    await supervised.logs("start", "start");
    await supervised.isUp();
    assert.equal(supervised.running.stderr.split("still running").length, 2, "said once");
    assert.deepEqual(await supervised.finish(), CLEAN);
  });

  test("finish is told how run ended, and a deadly stop is kept with its core", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const finish = '#!/bin/sh\necho "$@" >>ends\n';
    makeService(join(cwd, "web"), { run: "#!/bin/sh\nexit 7\n", finish });
    const supervised = new Supervised(t, "ours", cwd);
    const ends = join(cwd, "web/ends");
    await until("finish", () => fs.existsSync(ends) && /\n/.test(fs.readFileSync(ends, "latin1")));
    assert.match(fs.readFileSync(ends, "latin1"), /^7 0 web \d+\n/);
    const next = "#!/bin/sh\nulimit -c unlimited\nkill -ABRT $$\n";
    fs.writeFileSync(join(cwd, "web/next"), next, { mode: 0o755 });
    fs.renameSync(join(cwd, "web/next"), join(cwd, "web/run"));
    await until("an abort", () => /\n256 6 web/.test(fs.readFileSync(ends, "latin1")));
    const deaths = fs.readFileSync(join(cwd, "web/supervise/deaths"), "latin1");
    assert.match(deaths, /^(@[0-9a-f]{24} pid \d+ exit 7 after \d+\.\d{3}\n)+/);
    assert.match(deaths, /\n@[0-9a-f]{24} pid \d+ signal SIGABRT after \d+\.\d{3}( core)?\n/);
    assert.deepEqual(await supervised.finish(), CLEAN);
  });

  test("timeout-kill ends what ignores TERM", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const run = "#!/bin/sh\ntrap '' TERM\necho start >>log\nexec sleep 30\n";
    makeService(join(cwd, "web"), { run, "timeout-kill": "100" });
    const supervised = new Supervised(t, "ours", cwd);
    await supervised.logs("start");
    assert.equal(ask("ours", "svc", ["stop", "--wait", "20", "web"], { cwd }).code, 0);
    assert.match(
      ask("ours", "svstat", ["--why", "web"], { cwd }).stdout,
      /killed by SIGKILL, as a command had asked/,
    );
    assert.deepEqual(await supervised.finish(), CLEAN);
  });
});

describe("svc and svstat for people", { concurrency: 2 }, () => {
  test("words find services by name and by pattern, and wait", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const elsewhere = temporaryDirectory(t);
    const env = { SERVICE_DIR: cwd };
    for (const name of ["web1", "web2"]) makeService(join(cwd, name), { run: SLEEPER });
    const both = ["web1", "web2"].map((name) => new Supervised(t, "ours", cwd, name));
    const pids = await Promise.all(both.map((one) => one.isUp()));
    const svc = (...args: string[]): unknown => ask("ours", "svc", args, { cwd: elsewhere, env });
    const nothing = { code: 0, stdout: "", stderr: "" };
    assert.deepEqual(svc("restart", "--wait", "20", "web*"), nothing);
    for (const [at, one] of both.entries()) assert.notEqual(one.status?.pid, pids[at]);
    assert.deepEqual(svc("stop", "--wait", "20", "web1"), nothing);
    assert.equal(both[0]?.status?.pid, 0);
    const { stdout } = ask("ours", "svstat", ["--table"], { cwd: elsewhere, env });
    assert.match(stdout, /^SERVICE .*\n\S*\/web1 +down .* asked\n\S*\/web2 +up +\d+ .*\n$/);
    const line = ask("ours", "svstat", ["web2"], { cwd: elsewhere, env }).stdout;
    assert.match(line, /^\S*\/web2: up \(pid \d+\) \d+ seconds\n$/);
    assert.deepEqual(svc("exit", "--wait", "20", "web1"), nothing);
    assert.deepEqual(svc("stop", "web1", "web3", "web2"), {
      code: 100,
      stdout: "",
      stderr:
        `svc: warning: unable to control ${cwd}/web1: supervise not running\n` +
        `svc: warning: unable to chdir to web3: file does not exist (nor is it in ${cwd})\n`,
    });
    await both[0]?.running.ended;
    assert.deepEqual(await both[1]?.finish(), CLEAN);
  });

  test("words that make no sense are refused", (t) => {
    const cwd = temporaryDirectory(t);
    const cases: readonly (readonly [string[], RegExp])[] = [
      [["stop"], /^svc: usage: svc WORD/],
      [["stop", "--wait", "soon", "a"], /--wait takes a number of seconds/],
      [["stop", "--wait"], /--wait takes a number of seconds/],
      [["hup", "--wait", "1", "a"], /--wait goes with/],
      [["stop", "--now", "a"], /there is no option --now/],
      [[`-${"d".repeat(5000)}`], /too many options/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = ask("ours", "svc", args, { cwd });
      assert.equal(code, 100, args.join(" "));
      assert.match(stderr, message);
    }
  });

  test("each says what it is for, and its version, when that is all it is asked", (t) => {
    const cwd = temporaryDirectory(t);
    for (const name of ["supervise", "svc", "svok", "svstat"] as const) {
      const { code, stdout } = ask("ours", name, ["--help"], { cwd });
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: ${name} `));
      assert.match(ask("ours", name, ["--version"], { cwd }).stdout, /^\d+\.\d+\.\d+\n$/);
    }
  });

  test("who may not look is told so", { skip: process.getuid?.() !== 0 && "needs root" }, (t) => {
    const cwd = temporaryDirectory(t);
    fs.chmodSync(cwd, 0o755);
    fs.mkdirSync(join(cwd, "web/supervise"), { recursive: true });
    fs.chmodSync(join(cwd, "web/supervise"), 0o700);
    const asNobody = (name: string): string => {
      const options = { cwd, uid: 65_534, gid: 65_534, encoding: "latin1" } as const;
      const { stdout, stderr, status } = spawnSync(name, ["web"], options);
      return `${status} ${stdout}${stderr}`;
    };
    assert.equal(
      asNobody(ours("svok")),
      "111 svok: fatal: unable to open web/supervise/ok: access denied\n",
    );
    assert.equal(asNobody(ours("svstat")), "0 web: unable to open supervise/ok: access denied\n");
    assert.equal(asNobody(ours("svc")), "0 svc: warning: unable to control web: access denied\n");
  });
});
