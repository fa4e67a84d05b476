/** The processor: what it finds, and what becomes of its output. */
// Not tested: a processor that cannot be started at all (no processes, no memory).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../../support/commands.ts";
import { type FoundLogdir, readLogdir } from "../../support/logdir.ts";
import { BARE_ENVIRONMENT, type Ending, Running } from "../../support/running.ts";
import { type Scope, temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

const original = peer("multilog");
const options = { skip: original.skip, timeout: 60_000 };
const CLEAN: Ending = { code: 0, signal: null };
/** One more of these than fits before size - 2000. */
const LINES = Array.from({ length: 22 }, (_, n) => `${String(n).padStart(3)} ${"x".repeat(95)}\n`);

interface Outcome {
  readonly ending: Ending;
  readonly stderr: string;
  readonly contents: string[];
  /** What the processor left in ./report. */
  readonly report: string;
}

/** Lets a program write until the first file is full and processed. */
async function process1(
  scope: Scope,
  place: string,
  program: string,
  processor: string,
  prepare: (directory: string) => void = () => {},
): Promise<Outcome> {
  const cwd = fs.mkdtempSync(join(place, "run-"));
  fs.mkdirSync(join(cwd, "d"), { mode: 0o700 });
  prepare(join(cwd, "d"));
  const running = new Running(scope, program, [`!${processor}`, "s4096", "./d"], { cwd });
  for (const line of LINES) await running.input.say(line);
  const ending = await running.finish();
  const report = join(cwd, "report");
  return {
    ending,
    stderr: running.stderr,
    contents: readLogdir(cwd, "d").contents,
    report: fs.existsSync(report) ? fs.readFileSync(report, "latin1").replaceAll(cwd, "…") : "",
  };
}

async function both(
  scope: Scope,
  processor: string,
  prepare?: (directory: string) => void,
): Promise<[Outcome, Outcome]> {
  const place = temporaryDirectory(scope);
  return Promise.all([
    process1(scope, place, original.path, processor, prepare),
    process1(scope, place, ours("multilog"), processor, prepare),
  ]);
}

test(
  "a processor finds descriptors 0, 1, 2, 4 and 5 and no other, as under the C program",
  options,
  async (t) => {
    const [theirs, found] = await both(t, "(ls -l /proc/$$/fd >../report; :); cat");
    const open = (report: string): string[] =>
      [...report.matchAll(/ ([0-9]+) -> (.*)/g)].map(
        ([, fd = "", what = ""]) =>
          `${fd} ${what.replace(/run-[^/]*/, "").replace(/\.stderr-[0-9]+$/, "stderr")}`,
      );
    assert.deepEqual(open(found.report), open(theirs.report));
    const ownOnes = open(found.report).filter((line) => Number.parseInt(line, 10) < 10);
    assert.deepEqual(ownOnes, [
      "0 …/d/previous",
      "1 …/d/processed",
      "2 …/stderr",
      "4 …/d/state",
      "5 …/d/newstate",
    ]);
    assert.deepEqual(found.contents, theirs.contents);
  },
);

test(
  "a processor finds the modes, umask, directory, environment, limits and signals of the C program",
  options,
  async (t) => {
    const look = [
      "for fd in 0 1 4 5; do grep flags /proc/$$/fdinfo/$fd; done",
      "umask",
      "pwd",
      "env | sort",
      "ulimit -Sn",
      "grep -E 'Sig(Ign|Blk)' /proc/self/status",
      "ps -o args= -p $$ 2>/dev/null || tr '\\0' ' ' </proc/$$/cmdline",
      "ls -l | grep -v total | cut -c1-10",
    ];
    const [theirs, found] = await both(t, `{ ${look.join("; ")}; } >../report 2>&1; cat`);
    assert.equal(found.report, theirs.report);
    assert.ok(found.report.includes(`PATH=${BARE_ENVIRONMENT["PATH"] ?? ""}`));
  },
);

test(
  "a processor's output is the finished file, and its state comes back to it",
  options,
  async (t) => {
    const [theirs, found] = await both(t, "tr x y; echo seen >&5", (directory) => {
      fs.writeFileSync(join(directory, "current"), "");
      fs.chmodSync(join(directory, "current"), 0o744);
      fs.writeFileSync(join(directory, "state"), "before");
    });
    assert.deepEqual(found, theirs);
    assert.ok(found.contents[0]?.startsWith('@….s 744 "  0 yyy'));
    assert.deepEqual(found.contents.at(-1), 'state 644 "seen\\n"');
  },
);

test(
  "a processor without output leaves an empty file, and so does an empty command",
  options,
  async (t) => {
    for (const processor of ["cat >/dev/null", ""]) {
      const [theirs, found] = await both(t, processor);
      assert.deepEqual(found, theirs);
      assert.equal(found.contents[0], '@….s 744 ""');
    }
  },
);

test(
  "a processor that fails is run again from the same input, after a pause",
  options,
  async (t) => {
    const [theirs, found] = await both(t, "cat; [ -e ../report ] || { : >../report; exit 1; }");
    assert.deepEqual(found, theirs);
    assert.equal(found.stderr, "multilog: warning: processor failed in ./d, pausing\n");
    assert.ok(found.contents[0]?.startsWith('@….s 744 "  0 xxx'));
  },
);

test("a processor that a signal ends is run again, and the signal is named", {
  timeout: 60_000,
}, async (t) => {
  const place = temporaryDirectory(t);
  const processor = "cat; [ -e ../report ] || { : >../report; kill -KILL $$; }";
  const found = await process1(t, place, ours("multilog"), processor);
  assert.equal(
    found.stderr,
    "multilog: warning: processor crashed in ./d, pausing: killed by SIGKILL\n",
  );
  assert.ok(found.contents[0]?.startsWith('@….s 744 "  0 xxx'));
});

test("a processor runs in a directory made by hand, where no state is", {
  timeout: 60_000,
}, async (t) => {
  const place = temporaryDirectory(t);
  const found = await process1(t, place, ours("multilog"), "cat; cat <&4 >&5", (directory) => {
    fs.writeFileSync(join(directory, "current"), "");
    fs.chmodSync(join(directory, "current"), 0o744);
  });
  assert.deepEqual([found.ending, found.stderr], [CLEAN, ""]);
  assert.ok(found.contents[0]?.startsWith('@….s 744 "  0 xxx'));
});

/** Starts ours with a processor that waits for a word through a FIFO, and fills the first file. */
async function held(t: Scope): Promise<{
  running: Running;
  log: () => FoundLogdir;
  release: () => void;
  isStalled: () => boolean;
}> {
  const cwd = temporaryDirectory(t);
  const gate = join(cwd, "gate");
  execFileSync("mkfifo", [gate]);
  // Opened for both: neither the test nor the processor ever waits for the other to open it.
  const fd = fs.openSync(gate, "r+");
  t.after(() => fs.closeSync(fd));
  const processor = "!echo >../running; read word <../gate; cat";
  const script = [processor, "n99", "s4096", ":stats=stats", "./d"];
  const running = new Running(t, ours("multilog"), script, { cwd });
  for (const line of LINES.slice(0, 21)) await running.input.say(line);
  await until("the processor", () => fs.existsSync(join(cwd, "running")));
  return {
    running,
    log: () => readLogdir(cwd, "d"),
    release: () => void fs.writeSync(fd, "go\n"),
    isStalled: () => {
      const stats = JSON.parse(fs.readFileSync(join(cwd, "stats"), "utf8")) as {
        stalled: { now: unknown };
      };
      return stats.stalled.now !== null;
    },
  };
}

test("new lines go on into the new current while a processor runs, and a second rotation waits for it", {
  timeout: 60_000,
}, async (t) => {
  const { running, log, release, isStalled } = await held(t);
  const more = LINES.map((line) => line.replaceAll("x", "y"));
  for (const line of more.slice(0, 21)) await running.input.say(line);
  assert.equal(log().text("current"), more.slice(0, 21).join(""));
  assert.equal(log().text("previous"), LINES.slice(0, 21).join(""));
  assert.ok(!isStalled());
  // This one begins the third file.
  await running.input.write(more[21] ?? "");
  await until("the account to say that it stands still", isStalled);
  assert.equal(running.input.queued, 100);
  release();
  await running.input.drained();
  release();
  assert.deepEqual(await running.finish(), CLEAN);
  assert.deepEqual(
    log().log.map(({ bytes }) => bytes.toString()),
    [LINES.slice(0, 21).join(""), more.slice(0, 21).join(""), more[21]],
  );
  assert.deepEqual(log().kinds, ["@….s 744", "current 744", "lock 600", "state 644"]);
});

test("multilog waits for its processor when TERM arrives", { timeout: 60_000 }, async (t) => {
  const { running, log, release } = await held(t);
  await running.hear("SIGTERM");
  assert.ok(running.isUp);
  release();
  assert.deepEqual(await running.ended, CLEAN);
  assert.deepEqual(log().kinds, ["@….s 744", "current 744", "lock 600", "state 644"]);
  assert.equal(log().whole, LINES.slice(0, 21).join(""));
});

test("multilog ends cleanly when the input ends while two files wait for their processor", {
  timeout: 60_000,
}, async (t) => {
  const { running, log, release } = await held(t);
  for (const line of LINES.slice(0, 21)) await running.input.say(line);
  running.input.end();
  release();
  release();
  assert.deepEqual(await running.ended, CLEAN);
  assert.deepEqual(log().kinds, ["@….s 744", "current 744", "lock 600", "state 644"]);
  assert.equal(log().archives.length, 2);
});
