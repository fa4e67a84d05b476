// What programs find in the many states of a caller is tested in spawn.test.ts. Not tested: macOS.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { type Fd, posix, type StartOptions, whileIgnoring } from "../../src/posix/index.ts";
import { hear, scratch, testPipe } from "./scratch.ts";

const timeout = 60_000;

/** What a line of perl prints when it is started like that. */
async function printed(
  t: Parameters<typeof testPipe>[0],
  line: string,
  options: Partial<StartOptions> & { readonly more?: ReadonlyMap<Fd, Fd> } = {},
): Promise<string> {
  const { readEnd, writeEnd, end } = testPipe(t);
  const { more = new Map<Fd, Fd>(), ...rest } = options;
  const descriptors = new Map([...more, [1, writeEnd]]);
  const pid = posix.start(["/nonexistent/perl", "/usr/bin/perl"], ["perl", "-e", line], {
    ...rest,
    descriptors,
  });
  end();
  assert.deepEqual(await posix.ended(pid), { code: 0, signal: undefined });
  return hear(readEnd);
}

test("descriptors can change places, and come from anywhere", { timeout }, async (t) => {
  const { path, fd } = scratch(t);
  const [a, b, c] = ["a", "b", "c"].map((name) => {
    const made = posix.openAt(fd, name, "new");
    t.after(() => posix.close(made));
    return made;
  }) as [Fd, Fd, Fd];
  // Each stands where another one comes from.
  const more = new Map([
    [a, b],
    [b, c],
    [c, a],
    [77, a],
    [78, a],
  ]);
  const line = `print join " ", map { (readlink "/proc/self/fd/$_") // "none" } ${[a, b, c, 77, 78, 79].join(", ")}`;
  const named = (name: string): string => `${fs.realpathSync(path)}/${name}`;
  const expected = [named("b"), named("c"), named("a"), named("a"), named("a"), "none"];
  assert.equal(await printed(t, line, { more }), expected.join(" "));
  const ours = fs.readdirSync("/proc/self/fd").filter((own) => {
    return (
      fs.existsSync(`/proc/self/fd/${own}`) &&
      fs.readlinkSync(`/proc/self/fd/${own}`).startsWith(named(""))
    );
  });
  assert.equal(ours.length, 3, "what was put out of the way for the start is closed");
});

test("the environment is the one that is given, in order and byte for byte", {
  timeout,
}, async (t) => {
  const strings = ["B=1", "A=\xff", "odd name=x", "B=2", "none"];
  const environment = strings.map((string) => Buffer.from(string, "latin1"));
  const line = 'open F, "/proc/self/environ"; print <F>';
  assert.equal(await printed(t, line, { environment }), `${strings.join("\0")}\0`);
});

test("a program can lead a session, or a process group, of its own", { timeout }, async (t) => {
  const line = "print getppid == $ARGV[0] ? 1 : 0, (getpgrp) == $$ ? 1 : 0";
  assert.equal(await printed(t, line), "00");
  assert.equal(await printed(t, line, { newSession: true }), "01");
  assert.equal(await printed(t, line, { newGroup: true }), "01");
});

test("signals are ignored and blocked for the program alone", { timeout }, async (t) => {
  const own = (): string =>
    /SigBlk.*\nSigIgn.*/.exec(fs.readFileSync("/proc/self/status", "latin1"))![0];
  const before = own();
  const HUP_AND_TERM = 0x4001n;
  const line = 'open F, "/proc/self/status"; print grep /SigBlk|SigIgn/, <F>';
  const heard = await whileIgnoring(HUP_AND_TERM, () =>
    printed(t, line, { ignoredSignals: HUP_AND_TERM, blockedSignals: 0x400n }),
  );
  // FPE (bit 7) is perl's own.
  assert.equal(heard, "SigBlk:\t0000000000000400\nSigIgn:\t0000000000004081\n");
  assert.equal(own(), before);
});

test("of several files the first that runs is taken, and the cause is that of daemontools", (t) => {
  const { in: inside } = scratch(t);
  fs.writeFileSync(inside("plain"), "text\n");
  fs.mkdirSync(inside("directory"));
  fs.writeFileSync(inside("noformat"), "text\n", { mode: 0o755 });
  const cause = (...paths: string[]): string => {
    try {
      posix.start(paths, ["x"], { descriptors: new Map() });
    } catch (failure) {
      return (failure as { code: string }).code;
    }
    return "runs";
  };
  assert.equal(cause("/missing", inside("plain"), "/missing"), "EACCES");
  assert.equal(cause("/missing", inside("directory")), "EACCES");
  assert.equal(cause(inside("noformat"), "/bin/true"), "ENOEXEC");
  assert.equal(cause("/missing", "/missing/too"), "ENOENT");
});
