/** TERM, ALRM, HUP and the end of the input, in both programs. */
// Not tested: a signal that comes between two reads of the C program, which overlooks it until more input comes.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../../support/commands.ts";
import { readLogdir } from "../../support/logdir.ts";
import { Running } from "../../support/running.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

const original = peer("multilog");
const PROGRAMS = [
  { who: "the C program", path: original.path, skip: original.skip },
  { who: "ours", path: ours("multilog"), skip: false },
] as const;
const CLEAN = { code: 0, signal: null };

/** Starts a multilog that writes to ./d, and waits until it has written its first line. */
async function begun(
  t: Parameters<typeof temporaryDirectory>[0],
  program: string,
  script: readonly string[] = [],
): Promise<{ running: Running; cwd: string }> {
  const cwd = temporaryDirectory(t);
  const running = new Running(t, program, [...script, "./d"], { cwd });
  await running.input.say("first\n");
  await until("the first line", () => readLogdir(cwd, "d").whole === "first\n");
  return { running, cwd };
}

for (const { who, path, skip } of PROGRAMS) {
  const options = { skip, timeout: 60_000 };

  test(`${who} ends at once on TERM, and marks current as finished`, options, async (t) => {
    const { running, cwd } = await begun(t, path);
    assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
    assert.deepEqual(readLogdir(cwd, "d").contents, [
      'current 744 "first\\n"',
      'lock 600 ""',
      'state 644 ""',
    ]);
    assert.equal(running.stderr, "");
  });

  test(`${who} ends on TERM before it has read anything`, options, async (t) => {
    const cwd = temporaryDirectory(t);
    const running = new Running(t, path, ["./d"], { cwd });
    await until("current", () => fs.existsSync(join(cwd, "d/current")));
    // The directory is ready before the first read: not before that may it be told.
    await until("the end", () => {
      if (running.isUp) running.signal("SIGTERM");
      return !running.isUp;
    });
    assert.deepEqual(await running.ended, CLEAN);
    assert.equal(readLogdir(cwd, "d").file("current")?.mode, 0o744);
  });

  test(
    `${who} reads on to the next newline, and not a byte further, when TERM arrives in a line`,
    options,
    async (t) => {
      const { running, cwd } = await begun(t, path);
      await running.input.write("begun ");
      await running.hear("SIGTERM");
      assert.ok(running.isUp);
      await running.input.write("and done\nleft\nleft too");
      assert.deepEqual(await running.ended, CLEAN);
      assert.equal(readLogdir(cwd, "d").whole, "first\nbegun and done\n");
      assert.equal(readLogdir(cwd, "d").file("current")?.mode, 0o744);
      assert.equal(running.input.takeRest(), "left\nleft too");
    },
  );

  test(`${who} ends in a line when the input does, and adds the newline`, options, async (t) => {
    const { running, cwd } = await begun(t, path);
    await running.input.write("begun");
    await running.hear("SIGTERM");
    assert.deepEqual(await running.finish(), CLEAN);
    assert.equal(readLogdir(cwd, "d").whole, "first\nbegun\n");
  });

  test(`${who} rotates on ALRM when there is something to rotate`, options, async (t) => {
    const { running, cwd } = await begun(t, path);
    await running.hear("SIGALRM");
    await until("the archive", () => readLogdir(cwd, "d").archives.length === 1);
    await running.hear("SIGALRM");
    await running.input.say("second\n");
    await until("the second line", () => readLogdir(cwd, "d").text("current") === "second\n");
    assert.deepEqual(await running.finish(), CLEAN);
    assert.deepEqual(readLogdir(cwd, "d").contents, [
      '@….s 744 "first\\n"',
      'current 744 "second\\n"',
      'lock 600 ""',
      'state 644 ""',
    ]);
  });

  test(`${who} leaves a line that has begun whole when ALRM rotates`, options, async (t) => {
    const { running, cwd } = await begun(t, path);
    await running.input.write("begun ");
    await running.hear("SIGALRM");
    await until("the archive", () => readLogdir(cwd, "d").archives.length === 1);
    await running.input.write("and done\n");
    assert.deepEqual(await running.finish(), CLEAN);
    assert.deepEqual(
      readLogdir(cwd, "d").log.map(({ bytes }) => bytes.toString()),
      ["first\n", "begun and done\n"],
    );
  });

  test(`${who} is ended by HUP, and the log is unclean then`, options, async (t) => {
    const { running, cwd } = await begun(t, path);
    assert.deepEqual(await running.stop("SIGHUP"), { code: null, signal: "SIGHUP" });
    assert.equal(readLogdir(cwd, "d").file("current")?.mode, 0o644);
  });

  test(`${who} overhears HUP under nohup`, options, async (t) => {
    const cwd = temporaryDirectory(t);
    const running = new Running(t, "/usr/bin/nohup", [path, "./d"], { cwd });
    await running.input.say("first\n");
    running.signal("SIGHUP");
    await running.input.say("second\n");
    assert.deepEqual(await running.finish(), CLEAN);
    assert.equal(readLogdir(cwd, "d").whole, "first\nsecond\n");
  });

  test(
    `${who} marks current as finished at the end of an input without a line`,
    options,
    async (t) => {
      const cwd = temporaryDirectory(t);
      const running = new Running(t, path, ["./d"], { cwd });
      assert.deepEqual(await running.finish(), CLEAN);
      assert.deepEqual(readLogdir(cwd, "d").contents, [
        'current 744 ""',
        'lock 600 ""',
        'state 644 ""',
      ]);
    },
  );
}

test("multilog leaves an unfinished line whole in the pipe when TERM comes twice", {
  timeout: 60_000,
}, async (t) => {
  const { running, cwd } = await begun(t, ours("multilog"));
  await running.input.write("begun");
  await running.hear("SIGTERM");
  assert.ok(running.isUp);
  assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
  assert.equal(readLogdir(cwd, "d").whole, "first\n");
  assert.equal(readLogdir(cwd, "d").file("current")?.mode, 0o744);
  assert.equal(running.input.takeRest(), "begun");
});

test("multilog that cannot write ends on TERM, and the lines stay in the pipe", {
  timeout: 60_000,
}, async (t) => {
  const { running, cwd } = await begun(t, ours("multilog"), ["s4096"]);
  // Nothing can be renamed onto a directory.
  fs.mkdirSync(join(cwd, "d/previous"));
  const lines = Array.from({ length: 50 }, (_, n) => `${n} ${"x".repeat(96)}\n`).join("");
  await running.input.write(lines);
  await running.says(
    "multilog: warning: unable to rename current to previous in directory ./d, pausing: ",
  );
  await running.hear("SIGALRM");
  assert.ok(running.isUp);
  assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
  assert.equal(running.input.queued, lines.length);
  const current = join(cwd, "d/current");
  assert.equal(fs.readFileSync(current, "latin1"), "first\n");
  assert.equal(fs.statSync(current).mode & 0o777, 0o744);
  fs.rmdirSync(join(cwd, "d/previous"));
  const next = new Running(t, ours("multilog"), ["n99", "./d"], { cwd, input: running.input });
  assert.deepEqual(await next.finish(), CLEAN);
  assert.equal(readLogdir(cwd, "d").whole, `first\n${lines}`);
});

test("multilog that cannot write goes on when it can again", {
  skip: original.skip,
  timeout: 60_000,
}, async (t) => {
  const results = await Promise.all(
    PROGRAMS.map(async ({ path }) => {
      const { running, cwd } = await begun(t, path, ["s4096"]);
      fs.mkdirSync(join(cwd, "d/previous"));
      for (let n = 0; n < 30; n++) await running.input.write(`${n} ${"x".repeat(96)}\n`);
      await running.says("pausing");
      fs.rmdirSync(join(cwd, "d/previous"));
      assert.deepEqual(await running.finish(), CLEAN);
      return { whole: readLogdir(cwd, "d").whole, stderr: running.stderr };
    }),
  );
  assert.deepEqual(results[1], results[0]);
});
