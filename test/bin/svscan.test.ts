/** svscan by itself; beside C: test/supervise/against-c/tree.test.ts. */
// Not tested: a full process table, a disk that stands still.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { describe, test } from "node:test";
import { COPIER, Scanned, SLEEPER } from "../supervise/against-c/scanned.ts";
import { ask, makeService } from "../supervise/against-c/supervised.ts";
import { ours } from "../support/commands.ts";
import { firstMissing, writtenBytes } from "../support/numbers.ts";
import { isRunning } from "../support/process.ts";
import { Running } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
/** Says `bye` when it is told to end, a moment after that. */
const POLITE = `#!/bin/sh
trap 'kill $s; sleep 0.2; echo bye; exit 0' TERM
echo hello
sleep 100 & s=$!
wait $s
`;
/** Takes its time with the second line: not to be ended before it has written that. */
const SLOW_COPIER = `#!/bin/sh
read -r line; echo "$line" >copied
read -r line; sleep 0.3; echo "$line" >>copied
exec cat >>copied
`;
/** What is ignored stays so in the next program. */
const STUBBORN = "#!/bin/sh\ntrap '' TERM\necho up\nexec sleep 100\n";

/** Options of unshare(1) for a namespace in which the program is process 1; undefined where there is none to be had. */
const NAMESPACE = [["--fork", "--pid", "--mount-proc"]]
  .flatMap((options) => [options, ["-r", ...options]])
  .find((options) => spawnSync("unshare", [...options, "true"]).status === 0);

describe("svscan", { concurrency: 2 }, () => {
  test("TERM stops services, lets loggers read to the end, and leaves nothing", {
    timeout,
  }, async (t) => {
    const services = { web: { run: POLITE }, hosted: { run: POLITE } };
    const logs = { "web/log": { run: SLOW_COPIER }, "hosted/log": { script: "./main\n" } };
    const scanned = new Scanned(t, "ours", { ...services, ...logs });
    await until("web", () => scanned.text("web/log/copied") === "hello\n");
    await until("hosted", () => scanned.text("hosted/log/main/current") === "hello\n");
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.equal(scanned.text("web/log/copied"), "hello\nbye\n");
    assert.equal(scanned.text("hosted/log/main/current"), "hello\nbye\n");
    // Closed as one that came to its end.
    assert.equal(fs.statSync(scanned.path("hosted/log/main/current")).mode & 0o777, 0o744);
    assert.deepEqual([scanned.status("web")?.pid, scanned.status("web/log")?.pid], [0, 0]);
    assert.deepEqual([scanned.family, scanned.said], [[], []]);
  });

  test("a second TERM does not wait for a service that ignores the first", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: STUBBORN },
      "web/log": { run: COPIER },
    });
    await until("it", () => scanned.text("web/log/copied") === "up\n");
    scanned.running.signal("SIGTERM");
    await until("want down", () => scanned.status("web")?.want === "down");
    assert.notEqual(scanned.status("web")?.pid, 0);
    assert.deepEqual(await scanned.stop(), CLEAN);
  });

  test("a second TERM does not wait for a logger whose input has no end", {
    timeout,
  }, async (t) => {
    // What it leaves behind has the pipe.
    const run = "#!/bin/sh\nsleep 100 &\necho up\nexec sleep 100\n";
    const scanned = new Scanned(t, "ours", {
      web: { run },
      "web/log": { run: COPIER },
      hosted: { run },
      "hosted/log": { script: "./main\n" },
    });
    await until("web", () => scanned.text("web/log/copied") === "up\n");
    await until("hosted", () => scanned.text("hosted/log/main/current") === "up\n");
    scanned.running.signal("SIGTERM");
    await until("web to be down", () => scanned.status("web")?.pid === 0);
    await until("hosted to be down", () => scanned.status("hosted")?.pid === 0);
    await until("the logger to wait for its end", () => scanned.status("web/log")?.want === "once");
    assert.deepEqual(await scanned.stop(), CLEAN);
  });

  for (const [how, ...args] of [["in one process"], ["apart", "--isolate"]])
    test(`a logger that is killed while it is to come to its end is started once more, ${how}`, {
      timeout,
    }, async (t) => {
      const services = {
        web: { run: "#!/bin/sh\nread go <go\nseq 1000\necho >said\nexec sleep 100\n" },
        "web/log": { run: "#!/bin/sh\nexec multilog ./main\n" },
      };
      const scanned = new Scanned(t, "ours", services, { args });
      spawnSync("mkfifo", [scanned.path("web/go")]);
      await scanned.isUp("web");
      const logger = await scanned.isUp("web/log");
      await until("the log", () => fs.existsSync(scanned.path("web/log/main/current")));
      // What comes now stays in the pipe.
      process.kill(logger, "SIGSTOP");
      fs.writeFileSync(scanned.path("web/go"), "\n");
      await until("all lines", () => scanned.text("web/said") === "\n");
      scanned.running.signal("SIGTERM");
      await until("the logger to be on its own", () => scanned.status("web/log")?.want === "once");
      process.kill(logger, "SIGKILL");
      assert.deepEqual(await scanned.running.ended, CLEAN);
      assert.equal(firstMissing(scanned.path("web/log/main"), 1000), undefined);
      assert.deepEqual(scanned.said, []);
    });

  test("what no logger has read is told of when it goes", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: "#!/bin/sh\necho line; echo >said\nexec sleep 100\n" },
      "web/log": { run: COPIER, down: "" },
    });
    await until("the line", () => scanned.text("web/said") === "\n");
    assert.deepEqual(await scanned.stop(), CLEAN);
    const told = "svscan: warning: web/log: 5 bytes are lost: no logger has read them";
    assert.deepEqual([scanned.said, scanned.family], [[told], []]);
  });

  test("a logger that is killed again and again loses nothing, and the service does not notice", {
    timeout,
  }, async (t) => {
    // In the flow until it was killed often enough, however slow this test is.
    const counter = `#!/bin/sh
trap '' PIPE
i=0
while [ ! -e enough ]; do seq $((i * 1000 + 1)) $((i * 1000 + 1000)) || echo $? >code; i=$((i + 1)); done
echo $((i * 1000)) >last
exec sleep 100
`;
    const scanned = new Scanned(t, "ours", {
      web: { run: counter },
      "web/log": { run: "#!/bin/sh\nexec multilog s16777215 n999 ./main\n" },
    });
    const grown = (): number => writtenBytes(scanned.path("web/log/main"));
    for (let killed = 0, pid = 0, size = 0; killed < 3; killed++) {
      pid = await scanned.isUp("web/log", pid);
      await until("lines", () => grown() > size);
      process.kill(pid, "SIGKILL");
      await until("its end", () => !isRunning(pid));
      size = grown();
    }
    fs.writeFileSync(scanned.path("web/enough"), "");
    await until("the end of the service's lines", () => scanned.text("web/last") !== "");
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.equal(scanned.text("web/code"), "");
    assert.equal(
      firstMissing(scanned.path("web/log/main"), Number(scanned.text("web/last"))),
      undefined,
    );
  });

  test("what is added is there within a second, what is removed leaves nothing open", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: SLEEPER },
      "web/log": { script: "./main\n" },
    });
    await scanned.isUp("web");
    await until("the log", () => fs.existsSync(scanned.path("web/log/main/current")));
    const before = scanned.descriptors;
    for (let round = 0; round < 3; round++) {
      const names = ["a", "b", "c"].map((name) => `${name}${round}`);
      for (const name of names) {
        const log = name.startsWith("a") ? { script: "./main\n" } : { run: COPIER };
        fs.mkdirSync(scanned.path(`.${name}/log`), { recursive: true });
        for (const [file, text] of Object.entries({ run: SLEEPER, ...prefixed("log", log) }))
          fs.writeFileSync(scanned.path(`.${name}/${file}`), text, { mode: 0o755 });
        fs.renameSync(scanned.path(`.${name}`), scanned.path(name));
      }
      const began = performance.now();
      for (const name of names) await scanned.isUp(name);
      const first = scanned.path(`a${round}/log/main/current`);
      await until("its log", () => fs.existsSync(first));
      // Without news of the directory it would be half of five seconds, on average.
      assert.ok(performance.now() - began < 2500);
      for (const name of names) fs.renameSync(scanned.path(name), scanned.path(`.${name}`));
      const gone = names.flatMap((name) => [
        `.${name}`,
        ...(name.startsWith("a") ? [] : [`.${name}/log`]),
      ]);
      assert.equal(ask("ours", "svc", ["-dx", ...gone], { cwd: scanned.tree }).stderr, "");
      for (const name of gone) await until(`end of ${name}`, () => scanned.status(name)?.pid === 0);
      await until("all to be closed", () => scanned.descriptors <= before);
    }
    assert.equal(scanned.family.length, 1);
    assert.deepEqual(scanned.said, []);
    assert.deepEqual(await scanned.stop(), CLEAN);
  });

  test("HUP looks at the directory now", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", { web: { run: SLEEPER } });
    const pid = await scanned.isUp("web");
    scanned.running.signal("SIGHUP");
    const began = performance.now();
    ask("ours", "svc", ["-dx", "web"], { cwd: scanned.tree });
    await until("the end", () => scanned.status("web")?.pid === 0);
    scanned.running.signal("SIGHUP");
    await scanned.isUp("web", pid);
    assert.ok(performance.now() - began < 4000);
    assert.deepEqual(await scanned.stop(), CLEAN);
  });

  for (const [how, ...args] of [["in one process"], ["apart", "--isolate"]])
    test(`an essential service ends the others, and its code is that of svscan, ${how}`, {
      timeout,
    }, async (t) => {
      const services = {
        web: { run: POLITE },
        "web/log": { run: COPIER },
        // Longer than the second in which it would not be started again anyhow.
        main: {
          run: "#!/bin/sh\necho >>starts\nread code <code\nsleep 1.1\nexit $code\n",
          essential: "",
        },
      };
      const scanned = new Scanned(t, "ours", services, { args });
      spawnSync("mkfifo", [scanned.path("main/code")]);
      const pid = await scanned.isUp("main");
      await until("its first start", () => scanned.text("main/starts") === "\n");
      await until("web", () => scanned.text("web/log/copied") === "hello\n");
      // Told to end, it may.
      ask("ours", "svc", ["-t", "main"], { cwd: scanned.tree });
      await scanned.isUp("main", pid);
      fs.writeFileSync(scanned.path("main/code"), "7\n");
      assert.deepEqual(await scanned.running.ended, { code: 7, signal: null });
      // It was not started once more on the way.
      const deaths = scanned.text("main/supervise/deaths").split("\n");
      assert.deepEqual([deaths.length, /exit 7/.test(deaths[1] ?? "")], [3, true]);
      assert.equal(scanned.text("web/log/copied"), "hello\nbye\n");
      const told = "main is essential and has ended (exit 7): stopping all others";
      assert.deepEqual(scanned.said, [`svscan: warning: ${told}`]);
    });

  test("--isolate starts a supervise for each, and another when one is killed", {
    timeout,
  }, async (t) => {
    const services = { web: { run: POLITE }, "web/log": { run: COPIER } };
    const scanned = new Scanned(t, "ours", services, { args: ["--isolate"] });
    await until("web", () => scanned.text("web/log/copied") === "hello\n");
    const pid = await scanned.isUp("web");
    const supervise = Number(
      /PPid:\t(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1"))?.[1],
    );
    assert.notEqual(supervise, scanned.running.pid);
    process.kill(supervise, "SIGKILL");
    await until("its end", () => !fs.existsSync(`/proc/${supervise}`));
    scanned.running.signal("SIGHUP");
    await scanned.running.says(
      `supervise: warning: web runs already, as process ${pid}: taken over`,
    );
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.equal(scanned.text("web/log/copied"), "hello\nbye\n");
    // One that was taken over is no child of ours: whoever has it may leave it as it is.
    assert.deepEqual(scanned.family.filter(isRunning), []);
  });

  test("svc, svok, svup and svstat know a log that svscan writes itself", {
    timeout,
  }, async (t) => {
    const services = { web: { run: POLITE }, "web/log": { script: "./main\n" } };
    const scanned = new Scanned(t, "ours", services);
    await until("web", () => scanned.text("web/log/main/current") === "hello\n");
    const told = (name: "svc" | "svok" | "svup" | "svstat", ...args: string[]): string => {
      const { code, stdout, stderr } = ask("ours", name, args, { cwd: scanned.tree });
      return `${code} ${stdout}${stderr}`;
    };
    const archives = (): number =>
      fs.readdirSync(scanned.path("web/log/main")).filter((name) => name.endsWith(".s")).length;
    assert.equal(told("svok", "web/log"), "0 ");
    assert.equal(told("svup", "web"), "0 ");
    assert.equal(told("svup", "-L", "web"), "0 ");
    assert.equal(told("svstat", "web/log"), "0 web/log: written by svscan itself\n");
    assert.equal(told("svc", "-a", "web/log"), "0 ");
    await until("an archive", () => archives() === 1);
    assert.equal(scanned.text("web/log/main/current"), "");
    const refused =
      "unable to control web/log: svscan writes it, and all that it can be told is to rotate (svc -a)";
    assert.equal(told("svc", "-d", "web/log"), `0 svc: warning: ${refused}\n`);
    assert.equal(told("svc", "stop", "web/log"), `111 svc: warning: ${refused}\n`);
    assert.match(told("svstat", "--table", "web/log"), /\nweb\/log +hosted +- /);
    assert.match(told("svstat", "--json", "web/log"), /"state":"hosted"/);
    assert.match(told("svstat", "--why", "web/log"), /svscan writes it itself/);
    ask("ours", "svc", ["-t", "web"], { cwd: scanned.tree });
    await until("more lines", () => scanned.text("web/log/main/current").startsWith("bye\n"));
    assert.equal(told("svc", "-La", "web"), "0 ");
    await until("another archive", () => archives() === 2);
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.equal(told("svok", "web/log"), "100 ");
    assert.equal(told("svstat", "web/log"), "0 web/log: supervise not running\n");
    assert.deepEqual(scanned.said, []);
  });

  test("orphans are taken off the process table", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const script = 'sleep 0.3 & echo $! >.stranger; exec "$0" .';
    const running = new Running(t, "/bin/sh", ["-c", script, ours("svscan")], { cwd });
    const file = `${cwd}/.stranger`;
    await until("the stranger", () => fs.existsSync(file) && fs.statSync(file).size > 0);
    const stranger = fs.readFileSync(file, "latin1").trim();
    await until("it to be taken off", () => !fs.existsSync(`/proc/${stranger}`));
    assert.equal(running.isUp, true);
    assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
  });

  test("as process 1 it takes orphans off, and ends with the code of the essential service", {
    timeout,
    skip: NAMESPACE === undefined && "unshare(1) may make no process namespace here",
  }, (t) => {
    const tree = temporaryDirectory(t);
    const run = `#!/bin/sh
(sleep 0.1 & echo $! >orphan) &
wait
while [ -e /proc/$(cat orphan) ]; do sleep 0.02; done
exit 5
`;
    makeService(`${tree}/main`, { run, essential: "" });
    makeService(`${tree}/web`, { run: SLEEPER });
    const words = [...(NAMESPACE ?? []), ours("svscan"), tree];
    const { status, stderr } = spawnSync("unshare", words, { encoding: "latin1", timeout });
    const told = "main is essential and has ended (exit 5): stopping all others";
    assert.deepEqual([status, stderr], [5, `svscan: warning: ${told}\n`]);
  });

  test("svscanboot puts what is said into a title, and stops what an earlier one left", {
    timeout,
  }, async (t) => {
    const run = "#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ >found\nexec sleep 100\n";
    const old = new Scanned(t, "ours", { web: { run } }, { args: ["--isolate"] });
    await old.isUp("web");
    old.running.signal("SIGKILL");
    await old.running.ended;
    assert.equal(old.family.filter(isRunning).length, 2);
    const boot = new Scanned(t, "boot", { "no-run": {} }, { tree: old.tree });
    const told = (): string | undefined =>
      boot.family.find((pid) => commandLine(pid).includes("service errors: ..."));
    await until("the title", () =>
      commandLine(told() ?? "").includes("unable to start no-run/run"),
    );
    const pid = await boot.isUp("web");
    await until("the old ones to be gone", () => old.family.filter(isRunning).length === 0);
    assert.ok(boot.family.includes(String(pid)));
    // By its own PATH, and with nothing else.
    await until("its environment", () => /^PATH=.*\n$/.test(boot.text("web/found")));
    const scanner = boot.family.find((one) => commandLine(one).includes("svscan.cjs")) ?? "";
    process.kill(Number(scanner), "SIGTERM");
    assert.deepEqual(await boot.running.ended, CLEAN);
    assert.deepEqual(boot.family, []);
  });

  test("what is odd is warned about once, and everything else goes on", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: SLEEPER },
      deaf: { run: SLEEPER, down: "" },
      "bad-script": { run: SLEEPER },
      "bad-script/log": { script: "t\n./nowhere/main\n" },
      "no-run": {},
    });
    await until("deaf", () => scanned.status("deaf") !== undefined);
    ask("ours", "svc", ["-x", "deaf"], { cwd: scanned.tree });
    await until("its end", () => ask("ours", "svok", ["deaf"], { cwd: scanned.tree }).code === 100);
    fs.rmSync(scanned.path("deaf/supervise/control"));
    fs.writeFileSync(scanned.path("deaf/supervise/control"), "");
    scanned.running.signal("SIGHUP");
    await scanned.running.says("deaf");
    await scanned.running.says("bad-script/log");
    await scanned.isUp("web");
    // Mended, it goes on.
    fs.mkdirSync(scanned.path("bad-script/log/nowhere"));
    scanned.running.signal("SIGHUP");
    await until("the log", () =>
      fs.existsSync(scanned.path("bad-script/log/nowhere/main/current")),
    );
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.deepEqual(scanned.running.stderr.split("\n").slice(0, -1).sort(), [
      "supervise: fatal: unable to start no-run/run: file does not exist",
      "supervise: warning: unable to hear commands: deaf/supervise/control is not a FIFO: remove it and start the supervisor again",
      "svscan: warning: bad-script/log: unable to open directory ./nowhere/main: file does not exist",
    ]);
  });

  test("a directory that is not there is said, 111", { timeout }, (t) => {
    const cwd = temporaryDirectory(t);
    const { code, stderr } = ask("ours", "svscan", ["-x", "more"], { cwd });
    const told = "svscan: fatal: unable to chdir to -x: file does not exist\n";
    assert.deepEqual([code, stderr], [111, told]);
  });
});

function commandLine(pid: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    // Gone.
    return "";
  }
}

function prefixed(name: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]));
}
