// Not tested: systems without subreapers (112), real-time signals (which are not passed on).
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CATCHABLE } from "../../src/posix/signals.ts";
import { shell } from "../posix/launched.ts";
import { ours, peer } from "../support/commands.ts";
import { inParallel } from "../support/pool.ts";
import { Running } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const watch = ours("background-watch");
const original = peer("s6-background-watch");
// It came with s6 2.14: where Debian's is older there is nothing to compare with, in CI neither.
const skip = fs.existsSync(original.path) ? false : "no s6-background-watch here";
const timeout = 120_000;

const DAEMON = fileURLToPath(new URL("../../../test/support/programs/daemon.pl", import.meta.url));

function daemon(...words: string[]): string[] {
  return ["perl", DAEMON, ...words];
}

const sh = (line: string): string[] => ["sh", "-c", line];

interface Case {
  readonly what: string;
  readonly options?: readonly string[];
  readonly program: readonly string[];
  /** What stands in the pid file before. */
  readonly before?: string;
  readonly exit: number;
  /** All that is said, without the command's name and process ids. */
  readonly says?: string;
  /** The pid file is removed, or never there. */
  readonly noFile?: true;
  /** s6-background-watch does otherwise: it hangs, or takes any process for the daemon. */
  readonly notS6?: true;
}

const GARBAGE = "fatal: pid file pid does not contain a process id\n";

const cases: readonly Case[] = [
  { what: "the daemon exits 0", program: daemon("late", "0"), exit: 0 },
  { what: "the daemon exits 7", program: daemon("late", "7"), exit: 7 },
  { what: "the daemon is killed by SEGV", program: daemon("late", "SEGV"), exit: 139 },
  { what: "the daemon is killed by KILL", program: daemon("late", "KILL"), exit: 137 },
  { what: "the daemon was forked twice", program: daemon("double", "4"), exit: 4 },
  { what: "the daemon exited early", program: daemon("early", "5"), exit: 5, notS6: true },
  { what: "the daemon was killed early", program: daemon("early", "TERM"), exit: 143, notS6: true },
  {
    what: "the program exits 3",
    program: daemon("late", "0", "3"),
    exit: 3,
    says: "fatal: perl exited with code 3\n",
    noFile: true,
  },
  {
    what: "the program is killed by SEGV",
    program: sh("echo 1 >pid; kill -SEGV $$"),
    exit: 139,
    says: "fatal: sh was killed by SIGSEGV\n",
    noFile: true,
  },
  {
    what: "the program takes too long",
    options: ["-t", "30"],
    program: sh("echo 1 >pid; exec sleep 100"),
    exit: 137,
    says: "warning: sh did not exit within 30 ms, killing it\nfatal: sh was killed by SIGKILL\n",
    noFile: true,
  },
  { what: "no limit", options: ["--timeout-ready=0"], program: daemon("late", "6"), exit: 6 },
  {
    what: "no pid file",
    program: ["true"],
    exit: 104,
    says: "fatal: true exited without writing pid file pid\n",
    noFile: true,
  },
  {
    what: "an empty pid file",
    program: sh(": >pid"),
    exit: 104,
    says: "fatal: sh exited and left pid file pid empty\n",
  },
  ...["garbage", "12x", "-5", "0", "99999999999", "12 13", "\\0"].map((text): Case => {
    const program = ["sh", "-c", `printf '%b\\n' '${text}' >pid`];
    return { what: `a pid file with ${text}`, program, exit: 104, says: GARBAGE };
  }),
  {
    what: "a directory as pid file",
    program: ["mkdir", "pid"],
    exit: 111,
    says: "fatal: unable to read pid file pid: is a directory\n",
    notS6: true,
  },
  {
    what: "the pid file of a process that is gone",
    program: sh("sh -c 'echo $$ >pid'"),
    exit: 111,
    says: "fatal: pid file pid names process N, which does not exist\n",
  },
  {
    what: "an old pid file of a process that is gone",
    before: "2147483647\n",
    program: ["true"],
    exit: 111,
    says: "fatal: pid file pid names process N, which does not exist; it is older than this start of true\n",
  },
  {
    what: "the pid file of init",
    program: sh("echo 1 >pid"),
    exit: 104,
    says: "fatal: pid file pid names process N, which is none that sh started\n",
    notS6: true,
  },
  {
    what: "an old pid file of somebody else",
    before: `${process.pid}\n`,
    program: ["true"],
    exit: 104,
    says: "fatal: pid file pid names process N, which is none that true started; it is older than this start of true\n",
    notS6: true,
  },
  {
    what: "the pid file of the watcher itself",
    program: sh("echo $PPID >pid"),
    exit: 104,
    says: "fatal: pid file pid names process N, which is none that sh started\n",
    notS6: true,
  },
  {
    what: "no such program",
    program: ["/nonexistent"],
    exit: 127,
    says: "fatal: unable to run /nonexistent: file does not exist\n",
    noFile: true,
  },
  {
    what: "a directory as program",
    program: ["/"],
    exit: 127,
    says: "fatal: unable to run /: access denied\n",
    noFile: true,
  },
  {
    what: "a program of no format",
    program: ["./plain"],
    exit: 126,
    says: "fatal: unable to run ./plain: exec format error\n",
    noFile: true,
  },
];

interface Seen {
  readonly what: string;
  readonly exit: number | string | null;
  readonly says: string;
  readonly hasFile: boolean;
}

async function see(t: TestContext, command: string, one: Case): Promise<Seen> {
  const cwd = temporaryDirectory(t);
  fs.writeFileSync(join(cwd, "plain"), "text\n", { mode: 0o755 });
  if (one.before !== undefined) fs.writeFileSync(join(cwd, "pid"), one.before);
  const words = [...(one.options ?? []), "pid", ...one.program];
  const running = new Running(t, command, words, { cwd });
  const { code, signal } = await running.ended;
  const says = running.stderr
    .replaceAll(/process [0-9]+/g, "process N")
    .replaceAll(/^background-watch: /gm, "");
  return { what: one.what, exit: code ?? signal, says, hasFile: fs.existsSync(join(cwd, "pid")) };
}

test("background-watch ends as the daemon does, and says in a line why there is none", {
  timeout,
}, async (t) => {
  const seen = await inParallel(cases, (one) => see(t, watch, one));
  const expected = cases.map(({ what, exit, says = "", noFile = false }) => {
    return { what, exit, says, hasFile: !noFile };
  });
  assert.deepEqual(seen, expected);
});

test("background-watch ends with the codes of s6-background-watch", {
  skip,
  timeout,
}, async (t) => {
  const same = cases.filter(({ notS6 }) => !notS6);
  const seen = await inParallel(same, (one) => see(t, original.path, one));
  assert.deepEqual(
    seen.map(({ what, exit, hasFile }) => [what, exit, hasFile]),
    same.map(({ what, exit, noFile = false }) => [what, exit, !noFile]),
  );
});

/** One whose daemon is known to be watched. */
async function ready(t: TestContext, program: readonly string[]): Promise<[Running, string]> {
  const cwd = temporaryDirectory(t);
  const line = 'trap "" HUP USR2; exec "$@" 7>ready';
  const words = ["-c", line, "sh", watch, "-d", "7", "pid", ...program];
  const running = new Running(t, "/bin/sh", words, { cwd });
  const file = join(cwd, "ready");
  await until("the daemon to be watched", () => fs.existsSync(file) && fs.statSync(file).size > 0);
  return [running, cwd];
}

test("background-watch passes every signal on to the daemon, also those that its caller ignores", {
  timeout,
}, async (t) => {
  const [running, cwd] = await ready(t, daemon("heard", "9"));
  const heard = (): string[] => fs.readFileSync(join(cwd, "heard"), "latin1").trim().split("\n");
  await until("the daemon to listen", () => {
    return fs.existsSync(join(cwd, "heard")) && heard()[0] === "listening";
  });
  const expected = ["listening"];
  for (const signal of CATCHABLE.filter((name) => name !== "SIGTERM")) {
    running.signal(signal);
    expected.push(signal.replace(/^SIG/, ""));
    await until(`${signal} to be heard`, () => heard().length === expected.length);
  }
  assert.deepEqual(heard(), expected);
  assert.ok(expected.length > 22, String(expected.length));
  assert.deepEqual(await running.stop("SIGTERM"), { code: 9, signal: null });
});

test("background-watch passes signals on to the program as long as that runs", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const line = 'trap "exit 33" USR1; echo >here; while :; do read line; done';
  const running = new Running(t, watch, ["pid", "sh", "-c", line], { cwd });
  await until("the program to be there", () => fs.existsSync(join(cwd, "here")));
  assert.deepEqual(await running.stop("SIGUSR1"), { code: 33, signal: null });
  assert.match(running.stderr, /^background-watch: fatal: sh exited with code 33\n$/);
});

test("background-watch stays with a daemon that has a parent of its own, and says that its code is not known", {
  timeout,
}, async (t) => {
  const [running, cwd] = await ready(t, daemon("owned", "4"));
  assert.equal(running.isUp, true);
  await running.input.write("line\n");
  assert.deepEqual(await running.ended, { code: 111, signal: null });
  const pid = fs.readFileSync(join(cwd, "pid"), "latin1").trim();
  const says = `process ${pid} ended, but how is known only to its own parent, another process than perl`;
  assert.equal(running.stderr, `background-watch: fatal: ${says}\n`);
});

test("background-watch takes orphans off the process table that are nobody's daemon", {
  timeout,
}, async (t) => {
  const orphan = "(sh -c 'echo $$ >orphan.new; mv orphan.new orphan' &)";
  const program = sh(`${orphan}; until [ -e orphan ]; do sleep 0.01; done; exec "$@"`);
  const [running, cwd] = await ready(t, [...program, "sh", ...daemon("heard", "0")]);
  const pid = fs.readFileSync(join(cwd, "orphan"), "latin1").trim();
  await until("the orphan to be gone for good", () => !fs.existsSync(`/proc/${pid}`));
  assert.deepEqual(await running.stop("SIGTERM"), { code: 0, signal: null });
});

test("background-watch writes one newline when the daemon is there, and none when it never is", {
  timeout,
}, async (t) => {
  const [running, cwd] = await ready(t, daemon("heard", "0"));
  assert.equal(fs.readFileSync(join(cwd, "ready"), "latin1"), "\n");
  const pid = fs.readFileSync(join(cwd, "pid"), "latin1").trim();
  const open = fs.readdirSync(`/proc/${pid}/fd`);
  assert.ok(!open.includes("7"), `the daemon has ${open.join(" ")}`);
  await running.stop("SIGTERM");
  const failing = [["true"], daemon("late", "0", "3"), ["/nonexistent"], sh("echo 1 >pid")];
  for (const program of failing) {
    fs.rmSync(join(cwd, "pid"), { force: true });
    shell('"$@" 7>none', [watch, "-d7", "pid", ...program], { cwd });
    assert.equal(fs.readFileSync(join(cwd, "none"), "latin1"), "", program.join(" "));
  }
});

test("background-watch refuses what it cannot do, and says how it is used", { timeout }, () => {
  const usage = "background-watch: usage: background-watch [ -t ms ] [ -d fd ] pidfile program\n";
  const table: [words: string[], status: number, stderr: string][] = [
    [[], 100, usage],
    [["pid"], 100, usage],
    [["-t", "x", "pid", "true"], 100, usage],
    [["-t", "", "pid", "true"], 100, usage],
    [["-x", "pid", "true"], 100, `background-watch: illegal option -- x\n${usage}`],
    [["--foo=1", "pid", "true"], 100, `background-watch: illegal option -- foo\n${usage}`],
    [["-t"], 100, `background-watch: option requires an argument -- t\n${usage}`],
    [
      ["-d", "2", "pid", "true"],
      100,
      "background-watch: fatal: notification-fd cannot be 0, 1 or 2\n",
    ],
    [
      ["--notification-fd", "9", "pid", "true"],
      111,
      "background-watch: fatal: unable to use notification-fd 9: file descriptor not open\n",
    ],
  ];
  for (const [words, status, stderr] of table) {
    const seen = shell('exec "$@"', [watch, ...words], { cwd: "/" });
    assert.deepEqual(
      [seen.status, seen.stdout, seen.stderr],
      [status, "", stderr],
      words.join(" "),
    );
  }
});
