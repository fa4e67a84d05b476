/** timberline-bench: what it says, and that it leaves nothing behind. */
// Not tested: a disk that has no room, or that does not answer.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours } from "../support/commands.ts";
import { Running } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const command = ours("timberline-bench");
const QUICK = ["--seconds", "0.3"];

function run(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, words, { encoding: "utf8", timeout });
}

/** The working directories of all processes that tell. */
function workplaces(): string[] {
  return fs.readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [fs.readlinkSync(`/proc/${name}/cwd`)] : [];
    } catch (error) {
      // It has ended meanwhile, or is not ours to ask.
      if (error instanceof Error) return [];
      throw error;
    }
  });
}

test("three verdicts, exit code 0, and nothing left", { timeout }, (t) => {
  const directory = temporaryDirectory(t);
  const { status, stdout, stderr } = run("--dir", directory, ...QUICK, "t", "s9999", "./main");
  assert.equal(stderr, "");
  assert.match(stdout, /^script: t s9999 \.\/main\n/);
  assert.match(stdout, /^speed: .* MB\/s, .* lines a second/m);
  assert.match(
    stdout,
    /^waiting: at .* lines a second the longest wait .*\n {2}Files that were full meanwhile: \d/m,
  );
  assert.match(stdout, /^killed \d+ times with SIGKILL: [\d,]+ lines written, none lost/m);
  assert.equal(status, 0);
  assert.deepEqual(fs.readdirSync(directory), []);
});

test("a script's own directories stay untouched", { timeout }, (t) => {
  const directory = temporaryDirectory(t);
  const elsewhere = join(directory, "elsewhere");
  fs.mkdirSync(join(directory, "here"));
  const { status } = run("--dir", join(directory, "here"), ...QUICK, elsewhere, `=${elsewhere}`);
  assert.equal(status, 0);
  assert.equal(fs.existsSync(elsewhere), false);
});

test("lines of one's own are what is logged", { timeout }, (t) => {
  const directory = temporaryDirectory(t);
  const lines = join(directory, "lines");
  fs.writeFileSync(lines, `${"x".repeat(488)}\n`);
  const { status, stdout } = run("--dir", directory, "--lines", lines, ...QUICK);
  assert.match(stdout, /lines of 500 bytes on average/);
  assert.equal(status, 0);
  fs.writeFileSync(lines, "\n");
  const none = run("--dir", directory, "--lines", lines, ...QUICK);
  assert.match(none.stderr, /a file without lines/);
  assert.equal(none.status, 100);
});

test("wrong words are named, with exit code 100", { timeout }, () => {
  assert.match(run("--nonsense", "1").stderr, /fatal: unknown option --nonsense/);
  assert.match(run("--seconds", "0").stderr, /--seconds wants a number up to 60, and "0" is none/);
  assert.match(run("--dir").stderr, /--dir wants a value/);
  assert.match(run("t", "s5000").stderr, /"t s5000" names no log directory/);
  assert.equal(run("--nonsense", "1").status, 100);
});

test("a directory that is not there is a system's trouble", { timeout }, () => {
  const { status, stderr } = run("--dir", "/nonexistent");
  assert.equal(
    stderr,
    "timberline bench: fatal: unable to try it in /nonexistent: file does not exist\n",
  );
  assert.equal(status, 111);
});

test("--help tells the options", { timeout }, () => {
  assert.match(run("--help").stdout, /--dir DIR .*\n.*--lines FILE/);
});

test("TERM ends it, and its directory is gone", { timeout }, async (t) => {
  const directory = temporaryDirectory(t);
  const words = ["--dir", directory, "--seconds", "60"];
  const running = new Running(t, command, words, { cwd: "/", stderrIn: temporaryDirectory(t) });
  const inside = (): string[] => fs.readdirSync(directory);
  await until("a log", () =>
    inside().some((name) => fs.existsSync(join(directory, name, "log0/current"))),
  );
  assert.deepEqual(await running.stop("SIGTERM"), { code: 111, signal: null });
  assert.deepEqual(inside(), []);
  await until(
    "its logger to be gone",
    () => !workplaces().some((path) => path.startsWith(directory)),
  );
});
