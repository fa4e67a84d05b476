// `npm start`, spawned as its script with a bound.
// Not tested: installing and building (a fresh clone does that), colours.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { until } from "../support/until.ts";

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

/** The processes that work below a directory. */
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

async function nothingWorksIn(dir: string): Promise<void> {
  await until(`nothing to be left in ${dir}`, () => whoWorksIn(dir).length === 0);
}

test("npm start runs a tree of services, shows it, and ends by itself", options, async () => {
  const started = start(["--for", "5s", "--rate", "200"]);
  assert.equal(await started.ended, 0, started.errors());
  const output = started.output();
  const all = join(started.dir, "service/web/log/all");
  const errors = join(started.dir, "service/web/log/errors");
  for (const log of [all, errors, join(started.dir, "service/worker/log/main")])
    assert.ok(isClosedCleanly(log), log);
  assert.ok(archives(all).length >= 1 && archives(all).length <= 4, archives(all).join(" "));
  const lines = linesIn(all);
  assert.ok(lines.every((line) => LABEL.test(line)));
  const failures = linesIn(errors);
  assert.ok(failures.length > 0);
  assert.ok(failures.every((line) => /^@\S+ [45]\d\d /.test(line)));
  assert.match(
    readFileSync(join(started.dir, "service/web/log/status"), "latin1"),
    /^@\S+ [45]\d\d GET .*\n+$/,
  );
  assert.match(output, /^SERVICE +STATE +PID .*\nweb +up +\d+ .*\nload +up .*\nflaky +/m);
  assert.match(output, /^worker\/log +up +\d+ /m);
  assert.match(output, /^web +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} 200 GET \//m);
  assert.match(output, /^flaky +\S+ \S+ the database does not answer/m);
  assert.match(output, /^worker +\S+ \S+ ending behind job/m);
  assert.match(output, /\n {2}balanced\n$/);
  assert.ok(!output.includes("\u001b"), "nothing is redrawn but on a terminal");
  // Every line of the log is shown once.
  const shown = output.match(/^web +\S+ \S+ \d\d\d GET .*$/gm) ?? [];
  const counted = / {2}\.\/all: (\d+) read/.exec(output)?.[1];
  assert.ok(shown.length > 100 && new Set(shown).size === shown.length);
  const others = output.match(/^web +\S+ \S+ (?!\d\d\d GET).*$/gm) ?? [];
  assert.equal(shown.length + others.length, Number(counted));
  await nothingWorksIn(started.dir);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`npm start ends everything in order on ${signal}`, options, async () => {
    const started = start([]);
    await started.says(/ 200 GET /);
    started.child.kill(signal);
    assert.equal(await started.ended, 0, started.errors());
    assert.match(started.output(), /Ending \((Ctrl-C|SIG\w+)\)/);
    assert.match(linesIn(join(started.dir, "service/web/log/all")).join("\n"), / ending/);
    assert.ok(isClosedCleanly(join(started.dir, "service/web/log/all")));
    await nothingWorksIn(started.dir);
  });
}

test("npm start says where its page is, which shows the tree", options, async () => {
  const started = start([]);
  const [, address = ""] = await started.says(/in a browser: (http:\/\/127\.0\.0\.1:\d+\/)\n/);
  await started.says(/^page .* listening on /m);
  const response = await fetch(`${address}api/services`);
  const { services } = (await response.json()) as { services: { name: string }[] };
  const names = services.map(({ name }) => name).join(" ");
  assert.equal(names, "flaky lifeline load page web worker");
  started.child.kill("SIGTERM");
  assert.equal(await started.ended, 0, started.errors());
  await nothingWorksIn(started.dir);
});

test("npm start ends when nobody reads what it says", options, async () => {
  const started = start([]);
  await started.says(/ GET /);
  started.child.stdout?.destroy();
  const code = await new Promise((resolve) => started.child.on("exit", resolve));
  assert.equal(code, 0);
  assert.ok(isClosedCleanly(join(started.dir, "service/web/log/all")));
  await nothingWorksIn(started.dir);
});

test("what npm start has started ends when npm start is killed", options, async () => {
  const started = start([]);
  await started.says(/ GET /);
  started.child.kill("SIGKILL");
  await started.ended;
  await nothingWorksIn(started.dir);
  assert.ok(isClosedCleanly(join(started.dir, "service/web/log/all")));
});

test("on a terminal the table is redrawn in place, and Ctrl-C ends it", options, async () => {
  const dir = makePlace();
  // script(1) gives it a terminal; the Ctrl-C is a key there.
  const command = `exec '${process.execPath}' '${join(ROOT, "scripts/start.mjs")}' --dir '${dir}'`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    env: { ...process.env, TIMBERLINE_NO_BUILD: "1", TERM: "xterm" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  let output = "";
  child.stdout.on("data", (text) => (output += String(text)));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  await until("a table", () => /worker\/log +up/.test(output) && / GET /.test(output));
  child.stdin.write("\u0003");
  assert.equal(await ended, 0, output);
  assert.match(output.replaceAll("\u001b", "ESC"), /ESC\[\d+AESC\[J/);
  assert.match(output, /Ending \(Ctrl-C\)/);
  assert.match(output, /balanced/);
  await nothingWorksIn(dir);
});

test("a second npm start in the same place says who has it", options, async () => {
  const first = start([]);
  await first.says(/ GET /);
  const second = start([], first.dir);
  assert.equal(await second.ended, 111);
  assert.match(second.errors(), /service is in use by another npm start/);
  first.child.kill("SIGTERM");
  assert.equal(await first.ended, 0, first.errors());
});

test("npm start -- COMMAND captures its output and passes its exit code on", options, async () => {
  const started = start(["sh", "-c", "echo out; echo err >&2; printf unfinished; exit 7"]);
  assert.equal(await started.ended, 7, started.errors());
  const log = join(started.dir, "log/sh/main");
  const lines = linesIn(log);
  assert.deepEqual(
    lines.map((line) => line.replace(LABEL, "")),
    ["out", "err", "unfinished"],
  );
  assert.ok(isClosedCleanly(log));
  assert.match(started.output(), / out\n.* err\n.* unfinished\n$/);
  assert.match(started.errors(), /sh ended with exit code 7[^]*its log stays in /);
});

test("npm start -- COMMAND ends the command when its time is up", options, async () => {
  const started = start(["--for", "1s", "sleep", "60"]);
  assert.equal(await started.ended, 128 + 15);
  assert.match(started.errors(), /sleep was ended by SIGTERM/);
});

test("npm start -- COMMAND says that there is no such command", options, async () => {
  const started = start(["no-such-command-here"]);
  assert.equal(await started.ended, 111);
  assert.match(started.errors(), /unable to run no-such-command-here: there is no such program/);
});

test("npm start says that its directory cannot be made", options, async () => {
  const started = start([], "/dev/null/demo");
  assert.equal(await started.ended, 111);
  assert.match(started.errors(), /^npm start: unable to make \/dev\/null\/demo\/service: /);
});

test("npm start says what is wrong with its own options", options, async () => {
  for (const words of [["--for", "soon"], ["--rate", "0"], ["--nonsense"]]) {
    const started = start(words);
    assert.equal(await started.ended, 100);
    assert.match(started.errors(), /^npm start: /);
  }
});
