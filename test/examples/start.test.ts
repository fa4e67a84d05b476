// `npm start`, spawned as its script with a bound.
// Not tested: installing and building (a fresh clone does that), colour on a terminal.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const LABEL = /^@[0-9a-f]{24} /;
const options = { timeout: 60_000 };
const places: string[] = [];

after(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true });
});

interface Started {
  readonly dir: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  /** Resolves when it has ended and nobody holds its output any more. */
  readonly ended: Promise<number | null>;
  /** Resolves when the output matches. */
  readonly says: (what: RegExp) => Promise<RegExpExecArray>;
}

function start(words: readonly string[], dir: string = makePlace()): Started {
  const child = spawn(
    process.execPath,
    [join(ROOT, "scripts/start.mjs"), "--dir", dir, ...words],
    // Built already, and other tests run what is built.
    { env: { ...process.env, TIMBERLINE_NO_BUILD: "1" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  let errors = "";
  child.stdout.on("data", (text) => (output += String(text)));
  child.stderr.on("data", (text) => (errors += String(text)));
  const says = async (what: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = what.exec(output);
      if (found !== null) return found;
      assert.equal(child.exitCode, null, `ended without saying ${what}: ${output}${errors}`);
      await sleep(10);
    }
  };
  // `close` comes when the last holder of the two pipes is gone: nothing is left running then.
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { dir, child, output: () => output, errors: () => errors, ended, says };
}

function makePlace(): string {
  const place = mkdtempSync(join(tmpdir(), "timberline-start-"));
  places.push(place);
  return place;
}

function archives(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.startsWith("@"));
}

function linesIn(dir: string): string[] {
  const names = [...archives(dir).sort(), "current"];
  const text = names.map((name) => readFileSync(join(dir, name), "utf8")).join("");
  return text.split("\n").slice(0, -1);
}

function isClosedCleanly(dir: string): boolean {
  return (statSync(join(dir, "current")).mode & 0o777) === 0o744;
}

/** The processes that work below a directory: loggers of ours. */
function whoWorksIn(dir: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((pid) => {
    if (!/^[0-9]+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(dir);
    } catch {
      return false;
    }
  });
}

test("npm start captures a server under load, rotates, and ends by itself", options, async () => {
  const started = start(["--for", "4s", "--rate", "150"]);
  assert.equal(await started.ended, 0, started.errors());
  const all = join(started.dir, "web/all");
  const errors = join(started.dir, "web/errors");
  assert.ok(isClosedCleanly(all) && isClosedCleanly(errors));
  assert.ok(archives(all).length >= 1 && archives(all).length <= 4, archives(all).join(" "));
  const lines = linesIn(all);
  assert.ok(lines.length > 100);
  assert.ok(lines.every((line) => LABEL.test(line)));
  const failures = linesIn(errors);
  assert.ok(failures.length > 0);
  assert.ok(failures.every((line) => /^@\S+ [45]\d\d /.test(line)));
  assert.match(
    readFileSync(join(started.dir, "web/status"), "latin1"),
    /^@\S+ [45]\d\d GET .*\n+$/,
  );
  assert.match(started.output(), /all\/current was full/);
  assert.match(started.output(), /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} 200 GET \//);
  assert.match(started.output(), /\n {2}balanced\n/);
  assert.ok(!started.output().includes("\u001b"), "no colour but on a terminal");
  const [, answered = ""] = /requests, (\d+) answers/.exec(started.output()) ?? [];
  const shown = started.output().match(/ GET \S+ [\d.]+ms \d+b #\d+\n/g) ?? [];
  assert.equal(
    shown.length - (started.output().match(/ {2}status: /g) ?? []).length,
    Number(answered),
  );
  assert.deepEqual(whoWorksIn(started.dir), []);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`npm start ends everything in order on ${signal}`, options, async () => {
    const started = start([]);
    await started.says(/ 200 GET /);
    started.child.kill(signal);
    assert.equal(await started.ended, 0, started.errors());
    assert.match(started.output(), new RegExp(`Ending \\(${signal}\\)`));
    assert.match(linesIn(join(started.dir, "web/all")).join("\n"), / ending/);
    assert.ok(isClosedCleanly(join(started.dir, "web/all")));
  });
}

test("npm start ends when nobody reads what it says", options, async () => {
  const started = start([]);
  await started.says(/ GET /);
  started.child.stdout?.destroy();
  const code = await new Promise((resolve) => started.child.on("exit", resolve));
  assert.equal(code, 0);
  assert.ok(isClosedCleanly(join(started.dir, "web/all")));
});

test("what npm start has started ends when npm start is killed", options, async () => {
  const started = start([]);
  await started.says(/ GET /);
  started.child.kill("SIGKILL");
  await started.ended;
  assert.ok(isClosedCleanly(join(started.dir, "web/all")));
});

test("a logger that is killed is followed by one that finds every line", options, async () => {
  const started = start(["--rate", "40"]);
  const [, pid] = await started.says(/multilog, process (\d+)/);
  await started.says(/#20\n/);
  process.kill(Number(pid), "SIGKILL");
  const [, last] = await started.says(/the logger died \(SIGKILL\)[^]* #(\d+)\n/);
  await started.says(new RegExp(` #${Number(last) + 20}\n`));
  started.child.kill("SIGTERM");
  assert.equal(await started.ended, 0, started.errors());
  const [, answered = ""] = /requests, (\d+) answers/.exec(started.output()) ?? [];
  const ids = linesIn(join(started.dir, "web/all")).flatMap(
    (line) => / #(\d+)$/.exec(line)?.[1] ?? [],
  );
  assert.ok(new Set(ids).size >= Number(answered), `${new Set(ids).size} of ${answered}`);
});

test("a second npm start in the same place says who has it", options, async () => {
  const first = start([]);
  await first.says(/ GET /);
  const second = start([], first.dir);
  assert.equal(await second.ended, 111);
  assert.match(second.errors(), /unable to lock directory .\/all: temporary failure/);
  assert.match(second.errors(), /in use by another npm start/);
  const elsewhere = start(["--for", "1s"]);
  assert.equal(await elsewhere.ended, 0, elsewhere.errors());
  first.child.kill("SIGTERM");
  assert.equal(await first.ended, 0, first.errors());
});

test("npm start -- COMMAND captures its output and passes its exit code on", options, async () => {
  const started = start(["sh", "-c", "echo out; echo err >&2; printf unfinished; exit 7"]);
  assert.equal(await started.ended, 7, started.errors());
  const lines = linesIn(join(started.dir, "command/main"));
  assert.deepEqual(
    lines.map((line) => line.replace(LABEL, "")),
    ["out", "err", "unfinished"],
  );
  assert.ok(isClosedCleanly(join(started.dir, "command/main")));
  assert.match(started.output(), / unfinished\n/);
  assert.match(started.output(), /3 read = 3 selected \+ 0 deselected: balanced/);
});

test("npm start -- COMMAND gives 128 and the signal that ended the command", options, async () => {
  const started = start(["--for", "1s", "sleep", "60"]);
  assert.equal(await started.ended, 128 + 15);
});

test("npm start -- COMMAND says that there is no such command", options, async () => {
  const started = start(["no-such-command-here"]);
  assert.equal(await started.ended, 111);
  assert.match(started.errors(), /unable to run no-such-command-here: there is no such command/);
});

test("npm start says that its directory cannot be made", options, async () => {
  const started = start([], "/dev/null/demo-log");
  assert.equal(await started.ended, 111);
  assert.match(started.errors(), /^npm start: unable to make \/dev\/null\/demo-log\/web: /);
});

test("npm start says what is wrong with its own options", options, async () => {
  for (const words of [["--for", "soon"], ["--rate", "0"], ["--nonsense"]]) {
    const started = start(words);
    assert.equal(await started.ended, 100);
    assert.match(started.errors(), /^npm start: /);
  }
});
