/** multilog while somebody meddles with its logs, its processor and its limits. */
// Not tested: a second reader on the pipe (the README says that there must be none).
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../support/commands.ts";
import { readLogdir } from "../support/logdir.ts";
import { Running, runOn } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const multilog = ours("multilog");
const timeout = 60_000;
const CLEAN = { code: 0, signal: null };

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join("");

/** It is looked for a log's name with a batch, but ten times a second at the most. */
async function twosUntilNoticed(running: Running): Promise<void> {
  await until("the move to be noticed", async () => {
    await running.input.say("two\n");
    return running.stderr.includes("made it again");
  });
}

test("a current that was moved away is left alone, and lines since go into a new one", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const running = new Running(t, multilog, ["./d"], { cwd });
  await running.input.say("one\n");
  await until("the line", () => readLogdir(cwd, "d").text("current") === "one\n");
  fs.renameSync(join(cwd, "d/current"), join(cwd, "moved"));
  await twosUntilNoticed(running);
  await running.input.say("three\n");
  assert.deepEqual(await running.finish(), CLEAN);
  assert.match(fs.readFileSync(join(cwd, "moved"), "latin1"), /^one\n/);
  assert.match(readLogdir(cwd, "d").whole, /^(one\n)?(two\n)+three\n$/);
});

test("another file in current's place is kept under a name of its own", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  const running = new Running(t, multilog, ["./d"], { cwd });
  await running.input.say("one\n");
  await until("the line", () => readLogdir(cwd, "d").text("current") === "one\n");
  fs.renameSync(join(cwd, "d/current"), join(cwd, "moved"));
  fs.writeFileSync(join(cwd, "d/current"), "foreign\n");
  await twosUntilNoticed(running);
  assert.deepEqual(await running.finish(), CLEAN);
  const { whole, archives } = readLogdir(cwd, "d");
  assert.equal(archives.length, 1);
  assert.match(whole, /^foreign\n(one\n)?(two\n)+$/);
});

test("a processor that removes its own output leaves an empty file, and lines go on", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const script = ["s4096", "n1000", "!cat >/dev/null; rm processed", "./d", "./all"];
  const ran = await runOn(t, multilog, script, numbered(0, 2000), { cwd });
  assert.equal(ran.stderr, "");
  assert.equal(ran.code, 0);
  const { archives } = readLogdir(cwd, "d");
  assert.ok(archives.length > 3);
  for (const { bytes } of archives) assert.equal(bytes.length, 0);
});

test("two ALRMs while a processor is at work do not hold up a line", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  // The processor reads on from a FIFO until the test lets it go.
  const gate = join(cwd, "gate");
  const running = new Running(t, multilog, [`!mkfifo ${gate}; cat; read go <${gate}`, "./d"], {
    cwd,
  });
  await running.input.say("one\n");
  await running.hear("SIGALRM");
  await until("the processor", () => fs.existsSync(gate));
  await running.input.say("two\n");
  await running.hear("SIGALRM");
  await running.input.say("three\n");
  await until("the lines", () => readLogdir(cwd, "d").text("current") === "two\nthree\n");
  // The first TERM waits for the processor, the second ends it.
  await running.hear("SIGTERM");
  running.signal("SIGTERM");
  await running.ended;
  assert.equal(readLogdir(cwd, "d").whole, "one\ntwo\nthree\n");
});

test("a limit on file sizes ends a file, and no line is lost", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  // In blocks of 512 bytes: 8192, below the log's own size.
  const ran = await runOn(
    t,
    "/bin/sh",
    ["-c", 'ulimit -f 16; exec "$0" "$@"', multilog, "n1000", "./d"],
    numbered(0, 3000),
    { cwd },
  );
  assert.equal(ran.code, 0);
  const found = readLogdir(cwd, "d");
  assert.equal(found.whole, numbered(0, 3000));
  assert.ok(found.archives.length >= 2);
});

const strace = peer("strace");

test("standard output on a failing disk does not keep a command from ending", {
  timeout,
  skip: strace.skip,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const stdout = fs.openSync(join(cwd, "out"), "w");
  t.after(() => fs.closeSync(stdout));
  const faults = ["-f", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=ENOSPC"];
  const command = [...faults, ours("tai64n")];
  const ran = await runOn(t, strace.path, command, "one\n", { cwd, stdout });
  assert.equal(ran.code, 0);
  assert.match(fs.readFileSync(join(cwd, "out"), "latin1"), /^@[0-9a-f]{24} one\n$/);
});
