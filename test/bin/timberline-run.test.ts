/** timberline run: a program and its log, at once. */
// Not tested: a terminal's Ctrl-C by its key (test/examples has npm start's), a full disk.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ours } from "../support/commands.ts";
import { isRunning } from "../support/process.ts";
import { Running } from "../support/running.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const LABEL = /^@[0-9a-f]{24} /;

class Ground {
  readonly cwd: string;
  readonly running: Running;

  constructor(
    scope: Scope,
    words: readonly string[],
    options: { cwd?: string; env?: Record<string, string> } = {},
  ) {
    const outside = temporaryDirectory(scope);
    this.cwd = options.cwd ?? outside;
    const out = fs.openSync(join(this.cwd, "shown"), "a");
    this.running = new Running(scope, ours("timberline"), ["run", ...words], {
      cwd: this.cwd,
      stdout: out,
      env: { PATH: `${ours("")}:/usr/bin:/bin`, TZ: "UTC", ...options.env },
    });
    fs.closeSync(out);
  }

  /** The lines of a log without their labels. */
  lines(name: string): string[] {
    const file = join(this.cwd, name, "main/current");
    if (!fs.existsSync(file)) return [];
    const lines = fs.readFileSync(file, "latin1").split("\n").slice(0, -1);
    for (const line of lines) assert.match(line, LABEL);
    return lines.map((line) => line.replace(LABEL, ""));
  }

  async logs(name: string, ...lines: readonly string[]): Promise<void> {
    await until(`${lines.join("|")} in ${name}; ${this.running.stderr}`, () => {
      return this.lines(name).join("|").startsWith(lines.join("|"));
    });
  }

  ask(command: string, ...words: string[]): string {
    const { stdout, stderr } = spawnSync(ours(command), words, {
      cwd: this.cwd,
      encoding: "utf8",
      timeout: 30_000,
    });
    return stdout + stderr;
  }
}

function isClosedCleanly(directory: string): boolean {
  return (fs.statSync(join(directory, "current")).mode & 0o777) === 0o744;
}

describe("timberline run", { concurrency: 2 }, () => {
  test("--once captures output and errors, and ends with the program's exit code", {
    timeout,
  }, async (t) => {
    const ground = new Ground(t, [
      "-1",
      "sh",
      "-c",
      "echo out; echo err >&2; printf unfinished; exit 7",
    ]);
    assert.deepEqual(await ground.running.ended, { code: 7, signal: null });
    assert.deepEqual(ground.lines("log/sh"), ["out", "err", "unfinished"]);
    assert.ok(isClosedCleanly(join(ground.cwd, "log/sh/main")));
    assert.match(ground.running.stderr, /sh ended with exit code 7 after/);
    assert.match(
      ground.running.stderr,
      /its log stays in log\/sh\/main: 1 file, \d+ bytes; svlog log\/sh\n$/,
    );
  });

  test("--once gives 128 and the signal that ended the program", { timeout }, async (t) => {
    const ground = new Ground(t, ["--once", "--name=it", "--", "sh", "-c", "kill -9 $$"]);
    assert.deepEqual(await ground.running.ended, { code: 137, signal: null });
    assert.match(ground.running.stderr, /it was ended by SIGKILL after/);
  });

  test("the program finds words, environment and descriptors as its caller has them", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const probe =
      'printf "%s|" "$@"; od -An -c /proc/self/environ; readlink /proc/$$/fd/1 /proc/$$/fd/2';
    const words = ["sh", "-c", probe, "sh", "--once", "a b", "", "new\nline"];
    const script = 'exec env ODD-NAME=x =y "$@"';
    const env = { PATH: "/usr/bin:/bin", Z: "ä" };
    const direct = spawnSync("/bin/sh", ["-c", script, "sh", ...words], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const command = [ours("timberline"), "run", "-1", "--", ...words];
    const run = spawnSync("/bin/sh", ["-c", script, "sh", ...command], {
      cwd,
      env,
      stdio: "ignore",
      timeout: 30_000,
    });
    assert.equal(run.status, 0);
    const found = fs
      .readFileSync(join(cwd, "log/sh/main/current"), "latin1")
      .replaceAll(/^@\S+ /gm, "");
    const expected = direct.stdout.toString("latin1");
    const withoutFiles = (text: string): string => text.replace(/\n.*\n.*\n$/, "");
    assert.equal(withoutFiles(found), withoutFiles(expected));
    // Its output and its errors.
    assert.match(found, /\n(pipe:.*)\n\1\n$/);
  });

  test("a program that dies is started again, later and later, and that is said", {
    timeout,
  }, async (t) => {
    const ground = new Ground(t, ["--dir", "there", "--", "sh", "-c", "echo hello; exit 3"]);
    await ground.logs("there/sh", "hello", "hello", "hello");
    const { running } = ground;
    await running.says(/sh ended with exit code 3 .*\n.*sh is started again in 4 seconds\n/);
    assert.match(running.stderr, /sh runs, as process \d+; Ctrl-C stops it\n/);
    assert.match(running.stderr, /started again in 1 second\n.*sh runs again, as process \d+\n/);
    assert.match(ground.ask("svstat", "--why", "there/sh"), /it is flapping: it died 3 times/);
    assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    test(`${signal} stops program and log in order`, { timeout }, async (t) => {
      const polite = "trap 'echo bye; exit' TERM; echo up; sleep 100 & wait";
      const ground = new Ground(t, ["sh", "-c", polite]);
      await ground.logs("log/sh", "up");
      assert.deepEqual(await ground.running.stop(signal), CLEAN);
      assert.deepEqual(ground.lines("log/sh"), ["up", "bye"]);
      assert.ok(isClosedCleanly(join(ground.cwd, "log/sh/main")));
      assert.match(ground.running.stderr, new RegExp(`is being stopped \\(${signal}\\)`));
      assert.doesNotMatch(ground.running.stderr, /started again/);
    });
  }

  test("all of the program's process group is stopped", { timeout }, async (t) => {
    const ground = new Ground(t, ["sh", "-c", "echo $$; sleep 100 & echo $!; wait"]);
    await until("two", () => ground.lines("log/sh").length === 2);
    assert.deepEqual(await ground.running.stop("SIGINT"), CLEAN);
    for (const pid of ground.lines("log/sh")) assert.ok(!isRunning(pid));
  });

  test("a second signal, not at once, does not wait for a program that ignores the first", {
    timeout,
  }, async (t) => {
    const ground = new Ground(t, [
      "sh",
      "-c",
      "trap '' TERM; echo up; while :; do sleep 100; done",
    ]);
    await ground.logs("log/sh", "up");
    ground.running.signal("SIGINT");
    await ground.running.says("is being stopped");
    // As npm passes on what the terminal has told already.
    ground.running.signal("SIGINT");
    await until("the second to be heard", async () => {
      ground.running.signal("SIGINT");
      await new Promise((resolve) => setTimeout(resolve, 50));
      return !ground.running.isUp;
    });
    assert.deepEqual(await ground.running.ended, CLEAN);
    assert.match(
      ground.running.stderr,
      /sh is not waited for any longer\n.*was ended by SIGKILL after [1-9]/,
    );
  });

  test("svc and svstat know it, and svc -x ends it", { timeout }, async (t) => {
    const ground = new Ground(t, ["-n", "web", "sh", "-c", "echo $$; exec sleep 100"]);
    await until("its number", () => ground.lines("log/web").length === 1);
    const [pid] = ground.lines("log/web");
    assert.match(ground.ask("svstat", "log/web"), new RegExp(`^log/web: up \\(pid ${pid}\\) `));
    assert.equal(ground.ask("svc", "restart", "--wait", "20", "log/web"), "");
    await until("another", () => ground.lines("log/web").length === 2);
    assert.equal(ground.ask("svc", "-dx", "log/web"), "");
    assert.deepEqual(await ground.running.ended, CLEAN);
  });

  test("killed, it leaves the program running, and the next one reads on", {
    timeout,
  }, async (t) => {
    const count = "n=0; while :; do n=$((n+1)); echo $n; sleep 0.02; done";
    const first = new Ground(t, ["-n", "counter", "sh", "-c", count]);
    const counted = (): number[] =>
      first
        .ask("svlog", "--all", "--raw", "log/counter")
        .split("\n")
        .filter((line) => LABEL.test(line))
        .map((line) => Number(line.replace(LABEL, "")));
    await until("lines", () => counted().length > 20);
    assert.deepEqual(await first.running.stop("SIGKILL"), { code: null, signal: "SIGKILL" });
    const next = new Ground(t, ["-n", "counter", "echo", "not", "run"], { cwd: first.cwd });
    await next.running.says(/log\/counter runs already, as process \d+: taken over/);
    const before = Math.max(...counted());
    await until("more lines", () => Math.max(...counted()) > before + 20);
    assert.deepEqual(await next.running.stop("SIGTERM"), CLEAN);
    const found = [...new Set(counted())];
    assert.deepEqual(
      found,
      Array.from(found, (_, at) => at + 1),
    );
    assert.match(next.running.stderr, /counter ended, nobody knows how, after/);
  });

  test("a second one of the same name says who has the place, and changes nothing", {
    timeout,
  }, async (t) => {
    const first = new Ground(t, ["sleep", "100"]);
    await first.running.says("runs, as process");
    const second = new Ground(t, ["sleep", "100"], { cwd: first.cwd });
    assert.deepEqual(await second.running.ended, { code: 111, signal: null });
    assert.match(
      second.running.stderr,
      /^timberline run: fatal: unable to acquire log\/sleep\/supervise\/lock: temporary failure\n/,
    );
    assert.match(second.running.stderr, /another timberline run has this place: --name/);
    assert.match(first.ask("svstat", "log/sleep"), / up \(pid/);
    assert.deepEqual(await first.running.stop("SIGTERM"), CLEAN);
  });

  test("a script that cannot be used is said, and nothing goes on", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    fs.mkdirSync(join(cwd, "log/sh"), { recursive: true });
    fs.writeFileSync(join(cwd, "log/sh/script"), "t\n/dev/null/x\n");
    const ground = new Ground(t, ["sh", "-c", "sleep 100"], { cwd });
    assert.deepEqual(await ground.running.ended, { code: 111, signal: null });
    assert.match(
      ground.running.stderr,
      /log\/sh: unable to open directory \/dev\/null\/x: not a directory/,
    );
    assert.equal(fs.readFileSync(join(cwd, "log/sh/script"), "utf8"), "t\n/dev/null/x\n");
  });

  test("--follow shows the lines of this run as they come, to the last", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    await new Ground(t, ["-1", "echo", "before"], { cwd }).running.ended;
    const ground = new Ground(t, ["-1f", "-n", "echo", "sh", "-c", "seq 1 5000; echo last"], {
      cwd,
    });
    assert.deepEqual(await ground.running.ended, CLEAN);
    const shown = fs.readFileSync(join(cwd, "shown"), "utf8").split("\n").slice(0, -1);
    const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} /;
    assert.deepEqual(
      shown.map((line) => line.replace(time, "")),
      [...Array.from({ length: 5000 }, (_, i) => String(i + 1)), "last"],
    );
  });

  test("what is wrong with the words is said before anything is made", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    for (const [words, code, said] of [
      [[], 100, /^timberline run: usage: /],
      [["--nonsense", "sh"], 100, /^timberline run: illegal option -- nonsense\n/],
      [["-n", ".x", "sh"], 100, /^timberline run: "\.x" is no name/],
      [["no-such-program"], 111, /^timberline run: fatal: unable to run no-such-program: .*PATH/],
      [
        ["./nothing"],
        111,
        /^timberline run: fatal: unable to run \.\/nothing: file does not exist/,
      ],
      [
        ["-d", "/dev/null", "sh"],
        111,
        /^timberline run: fatal: unable to make \/dev\/null\/sh: not a directory/,
      ],
    ] as const) {
      const { running } = new Ground(t, words, { cwd });
      assert.deepEqual(await running.ended, { code, signal: null }, words.join(" "));
      assert.match(running.stderr, said);
    }
    assert.ok(!fs.existsSync(join(cwd, "log")));
  });
});
