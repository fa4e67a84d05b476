/** Files of a service directory that need real processes: user, limits, env/, pidfile, start and stop, after. */
// Not tested: pidfile where the system has no subreaper.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  ask,
  LISTENER,
  makeService,
  PROBE,
  program,
  Supervised,
  skip,
} from "../supervise/against-c/supervised.ts";
import { ours } from "../support/commands.ts";
import { Running } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const isRoot = process.getuid?.() === 0;
const SLEEPER = "#!/bin/sh\nexec sleep 30\n";
/** Puts itself into the background: its daemon tells its signals in `log`. */
const FORKER = `#!/bin/sh
echo run >>log
(
  trap 'echo TERM >>log; exit 5' TERM
  trap 'echo HUP >>log' HUP
  echo daemon >>log
  while :; do sleep 0.05; done
) >/dev/null 2>&1 &
echo $! >pid.new
mv pid.new daemon.pid
exit 0
`;

function read(path: string): string | undefined {
  return fs.existsSync(path) ? fs.readFileSync(path, "latin1") : undefined;
}

/** Has a child that only a signal to the whole group reaches, and waits for it. */
const FAMILY = `#!/bin/sh
sh -c 'trap "echo child >>log; exit" TERM; echo ready >>log; while :; do sleep 0.05; done' &
trap : TERM
wait
wait
echo run >>log
`;

describe("a service directory", { concurrency: 2 }, () => {
  test("kill-group: d reaches what run has started", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    makeService(join(cwd, "web"), { run: FAMILY, "kill-group": "all\n" });
    const supervised = new Supervised(t, "ours", cwd);
    await supervised.logs("ready");
    assert.equal(ask("ours", "svc", ["stop", "--wait", "20", "web"], { cwd }).stderr, "");
    await supervised.logs("ready", "child", "run");
    assert.deepEqual(await supervised.finish(), CLEAN);
  });

  test("pidfile: the daemon is what is supervised", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    makeService(join(cwd, "web"), { run: FORKER, pidfile: "daemon.pid\n" });
    const supervised = new Supervised(t, "ours", cwd);
    assert.equal(ask("ours", "svwait", ["-U", "-t", "20000", "web"], { cwd }).code, 0);
    const pid = Number(read(join(cwd, "web/daemon.pid")));
    assert.equal(supervised.status?.pid, pid);
    await supervised.logs("run", "daemon");
    assert.equal(ask("ours", "svc", ["-h", "web"], { cwd }).code, 0);
    await supervised.logs("run", "daemon", "HUP");
    assert.equal(ask("ours", "svc", ["restart", "--wait", "20", "web"], { cwd }).stderr, "");
    await supervised.logs("run", "daemon", "HUP", "TERM", "run", "daemon");
    const deaths = read(join(cwd, "web/supervise/deaths")) ?? "";
    assert.match(deaths, new RegExp(`^@\\S+ pid ${pid} exit 5 after \\S+ asked\n$`));
    assert.notEqual(supervised.status?.pid, pid);
    const last = await supervised.isUp();
    assert.deepEqual(await supervised.finish(), CLEAN);
    assert.equal(fs.existsSync(`/proc/${last}`), false);
    assert.equal(supervised.running.stderr, "");
  });

  test("pidfile: a daemon whose supervisor was killed is taken over", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const slow = FORKER.replace("mv pid.new", "sleep 1.5\nmv pid.new");
    makeService(join(cwd, "web"), { run: slow, pidfile: "daemon.pid\n" });
    const first = new Supervised(t, "ours", cwd);
    await until("the daemon", () => read(join(cwd, "web/supervise/ready")) !== undefined);
    const pid = first.status?.pid ?? 0;
    await first.running.stop("SIGKILL");
    const second = new Supervised(t, "ours", cwd);
    await second.running.says(`warning: web runs already, as process ${pid}: taken over\n`);
    assert.deepEqual(await second.finish(), CLEAN);
    await second.logs("run", "daemon", "TERM");
  });

  test("pidfile: one that is not written, or names a stranger, is said with its file", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const run = "#!/bin/sh\n[ -e next ] && echo 1 >daemon.pid\nexit 0\n";
    makeService(join(cwd, "web"), { run, pidfile: "daemon.pid\n" });
    const supervised = new Supervised(t, "ours", cwd);
    await supervised.running.says("warning: web/run exited without writing pid file daemon.pid\n");
    fs.writeFileSync(join(cwd, "web/next"), "");
    await supervised.running.says(
      "warning: pid file daemon.pid names process 1, which is none that",
    );
    assert.deepEqual(await supervised.finish(), CLEAN);
  });

  test("env/ and limits are what run finds, and finish does not", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const tell = '#!/bin/sh\necho "${COLOUR-none} $(ulimit -Sn) $PATH" >>';
    makeService(join(cwd, "web"), { run: `${tell}run.out\n`, finish: `${tell}finish.out\n` });
    makeService(join(cwd, "web/env"), { COLOUR: "blue\n" });
    fs.writeFileSync(join(cwd, "web/limits"), "openfiles 77\n");
    const env = { PATH: "/usr/bin:/bin" };
    const script = 'ulimit -Sn 333; exec "$0" web';
    const running = new Running(t, "/bin/sh", ["-c", script, ours("supervise")], { cwd, env });
    const said = (name: string): string | undefined => read(join(cwd, "web", name))?.split("\n")[0];
    await until("finish", () => said("finish.out") !== undefined);
    assert.equal(said("run.out"), "blue 77 /usr/bin:/bin");
    assert.equal(said("finish.out"), "none 333 /usr/bin:/bin");
    assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
  });

  test("limits leave run its descriptors: readiness, and the lock that keeps a second one back", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    // The first leaves a process behind, which has the lock.
    const run =
      "#!/bin/sh\necho start >>log\n[ -e left ] || { sleep 30 3>&- & echo $! >left; }\necho >&3\nexec sleep 30 3>&-\n";
    const fds = { "notification-fd": "3", "lock-fd": "9", limits: "openfiles 99\n" };
    makeService(join(cwd, "web"), { run, ...fds });
    const supervised = new Supervised(t, "ours", cwd);
    assert.equal(ask("ours", "svwait", ["-U", "-t", "20000", "web"], { cwd }).code, 0);
    const left = Number(read(join(cwd, "web/left")));
    t.after(() => fs.existsSync(`/proc/${left}`) && process.kill(left, "SIGKILL"));
    supervised.write("t");
    await supervised.running.says("another instance of web is still running: waiting for it\n");
    process.kill(left, "SIGKILL");
    await supervised.logs("start", "start");
    assert.deepEqual(await supervised.finish(), CLEAN);
  });

  test("user: run is the account's, with its groups; its supervisor and finish are not", {
    timeout,
    skip: !isRoot && "needs root",
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    fs.chmodSync(cwd, 0o755);
    makeService(join(cwd, "web"), {
      run: "#!/bin/sh\nid -u >&5; id -G >&5; exec sleep 30\n",
      finish: "#!/bin/sh\nid -u >finish.out\n",
      user: "daemon\n",
    });
    const script = 'exec 5>found "$0" web';
    const running = new Running(t, "/bin/sh", ["-c", script, ours("supervise")], { cwd });
    await until("id", () => (read(join(cwd, "found"))?.split("\n").length ?? 0) > 2);
    assert.equal(read(join(cwd, "found")), "1\n1\n");
    assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
    assert.equal(read(join(cwd, "web/finish.out")), "0\n");
  });

  test("user: without privilege run stays who it is, and becomes nobody else", {
    timeout,
    skip: !isRoot && "needs root, to be somebody else",
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    makeService(join(cwd, "web"), {
      run: "#!/bin/sh\nid -u >found\nexec sleep 30\n",
      user: "daemon",
    });
    const daemon = 1;
    for (const path of [cwd, join(cwd, "web")]) fs.chownSync(path, daemon, daemon);
    const running = new Running(t, ours("supervise"), ["web"], { cwd, user: daemon });
    await until("its start", () => read(join(cwd, "web/found")) === "1\n");
    fs.writeFileSync(join(cwd, "web/user"), "nobody\n");
    assert.equal(ask("ours", "svc", ["-t", "web"], { cwd }).stderr, "");
    await running.says("fatal: unable to run ./run as nobody: permission denied\n");
    assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
  });

  test("env/ and limits do what the C envdir and softlimit do", { timeout, skip }, async (t) => {
    const found = [];
    const chain = "#!/bin/sh\nexec envdir env softlimit -o77 -c0 -m900000000 ./probe\n";
    const limits = "openfiles 77\ncorebytes 0\nmembytes 900000000\n";
    const variables = { Z: "last  \nx", A: "", ODD: "a\0b\n", ".dot": "no", "X Y": "1" };
    for (const family of ["C", "ours"] as const) {
      const cwd = temporaryDirectory(t);
      const files = family === "C" ? { run: chain, probe: PROBE } : { run: PROBE, limits };
      makeService(join(cwd, "web"), files);
      makeService(join(cwd, "web/env"), variables);
      const env = { PATH: "/usr/bin:/bin", A: "1", B: "2", C: "3" };
      const running = new Running(t, program(family, "supervise"), ["web"], { cwd, env });
      await until("what run finds", () => read(join(cwd, "web/found")) !== undefined);
      // A shell has put the variables into another order before, and added its own.
      const lines = (read(join(cwd, "web/found")) ?? "").replace("./probe", "./run").split("\n");
      found.push(lines.filter((line) => !/^(_|PWD|SHLVL|OLDPWD)=/.test(line)).sort());
      ask("C", "svc", ["-dx", "web"], { cwd });
      assert.deepEqual(await running.ended, CLEAN);
    }
    assert.deepEqual(found[1], found[0]);
    for (const line of ["ODD=a", "X Y=1", "77"]) assert.ok(found[0]?.includes(line), line);
  });

  test("start, stop and notify are run in the directory, in their order", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const say = (name: string): string => `#!/bin/sh\necho ${name} >>log\n`;
    const notify = '#!/bin/sh\necho "$1 $2 $4" >>notified\n';
    const files = { start: say("begin"), stop: say("undo"), run: LISTENER, notify };
    makeService(join(cwd, "web"), files);
    const supervised = new Supervised(t, "ours", cwd);
    await supervised.logs("begin", "start");
    assert.deepEqual(await supervised.finish(), CLEAN);
    await supervised.logs("begin", "start", "TERM", "undo");
    const told = join(cwd, "web/notified");
    await until("six times", () => read(told)?.split("\n").length === 7);
    assert.deepEqual(read(told)?.trim().split("\n").sort(), [
      "run exit 0",
      "run start 0",
      "start exit 0",
      "start start 0",
      "stop exit 0",
      "stop start 0",
    ]);
  });
});

describe("after", { concurrency: 2 }, () => {
  const around: [name: string, command: string[]][] = [
    ["svscan", [ours("svscan")]],
    ["svscan --isolate", [ours("svscan"), "--isolate"]],
  ];
  if (!skip) around.push(["the C svscan", ["/usr/bin/svscan"]]);
  for (const [name, [svscan = "", ...args]] of around) {
    test(`holds a service under ${name}`, { timeout }, async (t) => {
      let cwd = "";
      const svc = (...words: string[]): string => ask("ours", "svc", words, { cwd }).stderr;
      // Before the directory goes: the C svscan leaves its supervisors.
      t.after(() => svc("-dx", "db", "web"));
      cwd = temporaryDirectory(t);
      makeService(join(cwd, "db"), { run: SLEEPER, down: "" });
      makeService(join(cwd, "web"), { run: SLEEPER, after: "db\n" });
      // Our supervise is the one that the C svscan finds.
      const env = { PATH: `${join(ours("supervise"), "..")}:/usr/bin:/bin` };
      const running = new Running(t, svscan, args, { cwd, env });
      const why = (): string => ask("ours", "svstat", ["--why", "web"], { cwd }).stdout;
      await until("it waits", () => /it waits for db, and is started when that is up/.test(why()));
      const isFree = (one: string): boolean => ask("ours", "svok", [one], { cwd }).code === 100;
      await until("the other's supervisor", () => !isFree("db"));
      assert.equal(svc("start", "--wait", "20", "db", "web"), "");
      if (svscan.startsWith("/usr")) {
        await running.stop("SIGKILL");
        assert.equal(svc("-dx", "db", "web"), "");
        await until("the supervisors to be gone", () => ["db", "web"].every(isFree));
      } else assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
    });
  }
});
