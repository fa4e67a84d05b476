// Not tested: EAGAIN (no more processes), macOS.
import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { type Ending, type Fd, type Name, posix } from "../../src/posix/index.ts";
import { layOut, shell } from "./launched.ts";
import { probeThrough, STATES } from "./probe.ts";
import { scratch, testPipe } from "./scratch.ts";

const timeout = 60_000;

/** Runs a line of shell with some descriptors; `output` is what it wrote to a file behind `$OUT`. */
async function spawned(
  t: TestContext,
  line: Name,
  descriptors: (Fd | undefined)[],
): Promise<{ ending: Ending; output: string }> {
  const { fd, in: inside } = scratch(t);
  const ending = await posix.spawn("/bin/sh", ["sh", "-c", line], { descriptors, directory: fd });
  const out = inside("out");
  return { ending, output: fs.existsSync(out) ? fs.readFileSync(out, "latin1") : "" };
}

const OK: Ending = { code: 0, signal: undefined };

test("a program that exits gives its code, one that is killed its signal", {
  timeout,
}, async (t) => {
  const endings = [
    "exit 0",
    "exit 7",
    "exit 255",
    "kill -KILL $$",
    "kill -TERM $$",
    "kill -SEGV $$",
  ];
  const seen = await Promise.all(endings.map(async (line) => (await spawned(t, line, [])).ending));
  const exit = (code: number): Ending => ({ code, signal: undefined });
  const killed = (signal: string): Ending => ({ code: undefined, signal });
  assert.deepEqual(seen, [
    exit(0),
    exit(7),
    exit(255),
    killed("SIGKILL"),
    killed("SIGTERM"),
    killed("SIGSEGV"),
  ]);
});

test("each descriptor stands where the list has it, and what is undefined is closed", {
  timeout,
}, async (t) => {
  const { fd } = scratch(t);
  const files = ["zero", "one", "four", "five"].map((name) => {
    const made = posix.openAt(fd, name, "keep");
    t.after(() => posix.close(made));
    return made;
  });
  const [zero, one, four, five] = files;
  const line =
    "for n in 0 1 2 3 4 5 6; do [ ! -e /proc/self/fd/$n ] || readlink /proc/self/fd/$n; done >out";
  const { ending, output } = await spawned(t, line, [zero, one, 2, undefined, four, five]);
  assert.deepEqual(ending, OK);
  const names = output.split("\n").map((path) => path.split("/").at(-1));
  // 1 is the shell's redirection; 2 is ours, whatever it is; 6 is not ours to give.
  assert.deepEqual([names[0], names[1], ...names.slice(3)], ["zero", "out", "four", "five", ""]);
  assert.equal(names.length, 6);
});

test("a descriptor that is at its place already is handed on", { timeout }, async (t) => {
  const { ending } = await spawned(t, "[ -e /proc/self/fd/2 ] && ! [ -e /proc/self/fd/3 ]", [
    undefined,
    undefined,
    2,
  ]);
  assert.deepEqual(ending, OK);
});

test("the same descriptor can stand at several places", { timeout }, async (t) => {
  const { readEnd, writeEnd } = testPipe(t);
  const both = await spawned(t, "echo one; echo two >&2", [undefined, writeEnd, writeEnd]);
  assert.deepEqual(both.ending, OK);
  const heard = Buffer.alloc(100);
  assert.equal(heard.toString("latin1", 0, posix.read(readEnd, heard, 0, 100)), "one\ntwo\n");
});

test("what this process holds is not held by the program: a pipe ends when its writer closes it", {
  timeout,
}, async (t) => {
  const { readEnd, end } = testPipe(t);
  const { readEnd: held, say } = testPipe(t);
  const running = spawned(t, "read line", [held]);
  end();
  const heard = Buffer.alloc(1);
  assert.equal(posix.read(readEnd, heard, 0, 1), 0);
  say("line\n");
  assert.deepEqual((await running).ending, OK);
});

test("a program runs in the directory that is named, and in ours otherwise", {
  timeout,
}, async (t) => {
  const { fd, in: inside } = scratch(t);
  fs.mkdirSync(inside("below"));
  const below = posix.openAt(fd, "below", "directory");
  t.after(() => posix.close(below));
  fs.renameSync(inside("below"), inside("moved"));
  await posix.spawn("/bin/sh", ["sh", "-c", "pwd -P >here"], { descriptors: [], directory: below });
  assert.equal(
    fs.readFileSync(inside("moved/here"), "utf8"),
    `${fs.realpathSync(inside("moved"))}\n`,
  );
  const { readEnd, writeEnd } = testPipe(t);
  await posix.spawn("/bin/sh", ["sh", "-c", "pwd -P"], { descriptors: [undefined, writeEnd] });
  const heard = Buffer.alloc(4096);
  const text = heard.toString("utf8", 0, posix.read(readEnd, heard, 0, heard.length));
  assert.equal(text, `${fs.realpathSync(".")}\n`);
});

test("words that are not UTF-8 come byte for byte", { timeout }, async (t) => {
  const line = Buffer.concat([
    Buffer.from('printf %s "'),
    Buffer.from([0xff, 0xe9]),
    Buffer.from('" >out'),
  ]);
  assert.equal((await spawned(t, line, [])).output, "\xff\xe9");
});

test("a word with a NUL inside is refused, and nothing is run", { timeout }, async () => {
  const refused = posix.spawn("/bin/sh", ["sh", "-c", "exit 0\0rest"], { descriptors: [] });
  await assert.rejects(refused, { code: "ENOENT", syscall: "posix_spawn" });
});

test("the environment is ours, as it is at that moment", { timeout }, async (t) => {
  process.env["TIMBERLINE_TEST"] = "set later";
  t.after(() => delete process.env["TIMBERLINE_TEST"]);
  assert.equal((await spawned(t, 'printf %s "$TIMBERLINE_TEST" >out', [])).output, "set later");
});

test("a program that cannot be run says why, and is no child", { timeout }, async (t) => {
  const { fd, in: inside } = scratch(t);
  fs.writeFileSync(inside("plain"), "text\n");
  const cause = (program: string): Promise<Ending> =>
    posix.spawn(program, ["x"], { descriptors: [], directory: fd });
  await assert.rejects(cause("/missing"), {
    code: "ENOENT",
    syscall: "posix_spawn",
    path: "/missing",
  });
  await assert.rejects(cause("./plain"), { code: "EACCES" });
  await assert.rejects(cause("./plain/below"), { code: "ENOTDIR" });
  const badly = posix.spawn("/bin/sh", ["sh", "-c", "exit 0"], { descriptors: [12_345] });
  await assert.rejects(badly, { code: "EBADF" });
});

test("a hundred programs at once give each its own code, and leave no descriptor behind", {
  timeout,
}, async () => {
  // The waiter keeps two of its own from its first use on.
  await posix.spawn("/bin/sh", ["sh", "-c", "exit 0"], { descriptors: [] });
  const before = fs.readdirSync("/proc/self/fd").length;
  const codes = Array.from({ length: 100 }, (_, i) => i);
  const endings = await Promise.all(
    codes.map((code) => posix.spawn("/bin/sh", ["sh", "-c", `exit ${code}`], { descriptors: [] })),
  );
  assert.deepEqual(
    endings.map(({ code }) => code),
    codes,
  );
  assert.equal(fs.readdirSync("/proc/self/fd").length, before);
});

test("a program that runs can be signalled by the number that it was started with", {
  timeout,
}, async (t) => {
  const { readEnd } = testPipe(t);
  const ending = await posix.spawn("/bin/sh", ["sh", "-c", "read line"], {
    descriptors: [readEnd],
    onStart: (pid) => posix.kill(pid, "SIGTERM"),
  });
  assert.deepEqual(ending, { code: undefined, signal: "SIGTERM" });
});

test("a signal to nobody says so", () => {
  assert.throws(() => posix.kill(2 ** 22 + 1, "SIGTERM"), { code: "ESRCH", syscall: "kill" });
});

test("a program that has ended before it is asked for is not missed", { timeout }, async (t) => {
  const running = spawned(t, "exit 3", []);
  // Nothing of ours runs meanwhile: it is long gone when it is looked for.
  shell("sleep 0.1");
  assert.deepEqual((await running).ending, { code: 3, signal: undefined });
});

test("children of node:child_process end beside ours", { timeout }, async (t) => {
  const running = spawned(t, "exit 4", []);
  assert.equal(shell("exit 5").status, 5);
  assert.deepEqual((await running).ending, { code: 4, signal: undefined });
});

for (const [state, preparation] of Object.entries(STATES)) {
  test(`a program that we start finds what it finds without us, ${state}`, { timeout }, (t) => {
    const { direct, through } = probeThrough(t, "spawn", preparation);
    assert.equal(through, direct);
  });
}

test("the limit that a program is started with is not ours for longer than that", {
  timeout,
}, (t) => {
  const spawn = layOut(scratch(t).path, "spawn");
  const { stdout } = shell('ulimit -Sn 77; exec "$1" /bin/sh -c "exit 0" limit', [spawn]);
  assert.ok(Number(stdout) > 77, stdout);
});

test("a caller that ignores SIGCHLD does not hide from us how a program ended", {
  timeout,
}, (t) => {
  const spawn = layOut(scratch(t).path, "spawn");
  const { status, stderr } = shell(`trap '' CHLD; exec "$1" /bin/sh -c 'exit 6'`, [spawn]);
  assert.deepEqual([status, stderr], [6, ""]);
});

test("an inherited descriptor that was closed since keeps no program from starting", {
  timeout,
}, (t) => {
  const spawn = layOut(scratch(t).path, "spawn");
  const line = `exec 7</dev/null; SPAWN_CLOSES=7 exec "$1" /bin/sh -c 'exit 6'`;
  const { status, stderr } = shell(line, [spawn]);
  assert.deepEqual([status, stderr], [6, ""]);
});
