/**
 * The built command, killed and ended again and again in the middle of its work, on one pipe that a
 * writer goes on filling.
 *
 * Not tested: signals other than KILL and TERM; they end it as KILL does, or as TERM.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createMultilog } from "../../../src/multilog/index.ts";
import { ours, peer } from "../../support/commands.ts";
import { Pipe } from "../../support/pipe.ts";
import { Running } from "../../support/running.ts";
import { judge, judgeClosed, lines, sleep, temporary, theirsTakesOver, until } from "./ground.ts";

const WIDTH = 120;
const PER_CHUNK = 150;
const MOST_QUEUED = 300_000;
const BATCH_BYTES = 512 * 1024;
const O_NONBLOCK = fs.constants.O_NONBLOCK;
const theirs = peer("multilog");

/** A small generator, so that a failing run can be had again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/** Fills a pipe with numbered lines until it is stopped. */
class Pump {
  count = 0;
  private stopping = false;
  private readonly done: Promise<void>;
  private readonly pipe: Pipe;

  constructor(pipe: Pipe) {
    this.pipe = pipe;
    this.done = this.run();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      if (this.pipe.queued < MOST_QUEUED) {
        const from = this.count;
        // There is room: it stands in the pipe when the call comes back.
        const written = this.pipe.write(lines(from, from + PER_CHUNK, WIDTH));
        this.count += PER_CHUNK;
        await written;
      }
      await sleep(1);
    }
  }

  /** Bytes that somebody has taken from the pipe. */
  get taken(): number {
    return this.count * WIDTH - this.pipe.queued;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.done;
  }
}

interface Setting {
  readonly dir: string;
  readonly pipe: Pipe;
  readonly pump: Pump;
  readonly home: string;
}

function setUp(t: TestContext): Setting {
  const home = temporary(t);
  const pipe = new Pipe(t, { large: true });
  return { dir: join(home, "log"), pipe, pump: new Pump(pipe), home };
}

/** Waits until the program has taken something. */
async function atWork({ pump }: Setting, running: Running): Promise<void> {
  const before = pump.taken;
  await until(() => pump.taken > before || !running.isUp, "something is taken");
  assert.ok(running.isUp, running.stderr);
}

function noneBlocking({ pipe }: Setting): boolean {
  const text = fs.readFileSync(`/proc/self/fdinfo/${pipe.readEnd}`, "utf8");
  const flags = Number.parseInt(/^flags:\s+(\d+)$/m.exec(text)?.[1] ?? "", 8);
  return (flags & O_NONBLOCK) !== 0;
}

/** The last run takes what is left, to the end of the input. */
async function finish(t: TestContext, setting: Setting, program: string, args: string[]) {
  await setting.pump.stop();
  setting.pipe.end();
  const running = new Running(t, program, args, { cwd: setting.home, input: setting.pipe });
  assert.deepEqual(await running.ended, { code: 0, signal: null });
  return running;
}

const REPEATED = /the first (\d+) lines? may repeat/;

test("no line is lost in 200 kills, and little comes twice", {
  timeout: 180_000,
}, async (t) => {
  const setting = setUp(t);
  const script = ["t", "s16384", "n1000000", setting.dir];
  const chance = random(7);
  let said = 0;
  const listen = (running: Running): void => {
    said += Number(REPEATED.exec(running.stderr)?.[1] ?? 0);
  };
  let kills = 0;
  for (; kills < 200; kills++) {
    const running = new Running(t, ours("multilog"), script, {
      cwd: setting.home,
      input: setting.pipe,
    });
    await atWork(setting, running);
    await sleep(chance() * 8);
    assert.deepEqual(await running.stop("SIGKILL"), { code: null, signal: "SIGKILL" });
    assert.equal(noneBlocking(setting), false, "O_NONBLOCK is left on the pipe");
    listen(running);
  }
  listen(await finish(t, setting, ours("multilog"), script));
  const { count } = setting.pump;
  const found = judge(setting.dir, { count, width: WIDTH, stampBytes: 26 });
  t.diagnostic(
    `${kills} kills, ${count} lines, ${found.returns} batches came again, ${found.repeats} lines (${said} said), longest ${found.longestReturn}`,
  );
  judgeClosed(setting.dir);
  theirsTakesOver([setting.dir]);
  assert.equal(kills, 200);
  assert.ok(found.returns <= kills);
  assert.ok(found.longestReturn * WIDTH <= BATCH_BYTES, `${found.longestReturn} lines came again`);
  // A kill right behind the first batch comes before its report: stopped.test.ts counts exactly.
  assert.ok(said > 0 && said <= found.repeats, `${said} of ${found.repeats} were said`);
});

test("after TERM every line stands there once, whole, 200 times", {
  timeout: 180_000,
}, async (t) => {
  const setting = setUp(t);
  const script = ["t", "s16384", "n1000000", setting.dir];
  const chance = random(8);
  let ends = 0;
  for (; ends < 100; ends++) {
    const running = new Running(t, ours("multilog"), script, {
      cwd: setting.home,
      input: setting.pipe,
    });
    await atWork(setting, running);
    await sleep(chance() * 8);
    const ending = await running.stop("SIGTERM");
    assert.deepEqual([ending, running.stderr], [{ code: 0, signal: null }, ""]);
    assert.equal(noneBlocking(setting), false, "O_NONBLOCK is left on the pipe");
  }
  // The same without a start of Node each time.
  for (; ends < 300; ends++) {
    const multilog = await createMultilog(script, { input: setting.pipe.readEnd });
    await sleep(chance() * 8);
    assert.equal(await multilog.close(), true);
  }
  await finish(t, setting, ours("multilog"), script);
  const { count } = setting.pump;
  const found = judge(setting.dir, { count, width: WIDTH, stampBytes: 26 });
  t.diagnostic(`${ends} ends, ${count} lines`);
  assert.deepEqual([found.repeats, found.torn], [0, 0]);
  assert.deepEqual(
    fs.readdirSync(setting.dir).filter((name) => name.endsWith(".u")),
    [],
  );
  judgeClosed(setting.dir);
});

test("the C program goes on where a killed multilog was, and the other way round", {
  skip: theirs.skip,
  timeout: 120_000,
}, async (t) => {
  const setting = setUp(t);
  const script = ["t", "s16384", "n1000000", setting.dir];
  const chance = random(9);
  let turns = 0;
  for (; turns < 30; turns++) {
    const options = { cwd: setting.home, input: setting.pipe };
    const killed = new Running(t, ours("multilog"), script, options);
    await atWork(setting, killed);
    await sleep(chance() * 8);
    await killed.stop("SIGKILL");
    const successor = new Running(t, theirs.path, script, options);
    await atWork(setting, successor);
    await sleep(chance() * 8);
    // Killed, it would lose what it has read: that is why it is only asked to end.
    const ending = await successor.stop("SIGTERM");
    assert.deepEqual([ending, successor.stderr], [{ code: 0, signal: null }, ""]);
  }
  await finish(t, setting, ours("multilog"), script);
  // Labels of the C program may be equal: their order is not ours to judge.
  const bare = join(setting.home, "bare");
  fs.mkdirSync(bare);
  for (const name of fs.readdirSync(setting.dir).filter((file) => /^(@|current)/.test(file))) {
    const text = fs.readFileSync(join(setting.dir, name), "latin1");
    fs.writeFileSync(
      join(bare, name),
      text.replace(/^@[0-9a-f]{24} |^@[0-9a-f]{0,24}$/gm, ""),
      "latin1",
    );
  }
  const found = judge(bare, { count: setting.pump.count, width: WIDTH, stampBytes: 0 });
  t.diagnostic(`${turns} turns, ${setting.pump.count} lines, ${found.repeats} came again`);
  assert.ok(found.returns <= turns);
  assert.ok(found.longestReturn * WIDTH <= BATCH_BYTES);
  judgeClosed(setting.dir);
});
