/** The actions that begin with a colon: :total :age :every :sync :stamp :stats. */
// Not tested: that the disk keeps what an fsync has covered.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Account, createMultilog } from "../../src/multilog/index.ts";
import { type Posix, posix } from "../../src/posix/index.ts";
import { ours } from "../support/commands.ts";
import { readLogdir } from "../support/logdir.ts";
import { Pipe } from "../support/pipe.ts";
import { Running, runOn } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const multilog = ours("multilog");
const timeout = 60_000;
const CLEAN = { code: 0, signal: null, stderr: "" };
const SECOND = 1_000_000_000n;
/** 2001-07-09 23:09:44.848605500 UTC. */
const JULY = 994_720_184_848_605_500n;

/** The system with a clock of ours. */
function at(now: () => bigint, others: Partial<Posix> = {}): Posix {
  return { ...posix, now, ...others };
}

/** Writes some text through the library, at a time of ours. */
async function write(script: readonly string[], text: string, system: Posix): Promise<void> {
  const log = await createMultilog(script, { posix: system });
  log.writable?.end(text);
  assert.ok(await log.closed);
}

function bytesIn(directory: string): number {
  let sum = 0;
  for (const name of fs.readdirSync(directory)) {
    // What is gone between the two looks holds no bytes.
    sum += fs.statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return sum;
}

test(":total is never exceeded, and only the oldest files go", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  const script = ["n1000", "s4096", ":total=20000", "./d"];
  const running = new Running(t, multilog, script, { cwd });
  const lines = Array.from({ length: 600 }, (_, n) => `${n} ${"x".repeat(n % 200)}\n`);
  let most = 0;
  for (const line of lines) {
    await running.input.say(line);
    most = Math.max(most, bytesIn(join(cwd, "d")));
  }
  assert.deepEqual(await running.finish(), { code: 0, signal: null });
  const { whole } = readLogdir(cwd, "d");
  assert.ok(lines.join("").endsWith(whole));
  assert.ok(most <= 20_000 && most > 12_000, `${most} bytes`);
});

test(":age removes files that are older, at the start and at a rotation", {
  timeout,
}, async (t) => {
  const directory = `${temporaryDirectory(t)}/d`;
  const script = [":age=1h", "s4096", "n1000", directory];
  const file = `${"x".repeat(99)}\n`.repeat(21);
  await write(
    script,
    `old\n${file}`,
    at(() => JULY),
  );
  await write(
    script,
    `middle\n${file}`,
    at(() => JULY + 1800n * SECOND),
  );
  const first = readLogdir(directory).archives.length;
  assert.ok(first >= 2);
  assert.ok(readLogdir(directory).whole.startsWith("old\n"));
  await write(
    script,
    "new\n",
    at(() => JULY + 4000n * SECOND),
  );
  assert.ok(!readLogdir(directory).whole.startsWith("old\n"));
  assert.ok(readLogdir(directory).whole.includes("middle\n"));
});

test(":every rotates a current that was left in an earlier turn, and no other", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const script = [":every=1d", "./d"];
  assert.deepEqual(await runOn(t, multilog, script, "yesterday\n", { cwd }), CLEAN);
  const before = Date.now() / 1000 - 86_400;
  fs.utimesSync(join(cwd, "d/current"), before, before);
  assert.deepEqual(await runOn(t, multilog, script, "today\n", { cwd }), CLEAN);
  assert.deepEqual(await runOn(t, multilog, script, "and more\n", { cwd }), CLEAN);
  assert.deepEqual(readLogdir(cwd, "d").contents.slice(0, 2), [
    '@….s 744 "yesterday\\n"',
    'current 744 "today\\nand more\\n"',
  ]);
});

test(":every rotates at its turns while multilog runs, when there is something to rotate", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const running = new Running(t, multilog, [":every=1s", "./d"], { cwd });
  await running.input.say("a\n");
  // By name alone: `current` is away for a moment while it is rotated.
  const archives = (): number =>
    fs.readdirSync(join(cwd, "d")).filter((name) => name.startsWith("@")).length;
  await until("a turn", () => archives() === 1);
  await running.input.say("b\n");
  await until("another", () => archives() === 2);
  assert.deepEqual(await running.finish(), { code: 0, signal: null });
  assert.deepEqual(
    readLogdir(cwd, "d").log.map(({ bytes }) => bytes.toString()),
    ["a\n", "b\n", ""],
  );
});

test(":sync=always has every line on the disk before it is taken from the pipe", {
  timeout,
}, async (t) => {
  const directory = `${temporaryDirectory(t)}/d`;
  const input = new Pipe(t);
  const seen: string[] = [];
  const system = at(() => posix.now(), {
    syncLater: async (fd) => {
      await posix.syncLater(fd);
      seen.push("sync");
    },
    splice: (from, to, length) => {
      if (from === input.readEnd) seen.push("take");
      return posix.splice(from, to, length);
    },
  });
  const log = await createMultilog([":sync=always", directory], {
    input: input.readEnd,
    posix: system,
  });
  for (const line of ["a\n", "b\n", "c\n"]) await input.say(line);
  const taken = [...seen];
  input.end();
  await log.closed;
  assert.equal(taken.filter((what) => what === "take").length, 3);
  for (const [number, what] of taken.entries())
    if (what === "take") assert.equal(taken[number - 1], "sync");
  assert.equal(log.stats().logdirs[0]?.syncedLines, 3);
});

test(":sync=1s has lines on the disk within its time, without an end or a rotation", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const running = new Running(t, multilog, [":sync=1s", ":stats=stats", "./d"], { cwd });
  await running.input.say("a\nb\n");
  await until("the account to say so", () => readAccount(cwd)?.logdirs[0]?.syncedLines === 2);
  assert.deepEqual(await running.finish(), { code: 0, signal: null });
});

test(":stamp=iso and :stamp=local put a time that people read in front of each line", {
  timeout,
}, async (t) => {
  const place = temporaryDirectory(t);
  await write(
    [":stamp=iso", `${place}/iso`],
    "a\nb\n",
    at(() => JULY),
  );
  assert.equal(
    readLogdir(place, "iso").whole,
    "2001-07-09T23:09:44.848605500Z a\n2001-07-09T23:09:44.848605501Z b\n",
  );
  const script = [":stamp=local", "./local"];
  const env = { PATH: "/usr/bin:/bin", TZ: "XYZ-5:30" };
  assert.deepEqual(await runOn(t, multilog, script, "a\n", { cwd: place, env }), CLEAN);
  const { whole } = readLogdir(place, "local");
  assert.match(whole, /^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9} a\n$/);
  const apart = Date.parse(`${whole.slice(0, 10)}T${whole.slice(11, 23)}+05:30`) - Date.now();
  assert.ok(Math.abs(apart) < 60_000, whole);
});

test("labels rise within a log although the clock is set back", { timeout }, async (t) => {
  const directory = `${temporaryDirectory(t)}/d`;
  for (const [turn, now] of [JULY, JULY - 3600n * SECOND, JULY - 7200n * SECOND].entries()) {
    await write(
      ["t", "s4096", directory],
      `${turn} ${"x".repeat(4000)}\n`,
      at(() => now),
    );
  }
  const labels = readLogdir(directory)
    .whole.split("\n")
    .filter(Boolean)
    .map((line) => line.slice(0, 25));
  assert.equal(labels.length, 3);
  assert.deepEqual(labels, [...new Set(labels)].sort());
});

function readAccount(cwd: string): Account | undefined {
  const path = join(cwd, "stats");
  if (!fs.existsSync(path)) return undefined;
  return JSON.parse(fs.readFileSync(path, "utf8")) as Account;
}

function assertBalanced({ logdirs }: Account): void {
  for (const { read, selected, deselected } of logdirs) {
    assert.equal(read.lines, selected.lines + deselected.lines);
    assert.equal(read.bytes, selected.bytes + deselected.bytes);
  }
}

test(":stats is an account that adds up, over starts, ends and kills, and is whole whenever it is read", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const script = ["t", ":stats=stats", "-* b*", "./d", "+*", "n1000", "s4096", "./all"];
  let looks = 0;
  const look = (): Account | undefined => {
    const account = readAccount(cwd);
    if (account !== undefined) assertBalanced(account);
    looks++;
    return account;
  };
  let lines = 0;
  let bytes = 0;
  for (let turn = 0; turn < 6; turn++) {
    const running = new Running(t, multilog, script, { cwd });
    for (let n = 0; n < 40; n++) {
      const line = `${n % 3 === 0 ? "b" : "a"}${"x".repeat(n)}\n`;
      await running.input.say(line);
      lines++;
      bytes += line.length;
      look();
    }
    await until("the account to have caught up", () => look()?.read.lines === lines);
    const ending = await (turn % 2 === 0 ? running.finish() : running.stop("SIGKILL"));
    assert.equal(ending.signal, turn % 2 === 0 ? null : "SIGKILL");
    const account = look();
    assert.deepEqual(account?.read, { lines, bytes });
    assert.equal(account?.starts, turn + 1);
    assert.equal(account?.logdirs[0]?.deselected.lines, (turn + 1) * 14);
    assert.equal(account?.logdirs[1]?.deselected.lines, 0);
  }
  assert.ok(looks > 240);
});

test(":stats is replaced, never rewritten: whoever reads it finds all of one account", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const running = new Running(t, multilog, [":stats=stats", "./d"], { cwd });
  await running.input.say("a\n");
  await until("the first account", () => readAccount(cwd)?.read.lines === 1);
  const old = fs.openSync(join(cwd, "stats"), "r");
  const inode = fs.fstatSync(old).ino;
  await running.input.say("b\n");
  await until("the second account", () => readAccount(cwd)?.read.lines === 2);
  const text = Buffer.alloc(16_384);
  const account = JSON.parse(text.toString("utf8", 0, fs.readSync(old, text))) as Account;
  fs.closeSync(old);
  assert.equal(account.read.lines, 1);
  assert.notEqual(fs.statSync(join(cwd, "stats")).ino, inode);
  assert.deepEqual(await running.finish(), { code: 0, signal: null });
});

test("a stats file that is no account is said, and a new account begun", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  fs.writeFileSync(join(cwd, "stats"), "{ torn");
  const ran = await runOn(t, multilog, [":stats=stats", "./d"], "a\n", { cwd });
  assert.equal(ran.code, 0);
  assert.match(ran.stderr, /^multilog: warning: [^\n]*stats[^\n]*\n$/);
  assert.equal(readAccount(cwd)?.read.lines, 1);
});

test("a stats file that cannot be written stops no line", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  const ran = await runOn(t, multilog, [":stats=no/stats", "./d"], "a\nb\n", { cwd });
  assert.equal(ran.code, 0);
  assert.match(ran.stderr, /^multilog: warning: unable to write no\/stats[^\n]*\n$/);
  assert.equal(readLogdir(cwd, "d").whole, "a\nb\n");
});
