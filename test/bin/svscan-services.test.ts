/** Services that behave badly, under svscan: each is one trouble, and no other is touched by it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { describe, test } from "node:test";
import { COPIER, Scanned, SLEEPER } from "../supervise/against-c/scanned.ts";
import { ask, makeService } from "../supervise/against-c/supervised.ts";
import { isRunning } from "../support/process.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const HOSTED = { script: "./main\n" };
/** One line, one write a byte. */
const SLOW_WRITER = `#!/bin/sh
for byte in s l o w; do printf $byte; sleep 0.02; done
while [ ! -e go ]; do sleep 0.02; done
echo
exec sleep 100
`;
/** Closes its output, and says something only in its next life. */
const SILENT = `#!/bin/sh
if [ -e second ]; then echo second; exec sleep 100; fi
echo first
exec >&-
>second
while [ ! -e end ]; do sleep 0.02; done
`;
const FLOOD = "#!/bin/sh\nexec yes 'a line of a flood that does not end'\n";

const current = (scanned: Scanned, name: string): string =>
  scanned.text(`${name}/log/main/current`);

/** The newest finished file of a log. */
function newestOf(logdir: string): string | undefined {
  if (!fs.existsSync(logdir)) return undefined;
  return fs
    .readdirSync(logdir)
    .filter((name) => name.startsWith("@"))
    .sort()
    .at(-1);
}

describe("under svscan", { concurrency: 2 }, () => {
  test("a service that writes a byte at a time has its line, when it is one, and one that closes its output a pipe again", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      slow: { run: SLOW_WRITER },
      "slow/log": HOSTED,
      silent: { run: SILENT },
      "silent/log": HOSTED,
      piped: { run: SILENT },
      "piped/log": { run: COPIER },
    });
    for (const name of ["silent", "piped"])
      await until(name, () => fs.existsSync(scanned.path(`${name}/second`)));
    await until("first", () => current(scanned, "silent") === "first\n");
    const logger = await scanned.isUp("piped/log");
    assert.equal(current(scanned, "slow"), "");
    for (const name of ["slow/go", "silent/end", "piped/end"])
      fs.writeFileSync(scanned.path(name), "");
    await until("slow", () => current(scanned, "slow") === "slow\n");
    await until("silent", () => current(scanned, "silent") === "first\nsecond\n");
    await until("piped", () => scanned.text("piped/log/copied") === "first\nsecond\n");
    // The closed output was no end for the logger.
    assert.equal(scanned.status("piped/log")?.pid, logger);
    assert.deepEqual([await scanned.stop(), scanned.said], [CLEAN, []]);
  });

  test("floods hold up neither the line of another log, nor a command, nor the end", {
    timeout,
  }, async (t) => {
    const flood = { run: FLOOD };
    const logs = { script: "s65536\nn2\n./main\n" };
    const scanned = new Scanned(t, "ours", {
      a: flood,
      "a/log": logs,
      b: flood,
      "b/log": logs,
      quiet: { run: "#!/bin/sh\nread line <go; echo $line\nexec sleep 100\n", down: "" },
      "quiet/log": HOSTED,
    });
    spawnSync("mkfifo", [scanned.path("quiet/go")]);
    const flows = async (): Promise<void> => {
      for (const name of ["a", "b"]) {
        const before = newestOf(scanned.path(`${name}/log/main`));
        const isNew = (): boolean => newestOf(scanned.path(`${name}/log/main`)) !== before;
        await until(`${name} to flow`, isNew);
      }
    };
    await flows();
    const began = performance.now();
    assert.equal(ask("ours", "svc", ["-u", "quiet"], { cwd: scanned.tree }).code, 0);
    await scanned.isUp("quiet");
    fs.writeFileSync(scanned.path("quiet/go"), "heard\n");
    await until("the line", () => current(scanned, "quiet") === "heard\n");
    const took = performance.now() - began;
    t.diagnostic(`${Math.round(took)} ms until a command and a line were served`);
    await flows();
    assert.deepEqual([await scanned.stop(), scanned.said, scanned.family], [CLEAN, [], []]);
  });

  test("a hosted log that stands still stops its own service, and nothing else", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      stuck: { run: FLOOD },
      // A processor that never ends holds up the second rotation.
      "stuck/log": { script: "s4096\n!exec sleep 1000\n./main\n" },
      web: {
        run: "#!/bin/sh\ni=0\nwhile read line; do echo $line; done <go\nexec sleep 100\n",
        down: "",
      },
      "web/log": HOSTED,
    });
    spawnSync("mkfifo", [scanned.path("web/go")]);
    const pid = await scanned.isUp("stuck");
    await until("the flood to stand still", () =>
      /pipe/.test(fs.readFileSync(`/proc/${pid}/wchan`, "latin1")),
    );
    // In the same thread, as they are on one device.
    ask("ours", "svc", ["-u", "web"], { cwd: scanned.tree });
    const go = fs.openSync(scanned.path("web/go"), "w");
    for (let line = 1; line <= 20; line++) {
      fs.writeSync(go, `${line}\n`);
      await until(`line ${line}`, () => current(scanned, "web").endsWith(`${line}\n`));
    }
    fs.closeSync(go);
    // Restarted, the stuck one waits again, and its log is as it was.
    ask("ours", "svc", ["-k", "stuck"], { cwd: scanned.tree });
    await scanned.isUp("stuck", pid);
    scanned.running.signal("SIGTERM");
    await until(
      "the services to be down",
      () => scanned.status("web")?.pid === 0 && scanned.status("stuck")?.pid === 0,
    );
    // The processor is waited for, until one says that it takes too long.
    assert.equal(scanned.running.isUp, true);
    await until("its end", () => {
      scanned.running.signal("SIGTERM");
      return !scanned.running.isUp;
    });
    assert.deepEqual(await scanned.running.ended, CLEAN);
    assert.deepEqual(scanned.family.filter(isRunning), []);
  });

  test("run that is missing, may not be run or is a directory is said once, and started when it is mended", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(
      t,
      "ours",
      {
        missing: {},
        plain: { run: SLEEPER },
        directory: {},
        loop: {},
        web: { run: SLEEPER },
      },
      {
        through:
          'chmod 644 "$1/plain/run"; mkdir "$1/directory/run"; ln -s run "$1/loop/run"; exec "$0" "$@"',
      },
    );
    const names = ["missing", "plain", "directory", "loop"];
    for (const name of names) await scanned.running.says(`unable to start ${name}/run`);
    const pid = await scanned.isUp("web");
    const tried = (name: string): number =>
      scanned.text(`${name}/supervise/deaths`).split("\n").length;
    for (const name of names) await until("a second try", () => tried(name) > 2);
    fs.chmodSync(scanned.path("plain/run"), 0o755);
    fs.rmdirSync(scanned.path("directory/run"));
    fs.rmSync(scanned.path("loop/run"));
    for (const name of ["missing", "directory", "loop"]) {
      fs.writeFileSync(scanned.path(`${name}/.run`), SLEEPER, { mode: 0o755 });
      fs.renameSync(scanned.path(`${name}/.run`), scanned.path(`${name}/run`));
    }
    for (const name of names) await scanned.isUp(name);
    assert.equal(scanned.status("web")?.pid, pid);
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.deepEqual(scanned.running.stderr.split("\n").slice(0, -1).sort(), [
      "supervise: fatal: unable to start directory/run: access denied",
      "supervise: fatal: unable to start loop/run: symbolic link loop",
      "supervise: fatal: unable to start missing/run: file does not exist",
      "supervise: fatal: unable to start plain/run: access denied",
    ]);
  });

  test("a service whose directory is removed runs to its end, and leaves nothing; the next of its name is another", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", { keep: { run: SLEEPER }, "keep/log": HOSTED });
    const kept = await scanned.isUp("keep");
    // The thread of the logs stays, with what it has open for itself.
    await until("its log", () => fs.existsSync(scanned.path("keep/log/main/current")));
    const loggers: (Readonly<Record<string, string>> | undefined)[] = [
      undefined,
      HOSTED,
      { run: COPIER },
    ];
    for (const log of loggers) {
      const before = scanned.descriptors;
      const pids: number[] = [];
      for (let life = 0; life < 2; life++) {
        if (log !== undefined) makeService(scanned.path(".web/log"), log);
        makeService(scanned.path(".web"), { run: "#!/bin/sh\necho >begun\nexec sleep 100\n" });
        fs.renameSync(scanned.path(".web"), scanned.path("web"));
        pids.push(await scanned.isUp("web"));
        await until("its shell", () => scanned.text("web/begun") !== "");
        if (log?.["run"] !== undefined)
          await until("its logger's shell", () => fs.existsSync(scanned.path("web/log/copied")));
        if (log?.["script"] !== undefined)
          await until("its log", () => fs.existsSync(scanned.path("web/log/main/current")));
        fs.rmSync(scanned.path("web"), { recursive: true });
      }
      assert.equal(new Set(pids).size, 2);
      assert.ok(pids.every(isRunning));
      for (const pid of pids) process.kill(pid, "SIGKILL");
      await until("nothing of them to be left", () => {
        scanned.running.signal("SIGHUP");
        return scanned.descriptors <= before && scanned.family.length === 1;
      });
    }
    assert.equal(scanned.status("keep")?.pid, kept);
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.deepEqual(
      // What the shell of one says that was just beginning is not ours.
      scanned.said.filter(
        (line) => /^s(vscan|upervise): /.test(line) && !line.endsWith("file does not exist"),
      ),
      [],
    );
  });
});
