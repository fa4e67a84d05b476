/** What others do to a log directory and to the clock while lines are written; and many logs at once. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { linkArchive } from "../../../src/multilog/archive.ts";
import { createMultilog } from "../../../src/multilog/index.ts";
import { LabelClock } from "../../../src/multilog/label-clock.ts";
import { type Posix, posix as real, SystemFailure } from "../../../src/posix/index.ts";
import {
  judge,
  judgeClosed,
  lines,
  logFiles,
  Pipe,
  temporary,
  trackedPosix,
  turn,
  until,
} from "./ground.ts";

const HOUR = 3_600_000_000_000n;

async function say(pipe: Pipe, text: string): Promise<void> {
  pipe.put(text);
  await until(() => pipe.queued === 0, "all is taken");
}

/** Says a line until a warning has come: names are looked at once in a while. */
async function sayUntil(pipe: Pipe, holds: () => boolean, next: () => string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < end, "no warning came");
    await say(pipe, next());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

for (const what of ["the directory", "current"] as const) {
  test(`lines go on where somebody removed ${what}`, { timeout: 30_000 }, async (t) => {
    const dir = join(temporary(t), "log");
    const pipe = new Pipe(t);
    const warnings: string[] = [];
    const multilog = await createMultilog([dir], {
      input: pipe.out,
      pauseMs: 1,
      onWarning: (warning) => void warnings.push(warning.toString()),
    });
    await say(pipe, "before\n");
    fs.rmSync(what === "current" ? join(dir, "current") : dir, { recursive: true });
    let count = 0;
    await sayUntil(
      pipe,
      () => warnings.length > 0,
      () => `${count++}\n`,
    );
    await say(pipe, "last\n");
    pipe.end();
    assert.equal(await multilog.closed, true);
    const text = fs.readFileSync(join(dir, "current"), "latin1");
    const since = `${Array.from({ length: count }, (_, number) => `${number}\n`).join("")}last\n`;
    // What stood in it when it was last seen went with it; more may come back than was meant.
    assert.ok(text === since || text === `before\n${since}`, text);
    assert.equal(warnings.length, 1);
    const name = what === "current" ? `${dir}/current` : dir;
    assert.ok(warnings[0]?.startsWith(`unable to find ${name}, made it again with `), warnings[0]);
    judgeClosed(dir);
  });
}

test("lines go on into a directory that was renamed", { timeout: 30_000 }, async (t) => {
  const home = temporary(t);
  const pipe = new Pipe(t);
  const warnings: Buffer[] = [];
  const multilog = await createMultilog(["s4096", join(home, "old")], {
    input: pipe.out,
    onWarning: (warning) => void warnings.push(warning),
  });
  await say(pipe, lines(0, 10, 300));
  fs.renameSync(join(home, "old"), join(home, "new"));
  await say(pipe, lines(10, 40, 300));
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.deepEqual(warnings, []);
  assert.equal(fs.existsSync(join(home, "old")), false);
  judge(join(home, "new"), { count: 40, width: 300, stampBytes: 0 });
  judgeClosed(join(home, "new"));
});

test("labels and names strictly increase while the clock steps back and forth by hours", {
  timeout: 60_000,
}, async (t) => {
  const dir = join(temporary(t), "log");
  let calls = 0n;
  const posix: Posix = {
    ...real,
    now: () => real.now() + (calls++ % 3n) * HOUR - (calls % 7n) * HOUR,
  };
  let count = 0;
  for (let starts = 0; starts < 5; starts++) {
    const pipe = new Pipe(t);
    const warnings: Buffer[] = [];
    const multilog = await createMultilog(["t", "s4096", "n1000", dir], {
      input: pipe.out,
      posix,
      onWarning: (warning) => void warnings.push(warning),
    });
    for (let batch = 0; batch < 40; batch++) {
      await say(pipe, lines(count, count + 7, 300));
      count += 7;
    }
    pipe.end();
    assert.equal(await multilog.closed, true);
    assert.deepEqual(warnings, []);
  }
  judge(dir, { count, width: 300, stampBytes: 26 });
  assert.ok(logFiles(dir).length > 100);
});

test("an archive whose name is taken gets the next one at once", { timeout: 30_000 }, async (t) => {
  const dir = join(temporary(t), "log");
  fs.mkdirSync(dir);
  let refused = 0;
  const posix: Posix = {
    ...real,
    linkAt: (at, from, to) => {
      // Somebody is always there first, three times.
      if (refused++ % 4 !== 3) fs.writeFileSync(join(dir, Buffer.from(to).toString()), "");
      real.linkAt(at, from, to);
    },
  };
  const pipe = new Pipe(t);
  const warnings: Buffer[] = [];
  const multilog = await createMultilog(["s4096", "n1000", dir], {
    input: pipe.out,
    posix,
    onWarning: (warning) => void warnings.push(warning),
  });
  for (let batch = 0; batch < 10; batch++) {
    await say(pipe, lines(batch * 15, batch * 15 + 15, 300));
  }
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.deepEqual(warnings, []);
  assert.ok(refused > 40);
  judge(dir, { count: 150, width: 300, stampBytes: 0 });
});

test("a million archives in one second get a million names in order", { timeout: 60_000 }, () => {
  const names = new Set<string>();
  const posix = {
    ...real,
    linkAt: (_: number, __: unknown, to: Uint8Array) => {
      const name = Buffer.from(to).toString("latin1");
      if (names.has(name)) throw new SystemFailure("EEXIST", "link");
      names.add(name);
    },
  } as Posix;
  const clock = new LabelClock(() => 1_700_000_000_000_000_000n);
  const code = Buffer.from("s");
  let last = "";
  let made = 0;
  for (; made < 1_000_000; made++) {
    const name = linkArchive(posix, 3, "previous", clock.take(), clock, code).toString("latin1");
    if (name <= last) assert.fail(`${name} comes behind ${last}`);
    last = name;
  }
  assert.equal(names.size, 1_000_000);
  assert.equal(made, 1_000_000);
});

test("200 logs in one process go on while one of them stands still, and leave no descriptor", {
  timeout: 120_000,
}, async (t) => {
  const home = temporary(t);
  const descriptors = (): number => fs.readdirSync("/proc/self/fd").length;
  // The waiter is made at the first watch, and kept.
  const first = new Pipe(t);
  first.end();
  await (await createMultilog([join(home, "first")], { input: first.out })).closed;
  const pipes = Array.from({ length: 200 }, () => new Pipe(t));
  const before = descriptors();
  let isFull = true;
  const full = trackedPosix({
    ...real,
    write: (fd, memory, at, length) => {
      if (isFull) throw new SystemFailure("ENOSPC", "write");
      return real.write(fd, memory, at, length);
    },
  });
  let stalls = 0;
  const multilogs = await Promise.all(
    pipes.map((pipe, number) =>
      createMultilog(["t", "s4096", "n100", join(home, String(number))], {
        input: pipe.out,
        pauseMs: 20,
        ...(number === 77 ? { posix: full.posix, onWarning: () => void stalls++ } : {}),
      }),
    ),
  );
  for (let batch = 0; batch < 4; batch++) {
    for (const pipe of pipes) pipe.put(lines(batch * 10, batch * 10 + 10, 300));
    await until(
      () => pipes.every((pipe, number) => number === 77 || pipe.queued === 0),
      "every other log has taken its lines",
    );
  }
  assert.equal(pipes[77]?.queued, 12_000);
  await until(() => stalls > 2, "the full disk was tried again");
  isFull = false;
  for (const pipe of pipes) pipe.end();
  assert.ok((await Promise.all(multilogs.map((multilog) => multilog.closed))).every(Boolean));
  for (const [number] of pipes.entries()) {
    const dir = join(home, String(number));
    assert.equal(judge(dir, { count: 40, width: 300, stampBytes: 26 }).repeats, 0);
    judgeClosed(dir);
  }
  // The writing ends were closed meanwhile.
  assert.equal(descriptors(), before - pipes.length);
});

test("the end comes also while a rotation cannot be finished and the next file is full", {
  timeout: 30_000,
}, async (t) => {
  const dir = join(temporary(t), "log");
  const pipe = new Pipe(t);
  const warnings: string[] = [];
  const posix: Posix = {
    ...real,
    linkAt: () => {
      throw new SystemFailure("ENOSPC", "link");
    },
  };
  const multilog = await createMultilog(["s4096", "n100", dir], {
    input: pipe.out,
    posix,
    pauseMs: 20,
    onWarning: (warning) => void warnings.push(warning.toString()),
  });
  pipe.put(lines(0, 60, 300));
  await until(() => warnings.length > 1, "the rotation fails");
  const closed = multilog.close();
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  await until(() => isClosed, "the end");
  assert.equal(await closed, false);
  // A successor finds what is there, and the rest in the pipe.
  pipe.end();
  const successor = await createMultilog(["s4096", "n100", dir], { input: pipe.out });
  assert.equal(await successor.closed, true);
  judge(dir, { count: 60, width: 300, stampBytes: 0 });
});

test("rotations that are asked for one behind the other are all done", {
  timeout: 30_000,
}, async (t) => {
  const dir = join(temporary(t), "log");
  const pipe = new Pipe(t);
  const multilog = await createMultilog(["!sleep 0.05; cat", dir], { input: pipe.out });
  let cases = 0;
  for (; cases < 20; cases++) {
    await say(pipe, `${cases}\n`);
    const both = [multilog.rotate()];
    // While the first waits for the processor of the file before.
    await turn();
    both.push(multilog.rotate());
    await Promise.all(both);
  }
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.equal(cases, 20);
});
