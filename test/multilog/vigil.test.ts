import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PipeSource } from "../../src/multilog/pipe-source.ts";
import type { Source } from "../../src/multilog/source.ts";
import { Vigil } from "../../src/multilog/vigil.ts";
import { posix } from "../../src/posix/index.ts";
import { scratch, testPipe } from "../posix/scratch.ts";
import { ours } from "../support/commands.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;

interface Watched {
  readonly vigil: Vigil;
  readonly source: Source;
  /** What was done to wait for the source. */
  readonly waits: string[];
  /** Lets time pass, and then a batch come. */
  readonly batchAfter: (ms: number) => boolean;
}

function watched({ mayHold = true, comes = true } = {}): Watched {
  let nowMs = 1000;
  const waits: string[] = [];
  const vigil = new Vigil({ ...posix, monotonicMs: () => nowMs }, () => mayHold);
  const source = {
    standBy: (ms: number): boolean => {
      waits.push(`stand by ${ms}`);
      return comes;
    },
    wait: () => {
      waits.push("wait");
      return Promise.resolve();
    },
  } as unknown as Source;
  const batchAfter = (ms: number): boolean => {
    nowMs += ms;
    return vigil.noteServed();
  };
  return { vigil, source, waits, batchAfter };
}

test("a source that brings a line now and then is waited for here", () => {
  const { vigil, source, waits, batchAfter } = watched();
  batchAfter(0);
  assert.ok(vigil.wait(source));
  batchAfter(10);
  assert.equal(vigil.wait(source), undefined);
  batchAfter(200);
  assert.ok(vigil.wait(source));
  assert.deepEqual(waits, ["wait", "stand by 50", "wait"]);
});

test("where nothing comes, and where others need the thread, it is waited for as ever", () => {
  for (const [given, expected] of [
    [{ comes: false }, ["stand by 50", "wait"]],
    [{ mayHold: false }, ["wait"]],
  ] as const) {
    const { vigil, source, waits, batchAfter } = watched(given);
    batchAfter(0);
    batchAfter(10);
    assert.ok(vigil.wait(source));
    assert.deepEqual(waits, expected);
  }
});

test("the event loop has its turn every fifty milliseconds of lines", () => {
  const { batchAfter } = watched();
  const turns = Array.from({ length: 20 }, () => batchAfter(10));
  assert.deepEqual(
    turns.flatMap((isTurn, at) => (isTurn ? [at] : [])),
    [1, 6, 11, 16],
  );
});

test("a pipe is stood by until it has something, and not where half a line stands in it", (t) => {
  const { readEnd, say } = testPipe(t);
  const source = new PipeSource(posix, readEnd);
  t.after(() => source.close());
  assert.equal(source.standBy(1), false);
  say("half");
  assert.equal(source.standBy(1000), true);
  source.offer({ memory: Buffer.alloc(100), at: 0, capacity: 99 }, 99, false);
  assert.equal(source.standBy(1000), false);
});

test("signals are heard while it stands by", { timeout }, async (t) => {
  const logdir = join(scratch(t).path, "log");
  const { readEnd, writeEnd } = testPipe(t);
  const feeder = spawn("/bin/sh", ["-c", "while echo line; do sleep 0.01; done"], {
    stdio: ["ignore", writeEnd, "ignore"],
  });
  const child = spawn(ours("multilog"), [logdir], { stdio: [readEnd, "inherit", "inherit"] });
  t.after(() => {
    child.kill("SIGKILL");
    feeder.kill("SIGKILL");
  });
  const current = join(logdir, "current");
  const isBusy = (): boolean => fs.existsSync(current) && fs.statSync(current).size > 100;
  await until("twenty lines", isBusy);
  child.kill("SIGALRM");
  await until("an archive", () => fs.readdirSync(logdir).some((name) => name.startsWith("@")));
  await until("lines behind it", isBusy);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
