/** Following logs while they rotate, are processed, pruned and made again. */
// Not tested: network file systems, and systems without inotify.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../support/commands.ts";
import { readLogdir } from "../support/logdir.ts";
import { Running } from "../support/running.ts";
import { assertSame } from "../support/same.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

/** TIMBERLINE_SECONDS: how long the logs are written at full speed. */
const SECONDS = Number(process.env["TIMBERLINE_SECONDS"] ?? 1);
const PATIENCE_MS = 1000 * (30 + SECONDS);
const C_MULTILOG = peer("multilog");
const S6_LOG = peer("s6-log");
const SVLOGD = peer("svlogd");

class Follower {
  readonly output: string;
  private readonly errors: string;
  private readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(scope: Scope, cwd: string, args: readonly string[]) {
    this.output = join(cwd, ".followed");
    this.errors = join(cwd, ".errors");
    const stdio = [this.output, this.errors].map((path) => fs.openSync(path, "a"));
    this.child = spawn(ours("svlog"), args, {
      cwd,
      stdio: ["ignore", ...stdio],
      env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
    });
    for (const fd of stdio) fs.closeSync(fd);
    this.ended = new Promise((resolve) => this.child.once("exit", resolve));
    scope.after(() => this.child.kill("SIGKILL"));
  }

  get text(): string {
    return fs.readFileSync(this.output, "latin1");
  }

  get said(): string {
    return fs.readFileSync(this.errors, "latin1");
  }

  async shows(what: string): Promise<void> {
    const isThere = (): boolean => this.text.includes(what);
    await until(`${what} from svlog, which said ${this.said}`, isThere, PATIENCE_MS);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.ended;
  }
}

/** Writes numbered lines at full speed; how many. */
async function pour(logger: Running, seconds: number, text: string = "is a line"): Promise<number> {
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < seconds * 1000) {
    let batch = "";
    for (let i = 0; i < 2000; i++) batch += `${++count} ${text}\n`;
    await logger.input.write(batch);
  }
  return count;
}

function numbered(count: number, text: string = "is a line"): string {
  return Array.from({ length: count }, (_, index) => `${index + 1} ${text}\n`).join("");
}

const unlabelled = (text: string): string => text.replace(/^@[0-9a-f]{24} /gm, "");

interface Case {
  readonly name: string;
  readonly program: string;
  readonly script: readonly string[];
  readonly skip: string | false;
}

const keep = ["n1000000", "./main"];
const MULTILOG = { name: "our multilog", program: ours("multilog"), skip: false as const };
const C_PROGRAM = { name: "the C multilog", program: C_MULTILOG.path, skip: C_MULTILOG.skip };
const cases: readonly Case[] = [MULTILOG, C_PROGRAM].flatMap((which) => [
  { ...which, script: ["t", "s4096", ...keep] },
  { ...which, name: `${which.name} without labels`, script: ["s4096", ...keep] },
]);
const others: readonly Case[] = [
  {
    name: "s6-log",
    program: S6_LOG.path,
    skip: S6_LOG.skip,
    script: ["-b", "t", "n1000000", "s4096", "./main"],
  },
];

for (const { name, program, script, skip } of [...cases, ...others]) {
  test(`svlog -f shows every line once, in order, of ${name} that rotates every 4 KB at full speed`, {
    skip,
    timeout: (3 * SECONDS + 60) * 1000,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const logger = new Running(t, program, script, { cwd });
    await logger.input.write("begin\n");
    await until("the log", () => fs.existsSync(join(cwd, "main/current")));
    const follower = new Follower(t, cwd, ["-f", "--raw", "main"]);
    await follower.shows("begin\n");
    const count = await pour(logger, SECONDS);
    await logger.input.write("the end\n");
    await follower.shows("the end\n");
    await follower.stop();
    assertSame(unlabelled(follower.text), `begin\n${numbered(count)}the end\n`, name);
    assert.equal(follower.said, "");
    assert.equal((await logger.finish()).code, 0);
    const rotations = fs.readdirSync(join(cwd, "main")).filter((file) => file.startsWith("@"));
    assert.ok(rotations.length > 50, `${rotations.length} rotations`);
  });
}

for (const which of [MULTILOG, C_PROGRAM]) {
  for (const [processor, labels] of [
    ["!gzip -c", ["t"]],
    ["!cat", ["t"]],
    ["!cat", []],
  ] as const) {
    test(`svlog -f shows every line once while ${which.name} runs ${processor} on old files ${labels.length > 0 ? "with" : "without"} labels`, {
      skip: which.skip,
      timeout: 60_000,
    }, async (t) => {
      const cwd = temporaryDirectory(t);
      const script = [...labels, "s4096", "n1000000", processor, "./main"];
      const logger = new Running(t, which.program, script, { cwd });
      await logger.input.write("begin\n");
      await until("the log", () => fs.existsSync(join(cwd, "main/current")));
      const follower = new Follower(t, cwd, ["-f", "--raw", "main"]);
      await follower.shows("begin\n");
      const count = 4000;
      await logger.input.write(numbered(count));
      await logger.input.write("the end\n");
      await follower.shows("the end\n");
      await follower.stop();
      assertSame(unlabelled(follower.text), `begin\n${numbered(count)}the end\n`, processor);
      assert.equal(follower.said, "");
      assert.equal((await logger.finish()).code, 0);
    });
  }
}

test("svlog -f behind a writer that prunes reports each gap with its labels, and shows the rest once", {
  timeout: 60_000,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const logger = new Running(t, ours("multilog"), ["t", "s4096", "n3", "./main"], { cwd });
  await logger.input.write("begin\n");
  await until("the log", () => fs.existsSync(join(cwd, "main/current")));
  const follower = new Follower(t, cwd, ["-f", "--raw", "main"]);
  await follower.shows("begin\n");
  follower.signal("SIGSTOP");
  const count = await pour(logger, 0.3);
  await logger.input.write("the end\n");
  await until("the end in the log", () => readLogdir(cwd, "main").whole.includes("the end"));
  follower.signal("SIGCONT");
  await follower.shows("the end\n");
  await follower.stop();
  const shown = [...unlabelled(follower.text).matchAll(/^(\d+) is a line$/gm)].map(([, n]) =>
    Number(n),
  );
  assert.ok(shown.length < count, "nothing was pruned");
  const jumps = shown.filter((n, index) => index > 0 && n !== (shown[index - 1] ?? 0) + 1);
  const gaps = [
    ...follower.said.matchAll(
      /gap in main: .*lines (?:are|may be) missing behind (@\w{24}) and before (@\w{24})$/gm,
    ),
  ];
  assert.ok(gaps.length >= jumps.length && gaps.length > 0, follower.said);
  assert.deepEqual(
    shown,
    [...new Set(shown)].sort((a, b) => a - b),
  );
  for (const [, , before = ""] of gaps) assert.ok(follower.text.includes(before), before);
});

test("svlog -f goes on in a directory that is removed and made again, and one that appears later", {
  timeout: 60_000,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const follower = new Follower(t, cwd, ["-f", "--raw", "main"]);
  await until("word of waiting", () => follower.said.includes("waiting"));
  for (const round of ["one", "two", "three"]) {
    const logger = new Running(t, ours("multilog"), ["t", "s4096", "n100", "./main"], { cwd });
    await logger.input.write(`${round} begins\n${numbered(500, round)}${round} ends\n`);
    await follower.shows(`${round} ends\n`);
    await logger.finish();
    fs.rmSync(join(cwd, "main"), { recursive: true });
  }
  await follower.stop();
  const expected = ["one", "two", "three"]
    .map((round) => `${round} begins\n${numbered(500, round)}${round} ends\n`)
    .join("");
  assertSame(unlabelled(follower.text), expected, "three directories");
});

test("svlog -f goes on when the logger is started again, also after SIGKILL", {
  timeout: 60_000,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const script = ["t", "s4096", "n1000", "./main"];
  let logger = new Running(t, ours("multilog"), script, { cwd });
  await logger.input.write("begin\n");
  await until("the log", () => fs.existsSync(join(cwd, "main/current")));
  const follower = new Follower(t, cwd, ["-f", "--raw", "main"]);
  await follower.shows("begin\n");
  let expected = "begin\n";
  for (const signal of ["SIGTERM", "SIGKILL", "SIGTERM"] as const) {
    await logger.input.say(`${numbered(300, signal)}before ${signal}\n`);
    await follower.shows(`before ${signal}\n`);
    expected += `${numbered(300, signal)}before ${signal}\n`;
    const { input } = logger;
    await logger.stop(signal);
    logger = new Running(t, ours("multilog"), script, { cwd, input });
  }
  await logger.input.say("the end\n");
  await follower.shows("the end\n");
  await follower.stop();
  const shown = unlabelled(follower.text);
  // What was in its pipe when it was killed may be logged twice; that is the log's, not ours.
  assertSame(
    [...new Set(shown.split("\n"))].join("\n"),
    [...new Set(`${expected}the end\n`.split("\n"))].join("\n"),
    "lines",
  );
});

test("svlog -f takes in logs that match later, files that are replaced, and tells of one that shrinks", {
  timeout: 60_000,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const file = join(cwd, "logs.txt");
  fs.writeFileSync(file, "one\n");
  const follower = new Follower(t, cwd, ["-f", "--grep", "o", "logs*"]);
  await follower.shows("logs.txt: one\n");
  fs.mkdirSync(join(cwd, "logs-later"));
  fs.writeFileSync(join(cwd, "logs-later/current"), "no\nnever\nmore\n");
  await follower.shows("logs-later: no\nlogs-later: more\n");
  fs.renameSync(file, `${file}.1`);
  fs.appendFileSync(`${file}.1`, "to the old one\n");
  fs.writeFileSync(file, "to the new one\n");
  await follower.shows("logs.txt: to the old one\nlogs.txt: to the new one\n");
  fs.truncateSync(file, 3);
  await until("word of it", () => /logs.txt has shrunk from 15 to 3 bytes/.test(follower.said));
  fs.appendFileSync(file, "\nonwards\n");
  await follower.shows("logs.txt: onwards\n");
  fs.truncateSync(join(cwd, "logs-later/current"), 3);
  await until("word of it", () => /current has shrunk from 14 to 3/.test(follower.said));
  await follower.stop();
});

test("svlog -f finds out that labels are s6's also when none was there at first", {
  skip: S6_LOG.skip,
  timeout: 60_000,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const logger = new Running(t, S6_LOG.path, ["-b", "t", "./main"], { cwd });
  await until("the log", () => fs.existsSync(join(cwd, "main/current")));
  const follower = new Follower(t, cwd, ["-f", "--json", "main"]);
  const earliest = Date.now();
  await logger.input.write("a line\n");
  await follower.shows("a line");
  const { time } = JSON.parse(follower.text) as { time: string };
  const at = Date.parse(time);
  assert.ok(at > earliest - 1000 && at <= Date.now() + 1000, time);
});

test("svlog -f --until ends when the time is past, and with 0", { timeout: 60_000 }, async (t) => {
  const cwd = temporaryDirectory(t);
  fs.mkdirSync(join(cwd, "main"));
  const current = join(cwd, "main/current");
  fs.writeFileSync(current, "@400000006b00000000000000 one\n");
  const follower = new Follower(t, cwd, ["-f", "--until", "@400000006b00000100000000", "main"]);
  await follower.shows("one\n");
  fs.appendFileSync(current, "@400000006b00000100000000 two\n@400000006b00000200000000 three\n");
  assert.equal(await follower.ended, 0);
  assert.match(follower.text, / one\n.* two\n$/);
});

test("svlog -f ends with 0 when nobody reads it any more, also while nothing comes", {
  timeout: 60_000,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  fs.mkdirSync(join(cwd, "main"));
  fs.writeFileSync(join(cwd, "main/current"), "a line\n");
  const child = spawn(ours("svlog"), ["-f", "main"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.stdout.destroy();
  assert.equal(await ended, 0);
});

test("svlogd's directories are followed", { skip: SVLOGD.skip, timeout: 60_000 }, async (t) => {
  const cwd = temporaryDirectory(t);
  fs.mkdirSync(join(cwd, "main"));
  fs.writeFileSync(join(cwd, "main/config"), "s4096\nn0\n");
  const logger = new Running(t, SVLOGD.path, ["-t", "./main"], { cwd });
  await logger.input.write("begin\n");
  await until("the log", () => fs.existsSync(join(cwd, "main/current")));
  const follower = new Follower(t, cwd, ["-f", "--raw", "main"]);
  await follower.shows("begin\n");
  const count = await pour(logger, SECONDS / 4);
  await logger.input.write("the end\n");
  await follower.shows("the end\n");
  await follower.stop();
  assertSame(unlabelled(follower.text), `begin\n${numbered(count)}the end\n`, "svlogd");
  assert.equal(follower.said, "");
});
