// The library's face. The README's example stands in library.test.ts.
// Not tested: sockets and terminals as input; what a crash leaves (the crash tests do that).
import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { createMultilog, Fatal, type Multilog, type MultilogOptions } from "../../src/index.ts";
import { posix, SystemFailure } from "../../src/posix/index.ts";
import { type Scratch, scratch, testPipe } from "../posix/scratch.ts";
import { until } from "../support/until.ts";
import { writeAll } from "./taker.ts";

const timeout = 60_000;

/** Starts one and closes it when the test is over, however that ends. */
async function start(
  t: TestContext,
  script: readonly (string | Uint8Array)[],
  options: MultilogOptions = {},
): Promise<Multilog> {
  const multilog = await createMultilog(script, options);
  t.after(async () => {
    void multilog.close();
    await multilog.close().catch(() => {});
  });
  return multilog;
}

const current = (place: Scratch, name: string = "log"): string =>
  fs.readFileSync(place.in(`${name}/current`), "latin1");

const archives = (place: Scratch, name: string = "log"): string[] =>
  fs
    .readdirSync(place.in(name))
    .filter((file) => file.startsWith("@"))
    .sort();

/** All that a log holds, the oldest first. */
const whole = (place: Scratch, name: string = "log"): string =>
  [...archives(place, name), "current"]
    .map((file) => fs.readFileSync(place.in(`${name}/${file}`), "latin1"))
    .join("");

/** Writes, and waits until it stands in every log. */
const write = (multilog: Multilog, text: string): Promise<void> =>
  new Promise((resolve) => multilog.writable?.write(text, "latin1", () => resolve()));

function refused(place: Scratch, script: readonly string[]): Promise<unknown> {
  return createMultilog(script.map((word) => word.replace("DIR", place.path))).then(
    () => assert.fail("it started"),
    (failure: unknown) => failure,
  );
}

test("what is written stands in the log when the callback comes", { timeout }, async (t) => {
  const place = scratch(t);
  const multilog = await start(t, [place.in("log")]);
  await write(multilog, "one\ntwo\n");
  assert.equal(current(place), "one\ntwo\n");
});

test("words of the script may be bytes", { timeout }, async (t) => {
  const place = scratch(t);
  const path = Buffer.concat([Buffer.from(place.in("log")), Uint8Array.of(0xff)]);
  const multilog = await start(t, [path, Buffer.from("-\xff*", "latin1"), place.in("second")]);
  await write(multilog, "\xffone\ntwo\n");
  assert.equal(
    fs.readFileSync(Buffer.concat([path, Buffer.from("/current")]), "latin1"),
    "\xffone\ntwo\n",
  );
  assert.equal(current(place, "second"), "two\n");
});

test("two names of one status file keep the later line, whichever of them it went through", {
  timeout,
}, async (t) => {
  const place = scratch(t);
  fs.writeFileSync(place.in("file"), "");
  fs.symlinkSync("file", place.in("link"));
  for (const [first, second] of [
    ["file", "file"],
    ["file", "./file"],
    ["file", "link"],
  ]) {
    const script = [`=${place.path}/${first}`, "-*", "+b*", `=${place.path}/${second}`];
    const multilog = await start(t, script);
    await write(multilog, "b, which both take\na, which the first takes\n");
    assert.equal(fs.readFileSync(place.in("file"), "latin1").trimEnd(), "a, which the first takes");
    await multilog.close();
  }
});

test("lines come through a pipe, whose end is the end", { timeout }, async (t) => {
  const place = scratch(t);
  const pipe = testPipe(t);
  const multilog = await start(t, [place.in("log")], { input: pipe.readEnd });
  assert.equal(multilog.writable, undefined);
  pipe.say("one\nhalf");
  await until("the first line", () => current(place) === "one\n");
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.equal(current(place), "one\nhalf\n");
  // The descriptor is the caller's: it is open still.
  assert.equal(posix.isPipe(pipe.readEnd), true);
});

test("lines come from a file", { timeout }, async (t) => {
  const place = scratch(t);
  fs.writeFileSync(place.in("input"), `one\n${"x".repeat(300_000)}\nlast`);
  const input = posix.openAt(place.fd, "input", "read");
  t.after(() => posix.close(input));
  const multilog = await start(t, ["s9999999", place.in("log")], { input });
  assert.equal(await multilog.closed, true);
  assert.equal(current(place), `one\n${"x".repeat(300_000)}\nlast\n`);
});

test("close leaves in the pipe what it did not take", { timeout }, async (t) => {
  const place = scratch(t);
  const pipe = testPipe(t);
  const multilog = await start(t, [place.in("log")], { input: pipe.readEnd });
  pipe.say("one\n");
  await until("the first line", () => current(place) === "one\n");
  const closed = multilog.close();
  pipe.say("two\n");
  assert.equal(await closed, true);
  assert.equal(current(place), "one\n");
  assert.equal(posix.queued(pipe.readEnd), 4);
});

test("close waits for the end of the line that has begun, the second close does not", {
  timeout,
}, async (t) => {
  const place = scratch(t);
  const first = testPipe(t);
  const patient = await start(t, [place.in("log")], { input: first.readEnd });
  first.say("one\nhalf");
  await until("the first line", () => current(place) === "one\n");
  const closed = patient.close();
  first.say(" a line\n");
  assert.equal(await closed, true);
  assert.equal(current(place), "one\nhalf a line\n");

  const second = testPipe(t);
  const hurried = await start(t, [place.in("other")], { input: second.readEnd });
  second.say("one\nhalf");
  await until("the first line", () => current(place, "other") === "one\n");
  void hurried.close();
  assert.equal(await hurried.close(), true);
  assert.equal(current(place, "other"), "one\n");
  assert.equal(posix.queued(second.readEnd), 4);
});

test("the second close ends a line that came in pieces where it is", { timeout }, async (t) => {
  const place = scratch(t);
  const pipe = testPipe(t);
  const multilog = await start(t, ["s9999999", place.in("log")], { input: pipe.readEnd });
  // More than a pipe holds: its beginning is in the log before its end is there.
  await writeAll(pipe.writeEnd, "x".repeat(1_500_000), [60_000]);
  void multilog.close();
  assert.equal(await multilog.close(), true);
  assert.match(current(place), /^x+\n$/);
});

test("close writes everything that was written before it", { timeout }, async (t) => {
  const place = scratch(t);
  const multilog = await start(t, ["s9999999", place.in("log")]);
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`);
  for (const line of lines) multilog.writable?.write(line);
  multilog.writable?.write("half");
  assert.equal(await multilog.close(), true);
  assert.equal(current(place), `${lines.join("")}half\n`);
  assert.equal(multilog.writable?.destroyed, true);
});

test("the end of the stream closes every log", { timeout }, async (t) => {
  const place = scratch(t);
  const multilog = await start(t, [place.in("log")]);
  multilog.writable?.end("one\n");
  assert.equal(await multilog.closed, true);
  assert.equal(fs.statSync(place.in("log/current")).mode & 0o777, 0o744);
});

test("rotate resolves when current is new, and rotated tells the name", { timeout }, async (t) => {
  const place = scratch(t);
  const multilog = await start(t, [place.in("log"), place.in("empty"), "-*", place.in("none")]);
  const rotated: string[] = [];
  multilog.on("rotated", (path, archive) => {
    rotated.push(`${Buffer.from(path).toString()}/${archive?.toString()}`);
  });
  await write(multilog, "one\n");
  await multilog.rotate();
  assert.equal(current(place), "");
  await multilog.close();
  const [archive] = archives(place);
  assert.deepEqual(
    rotated.filter((path) => path.includes("/log/")),
    [place.in(`log/${archive}`)],
  );
  assert.deepEqual(archives(place, "none"), []);
});

test("several rotations that are asked for at once are one", { timeout }, async (t) => {
  const place = scratch(t);
  const multilog = await start(t, [place.in("log")]);
  await write(multilog, "one\n");
  await Promise.all([multilog.rotate(), multilog.rotate(), multilog.rotate()]);
  await multilog.close();
  assert.equal(archives(place).length, 1);
});

test("a rotation that is asked for while a batch is being written is done behind it", {
  timeout,
}, async (t) => {
  const place = scratch(t);
  const pipe = testPipe(t);
  let finishSync = (): void => {};
  let syncs = 0;
  const slow = {
    ...posix,
    syncLater: async (fd: number) => {
      if (syncs++ === 0) await new Promise<void>((resolve) => (finishSync = resolve));
      await posix.syncLater(fd);
    },
  };
  const script = [":sync=always", place.in("log")];
  const multilog = await start(t, script, { input: pipe.readEnd, posix: slow });
  pipe.say("one\n");
  await until("the first fsync", () => syncs === 1);
  const rotation = multilog.rotate();
  finishSync();
  // No further line comes that would wake it.
  await rotation;
  assert.equal(current(place), "");
  await multilog.close();
  assert.equal(whole(place), "one\n");
});

test("a rotation that is asked for after the end has nothing to do", { timeout }, async (t) => {
  const place = scratch(t);
  const multilog = await start(t, [place.in("log")]);
  await multilog.close();
  await multilog.rotate();
});

test("stats count what was read, selected and deselected, now and after the end", {
  timeout,
}, async (t) => {
  const place = scratch(t);
  const multilog = await start(t, ["t", place.in("all"), "-* b*", place.in("log")]);
  await write(multilog, "a\nbb\nccc\n");
  const during = multilog.stats();
  assert.deepEqual(during.read, { lines: 3, bytes: 9 });
  assert.deepEqual(
    during.logdirs.map(({ path, read, selected, deselected }) => ({
      path,
      read,
      selected,
      deselected,
    })),
    [
      {
        path: place.in("all"),
        read: { lines: 3, bytes: 9 },
        selected: { lines: 3, bytes: 9 },
        deselected: { lines: 0, bytes: 0 },
      },
      {
        path: place.in("log"),
        read: { lines: 3, bytes: 9 },
        selected: { lines: 2, bytes: 6 },
        deselected: { lines: 1, bytes: 3 },
      },
    ],
  );
  assert.equal(during.lastLabel, current(place).trimEnd().split("\n").at(-1)?.slice(0, 25));
  assert.equal(during.logdirs[1]?.syncedLines, 0);
  await multilog.close();
  assert.equal(multilog.stats().logdirs[1]?.syncedLines, 2);
});

test("what goes wrong is warned of, tried again, and not lost", { timeout }, async (t) => {
  const place = scratch(t);
  let failures = 3;
  const full = {
    ...posix,
    write: (fd: number, memory: Uint8Array, at: number, length: number) => {
      if (failures-- > 0) throw new SystemFailure("ENOSPC", "write");
      return posix.write(fd, memory, at, length);
    },
  };
  const early: string[] = [];
  const multilog = await start(t, [place.in("log")], {
    posix: full,
    pauseMs: 1,
    onWarning: (line) => void early.push(line.toString()),
  });
  const late: string[] = [];
  multilog.on("warning", (line) => late.push(line.toString()));
  await write(multilog, "one\n");
  assert.equal(current(place), "one\n");
  const line = `unable to write to ${place.in("log")}/current, pausing: out of disk space`;
  assert.deepEqual(
    [early, late],
    [
      [line, line, line],
      [line, line, line],
    ],
  );
  assert.equal(multilog.stats().failures, 3);
  assert.equal(multilog.stats().stalled.now, null);
});

test("a log that stands still says so while it does", { timeout }, async (t) => {
  const place = scratch(t);
  let isFull = true;
  const full = {
    ...posix,
    write: (fd: number, memory: Uint8Array, at: number, length: number) => {
      if (isFull) throw new SystemFailure("ENOSPC", "write");
      return posix.write(fd, memory, at, length);
    },
  };
  const multilog = await start(t, [place.in("log")], { posix: full, pauseMs: 5 });
  const written = write(multilog, "one\n");
  await until("trouble", () => multilog.stats().stalled.now !== null);
  assert.match(multilog.stats().stalled.now?.reason ?? "", /out of disk space$/);
  isFull = false;
  await written;
  assert.equal(multilog.stats().stalled.now, null);
  assert.ok(multilog.stats().stalled.seconds > 0);
});

test("e writes to the descriptor that is named", { timeout }, async (t) => {
  const place = scratch(t);
  const pipe = testPipe(t);
  const multilog = await start(t, ["-*", "+*bad*", "e"], { stderr: pipe.writeEnd });
  await write(multilog, "good\nbad\n");
  assert.equal(posix.queued(pipe.readEnd), 4);
  assert.deepEqual(fs.readdirSync(place.path), []);
});

test("a script that cannot be ends with exit code 100", { timeout }, async (t) => {
  const place = scratch(t);
  const fatal = await refused(place, [":nosuch=1", "DIR/log"]);
  assert.ok(fatal instanceof Fatal);
  assert.equal(fatal.exitCode, 100);
  assert.deepEqual(fs.readdirSync(place.path), []);
});

test("what the system refuses ends with exit code 111, and nothing stays locked", {
  timeout,
}, async (t) => {
  const place = scratch(t);
  fs.writeFileSync(place.in("file"), "");
  const fatal = await refused(place, ["DIR/log", "DIR/file"]);
  assert.ok(fatal instanceof Fatal);
  assert.equal(fatal.exitCode, 111);
  assert.equal(
    fatal.line.toString(),
    `unable to open directory ${place.in("file")}: not a directory`,
  );
  const again = await start(t, [place.in("log")]);
  assert.equal(await again.close(), true);
});

test("an input that is not open ends with exit code 111, and nothing stays locked", {
  timeout,
}, async (t) => {
  const place = scratch(t);
  await assert.rejects(createMultilog([place.in("log")], { input: 12_345 }), (fatal) => {
    assert.ok(fatal instanceof Fatal);
    assert.equal(fatal.exitCode, 111);
    return true;
  });
  await (await start(t, [place.in("log")])).close();
});

test("one directory has one writer, in this process as well", { timeout }, async (t) => {
  const place = scratch(t);
  const first = await start(t, [place.in("log")]);
  const fatal = await refused(place, ["DIR/log"]);
  assert.ok(fatal instanceof Fatal);
  assert.equal(
    fatal.line.toString(),
    `unable to lock directory ${place.in("log")}: temporary failure`,
  );
  await first.close();
  await (await start(t, [place.in("log")])).close();
});

test("a directory that is used again goes on where it was", { timeout }, async (t) => {
  const place = scratch(t);
  for (const line of ["one\n", "two\n"]) {
    const multilog = await start(t, [place.in("log")]);
    await write(multilog, line);
    assert.equal(await multilog.close(), true);
  }
  assert.equal(whole(place), "one\ntwo\n");
  assert.deepEqual(archives(place), []);
});

test("two in one process share the kernel, and neither sees the other's long lines", {
  timeout,
}, async (t) => {
  const place = scratch(t);
  const scripts = [
    ["s2000000", "n50", place.in("a"), "-*", "+x*", place.in("ax")],
    ["s2000000", "n50", place.in("b"), "-y*", place.in("by")],
  ];
  // Lines longer than a pipe come in pieces: each engine is in the middle of one when the other is served.
  const line = (letter: string, length: number): string => `${letter.repeat(length)}\n`;
  const texts = [
    [line("x", 2_500_000), line("z", 10), line("x", 2_500_000)].join(""),
    [line("y", 2_500_000), line("z", 20), line("z", 2_500_000)].join(""),
  ];
  const closed = await Promise.all(
    scripts.map(async (script, i) => {
      const pipe = testPipe(t);
      const multilog = await start(t, script, { input: pipe.readEnd });
      await writeAll(pipe.writeEnd, texts[i] ?? "", [60_000]);
      pipe.end();
      return multilog.closed;
    }),
  );
  assert.deepEqual(closed, [true, true]);
  assert.equal(whole(place, "a"), texts[0]);
  assert.equal(whole(place, "b"), texts[1]);
  assert.equal(whole(place, "ax"), `${line("x", 2_500_000)}${line("x", 2_500_000)}`);
  assert.equal(whole(place, "by"), `${line("z", 20)}${line("z", 2_500_000)}`);
});

test("ten in one process, stamped, keep their own lines and labels", { timeout }, async (t) => {
  const place = scratch(t);
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, i) => start(t, ["t", "s4096", "n200", place.in(`log${i}`)])),
  );
  await Promise.all(
    all.map(async (multilog, i) => {
      for (let round = 0; round < 20; round++) {
        const lines = Array.from({ length: 20 }, (_, n) => `log ${i} line ${round * 20 + n}\n`);
        await write(multilog, lines.join(""));
      }
      assert.equal(await multilog.close(), true);
    }),
  );
  for (const [i, multilog] of all.entries()) {
    const lines = whole(place, `log${i}`).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => line.slice(26)),
      Array.from({ length: 400 }, (_, n) => `log ${i} line ${n}`),
    );
    const labels = lines.map((line) => line.slice(0, 25));
    assert.ok(labels.every((label, n) => n === 0 || label > (labels[n - 1] ?? "")));
    assert.equal(multilog.stats().read.lines, 400);
  }
});

test("closing gives back every descriptor", { timeout }, async (t) => {
  const place = scratch(t);
  // The waiter keeps its own from its first use on.
  const pipe = testPipe(t);
  await (await start(t, [place.in("log")], { input: pipe.readEnd })).close();
  const before = fs.readdirSync("/proc/self/fd").length;
  for (let time = 0; time < 5; time++) {
    const script = [place.in("log"), `=${place.in("status")}`, `:stats=${place.in("stats")}`];
    const multilog = await start(t, script, { input: pipe.readEnd });
    pipe.say("line\n");
    await until("the line", () => posix.queued(pipe.readEnd) === 0);
    await multilog.rotate();
    await multilog.close();
  }
  assert.equal(fs.readdirSync("/proc/self/fd").length, before);
});

test("a fault of our own rejects, and is not tried again", { timeout }, async (t) => {
  const place = scratch(t);
  const broken = {
    ...posix,
    write: () => {
      throw new TypeError("ours");
    },
  };
  const multilog = await start(t, [place.in("log")], { posix: broken });
  multilog.writable?.write("one\n");
  await assert.rejects(multilog.closed, { message: "ours" });
  // Its logs are free again.
  await (await start(t, [place.in("log")])).close();
});
