/** A supervisor in a world where processes and time do what the test says. */
// Not tested here: real processes and FIFOs; see test/bin/supervise.test.ts and against-c/.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Fatal, failingPosix } from "../../src/posix/index.ts";
import { World } from "./world.ts";

const bytes = (text: string): Buffer => Buffer.from(text);

test("a service that dies at once is started once a second, one that lived longer at once", async (t) => {
  const world = new World(t);
  world.supervise();
  for (let deaths = 0; deaths < 3; deaths++) {
    await world.pass(10);
    await world.end(1);
    await world.pass(990);
  }
  await world.pass(5000);
  await world.end(0);
  const starts = world.processes.map(({ startedAt }) => startedAt);
  assert.deepEqual(starts, [0, 1000, 2000, 3000, 8000]);
  assert.deepEqual(world.last.argv, ["./run"]);
});

test("status follows the process, with the moment of its last change", async (t) => {
  const world = new World(t);
  const supervisor = world.supervise();
  const first = world.status;
  assert.deepEqual([first?.pid, first?.want, first?.paused], [1000, "up", false]);
  await world.pass(2000);
  supervisor.command(bytes("p"));
  assert.deepEqual(world.status, { ...first, paused: true });
  supervisor.command(bytes("c"));
  assert.deepEqual(world.status, first);
  supervisor.command(bytes("o"));
  assert.deepEqual(world.status, { ...first, want: "once" });
  await world.end(0);
  assert.equal(world.status?.pid, 0);
  assert.equal(world.status?.since.seconds, (first?.since.seconds ?? 0n) + 2n);
  assert.deepEqual(world.last.signals, ["SIGSTOP", "SIGCONT"]);
  await world.pass(10_000);
  assert.equal(world.processes.length, 1);
});

test("a file down keeps it down until it is told up", async (t) => {
  const world = new World(t, { down: "" });
  const supervisor = world.supervise();
  await world.pass(5000);
  assert.equal(world.processes.length, 0);
  assert.equal(world.status?.want, "down");
  supervisor.command(bytes("u"));
  assert.equal(world.alive.length, 1);
});

test("d stops it with TERM and CONT, u within the same bytes starts it again", async (t) => {
  const world = new World(t);
  const supervisor = world.supervise();
  supervisor.command(bytes("du"));
  assert.deepEqual(world.last.signals, ["SIGTERM", "SIGCONT"]);
  await world.end("SIGTERM");
  assert.equal(world.processes.length, 1);
  await world.pass(1000);
  assert.equal(world.alive.length, 1);
  supervisor.command(bytes("d"));
  await world.end("SIGTERM");
  await world.pass(90_000);
  assert.equal(world.alive.length, 0);
});

test("x waits for the end, also of finish, and lets go of the directory", async (t) => {
  const world = new World(t, { finish: "" });
  const supervisor = world.supervise();
  supervisor.command(bytes("x"));
  await world.end(3);
  const finish = world.last;
  assert.deepEqual(finish.argv, ["./finish", "3", "0", world.directory, "1000"]);
  assert.equal(world.hasEnded, false);
  await world.end(0);
  assert.equal(world.hasEnded, true);
  const again = world.supervise();
  assert.equal(again.process, 1002);
  again.command(bytes("dx"));
  await world.end("SIGTERM");
});

test("finish is told the signal, is killed when its time is over, and 125 gives the service up", async (t) => {
  const world = new World(t, { finish: "", "timeout-finish": "700\n" });
  const supervisor = world.supervise();
  await world.end("SIGSEGV");
  assert.deepEqual(world.last.argv, ["./finish", "256", "11", world.directory, "1000"]);
  await world.pass(699);
  assert.deepEqual(world.last.signals, []);
  await world.pass(1);
  assert.deepEqual(world.last.signals, ["SIGKILL", "SIGCONT"]);
  assert.match(world.said.join(), /warning: DIR\/finish has not ended in its time/);
  await world.end("SIGKILL");
  await world.pass(1000);
  assert.equal(world.last.argv[0], "./run");
  await world.end(1);
  await world.end(125);
  await world.pass(90_000);
  assert.equal(world.alive.length, 0);
  assert.equal(world.status?.want, "down");
  assert.match(world.read("supervise/deaths") ?? "", /exit 1 after 0\.700 given-up\n$/);
  supervisor.command(bytes("u"));
  assert.equal(world.alive.length, 1);
  const said = world.said.length;
  supervisor.command(bytes("d"));
  await world.end("SIGTERM");
  await world.end(125);
  assert.equal(world.said.length, said, "there is nothing to give up");
});

test("o while finish runs is a run that is owed", async (t) => {
  const world = new World(t, { finish: "" });
  const supervisor = world.supervise();
  supervisor.command(bytes("d"));
  await world.end("SIGTERM");
  supervisor.command(bytes("o"));
  await world.end(0);
  await world.pass(1000);
  assert.deepEqual(world.last.argv, ["./run"]);
  await world.end(0);
  await world.end(0);
  await world.pass(5000);
  assert.equal(world.alive.length, 0);
});

test("timeout-kill kills what does not stop, and down-signal says how to ask", async (t) => {
  const world = new World(t, { "timeout-kill": "3000", "down-signal": "sigint\nrest" });
  const supervisor = world.supervise();
  supervisor.command(bytes("d"));
  await world.pass(2999);
  assert.deepEqual(world.last.signals, ["SIGINT", "SIGCONT"]);
  await world.pass(1);
  assert.deepEqual(world.last.signals.slice(2), ["SIGKILL", "SIGCONT"]);
  await world.pass(5000);
  assert.deepEqual(world.last.signals.slice(4), ["SIGKILL", "SIGCONT"]);
  supervisor.command(bytes("u"));
  await world.end("SIGKILL");
  await world.pass(60_000);
  assert.equal(world.processes.length, 2);
  assert.deepEqual(world.last.signals, [], "the next one has all its time");
});

test("a setting that cannot be used is warned about and counts as absent", async (t) => {
  const files = { "timeout-kill": "soon", "down-signal": "SIGNONE", "notification-fd": "0" };
  const world = new World(t, files);
  const supervisor = world.supervise();
  supervisor.command(bytes("d"));
  assert.deepEqual(world.last.signals, ["SIGTERM", "SIGCONT"]);
  assert.deepEqual(world.said, [
    "warning: invalid notification-fd in DIR: write a number from 1 on into its first line",
    "warning: invalid down-signal in DIR: write a signal's name or number into its first line",
    "warning: invalid timeout-kill in DIR: write a number into its first line",
  ]);
  await world.end("SIGTERM");
});

test("+ reaches the group that run leads, and run where it leads none", async (t) => {
  const world = new World(t);
  const supervisor = world.supervise();
  supervisor.command(bytes("+h=t"));
  world.leadGroups = true;
  supervisor.command(bytes("+h=t"));
  assert.deepEqual(world.last.signals, ["SIGHUP", "SIGTERM", "group SIGHUP", "SIGTERM"]);
  supervisor.command(bytes("kd"));
  await world.end("SIGKILL");
});

test("with backoff the delay grows while it keeps dying, and begins anew after a good run", async (t) => {
  const world = new World(t, { backoff: "5000" });
  const supervisor = world.supervise();
  const gaps: number[] = [];
  for (let deaths = 0; deaths < 5; deaths++) {
    const died = world.nowMs;
    await world.end(1);
    while (world.alive.length === 0) await world.pass(100);
    gaps.push(world.last.startedAt - died);
    world.nowMs = world.last.startedAt;
  }
  assert.deepEqual(gaps, [1000, 2000, 4000, 5000, 5000]);
  await world.pass(5000);
  await world.end(1);
  await world.pass(999);
  assert.equal(world.alive.length, 0);
  await world.pass(1);
  assert.equal(world.alive.length, 1);
  await world.end(1);
  await world.pass(1200);
  assert.equal(world.alive.length, 0);
  supervisor.command(bytes("u"));
  assert.equal(world.alive.length, 1, "u does not wait");
  await world.end(1);
  await world.pass(1000);
  assert.equal(world.alive.length, 1, "and the delay begins anew");
});

test("max-deaths gives it up, a restart that was asked for does not count", async (t) => {
  const world = new World(t, { "max-deaths": "3" });
  const supervisor = world.supervise();
  for (const asked of [false, false, true, false, false, false]) {
    if (asked) supervisor.command(bytes("t"));
    await world.end(asked ? "SIGTERM" : 9);
    await world.pass(1000);
  }
  await world.pass(90_000);
  assert.equal(world.processes.length, 6);
  assert.deepEqual(world.said, ["warning: given up: DIR is not started again until it is told to"]);
  const flags = (world.read("supervise/deaths") ?? "").match(/(asked|given-up)/g);
  assert.deepEqual(flags, ["asked", "given-up"]);
});

test("deaths are kept over supervisors, so many as max-death-tally says", async (t) => {
  const world = new World(t, { "max-death-tally": "2" });
  const first = world.supervise();
  for (const code of [1, 2]) {
    await world.pass(1000);
    await world.end(code);
  }
  first.command(bytes("x"));
  await world.end(3);
  assert.match(
    world.read("supervise/deaths") ?? "",
    /^@.* exit 2 after .*\n@.* exit 3 after .*\n$/,
  );
  world.put("max-death-tally", "3");
  await world.pass(1000);
  const second = world.supervise();
  second.command(bytes("x"));
  await world.end("SIGKILL");
  assert.match(world.read("supervise/deaths") ?? "", /exit 2.*\n.*exit 3.*\n.*signal SIGKILL/);
  world.put("max-death-tally", "0");
  const third = world.supervise();
  third.command(bytes("x"));
  await world.end(4);
  assert.equal(world.read("supervise/deaths"), "");
});

test("a newline on notification-fd makes it ready until it dies", async (t) => {
  const world = new World(t, { "notification-fd": "3\n" });
  const real = failingPosix(world.posix, undefined).posix;
  const { posix } = await import("../../src/posix/index.ts");
  const supervisor = world.supervise(
    new Proxy(real, { get: (target, name: "watch") => (name === "watch" ? posix : target)[name] }),
  );
  assert.deepEqual([...world.last.descriptors.keys()], [1, 3]);
  // The supervisor has closed its end by now; a service would have inherited it.
  supervisor.command(bytes("x"));
  await world.end(0);
  assert.equal(world.read("supervise/ready"), undefined);
});

test("a service that an earlier supervisor left running is taken over, and not started twice", async (t) => {
  const world = new World(t, { down: "" });
  world.nowMs = 500;
  const left = world.leave({ want: "up", paused: true });
  await world.pass(7000);
  const supervisor = world.supervise();
  const { pid, want, paused } = world.status ?? {};
  assert.deepEqual([pid, want, paused, world.processes.length], [left.pid, "up", true, 1]);
  assert.deepEqual(world.said, [`warning: DIR runs already, as process ${left.pid}: taken over`]);
  supervisor.command(bytes("du"));
  assert.deepEqual(left.signals, ["SIGTERM", "SIGCONT"]);
  await world.end("SIGTERM", left);
  await world.pass(0);
  assert.equal(world.alive.length, 1);
  assert.match(world.read("supervise/deaths") ?? "", /pid 1000 unknown after 7\.000 asked\n$/);
});

test("a process that merely has the number of an earlier service is left alone", async (t) => {
  const world = new World(t);
  world.nowMs = 10_000;
  const stranger = world.leave({ want: "down", paused: false }, 8000);
  const supervisor = world.supervise();
  assert.equal(world.processes.length, 2);
  assert.equal(supervisor.process, world.last.pid);
  supervisor.command(bytes("kx"));
  await world.end("SIGKILL");
  assert.deepEqual(stranger.signals, []);
});

test("a daemon that was there before it was known is taken over, where there is a pidfile", async (t) => {
  for (const files of [{ pidfile: "a.pid" }, {}]) {
    const world = new World(t, files);
    const daemon = world.leave({ want: "up", paused: false }, 3000);
    world.nowMs = 10_000;
    const supervisor = world.supervise();
    assert.equal(supervisor.process === daemon.pid, "pidfile" in files);
    supervisor.command(bytes("x"));
    for (const process of world.alive) await world.end(0, process);
  }
});

test("an earlier service that has ended is started", async (t) => {
  const world = new World(t);
  const dead = world.leave({ want: "up", paused: false });
  await world.end(0, dead);
  const supervisor = world.supervise();
  assert.equal(supervisor.process, world.last.pid);
  assert.notEqual(world.last, dead);
  assert.deepEqual(world.said, []);
  supervisor.command(bytes("dx"));
  await world.end("SIGTERM");
});

test("a life leaves no descriptor and no timer behind", async (t) => {
  const before = fs.readdirSync("/proc/self/fd").length;
  const files = { finish: "", "notification-fd": "3", "lock-fd": "4", backoff: "1000" };
  const world = new World(t, files);
  const supervisor = world.supervise();
  for (let lives = 0; lives < 3; lives++) {
    await world.end(1);
    await world.end(0);
    assert.equal(world.pending, 1, "the next start");
    await world.pass(1000);
  }
  world.startFailures.push("EACCES", "EAGAIN");
  await world.end(1);
  await world.end(0);
  await world.pass(2000);
  supervisor.command(bytes("x"));
  assert.equal(world.hasEnded || world.alive.length === 0, true);
  await world.pass(0);
  assert.equal(world.hasEnded, true);
  assert.equal(fs.readdirSync("/proc/self/fd").length, before);
  assert.equal(world.pending, 0);
});

test("every finish has all of its time", async (t) => {
  const world = new World(t, { finish: "", "timeout-finish": "1500" });
  const supervisor = world.supervise();
  await world.end(1);
  await world.pass(100);
  await world.end(0);
  await world.pass(900);
  await world.end(1);
  await world.pass(1400);
  assert.deepEqual([world.last.argv[0], world.last.signals], ["./finish", []]);
  await world.pass(100);
  assert.deepEqual(world.last.signals, ["SIGKILL", "SIGCONT"]);
  supervisor.command(bytes("x"));
  await world.end("SIGKILL");
});

test("no process can be made: it says so, waits a minute, and up does not wait", async (t) => {
  const world = new World(t);
  world.startFailures.push("EAGAIN", "ENOMEM");
  const supervisor = world.supervise();
  const said = "warning: unable to fork for DIR, sleeping 60 seconds: ";
  assert.deepEqual(world.said, [`${said}temporary failure`]);
  await world.pass(59_999);
  assert.equal(world.status?.pid, 0);
  await world.pass(1);
  assert.deepEqual(world.said[1], `${said}out of memory`);
  supervisor.command(bytes("u"));
  await world.pass(1000);
  assert.equal(world.alive.length, 1);
  assert.match(world.read("supervise/deaths") ?? "", /unstarted EAGAIN\n.* unstarted ENOMEM\n$/);
});

test("run cannot be run: it says so once a second, and stays down", async (t) => {
  const world = new World(t);
  world.startFailures.push("ENOENT", "EACCES");
  world.supervise();
  await world.pass(1000);
  assert.deepEqual(world.said, [
    "fatal: unable to start DIR/run: file does not exist",
    "fatal: unable to start DIR/run: access denied",
  ]);
  assert.deepEqual([world.status?.pid, world.status?.want], [0, "up"]);
  await world.pass(1000);
  assert.equal(world.alive.length, 1);
});

test("status that cannot be written is a warning, the old one stays", async (t) => {
  const world = new World(t);
  const supervisor = world.supervise();
  fs.mkdirSync(join(world.directory, "supervise/status.new"));
  const before = world.status;
  supervisor.command(bytes("p"));
  assert.deepEqual(world.status, before);
  fs.rmSync(join(world.directory, "supervise"), { recursive: true });
  supervisor.command(bytes("c"));
  assert.deepEqual(world.said, [
    "warning: unable to open DIR/supervise/status.new: is a directory",
    "warning: unable to open DIR/supervise/status.new: file does not exist",
  ]);
  assert.deepEqual(world.last.signals, ["SIGSTOP", "SIGCONT"]);
});

test("control is a file: nobody can be heard on it, and the service is supervised", (t) => {
  const world = new World(t);
  fs.mkdirSync(join(world.directory, "supervise"));
  world.put("supervise/control", "d");
  world.supervise({ ...world.posix, watch: () => undefined });
  assert.equal(world.alive.length, 1);
  assert.match(
    world.said.join(),
    /^warning: unable to hear commands: DIR\/supervise\/control is not a FIFO/,
  );
});

test("whichever call fails once in its life, it goes on to its end", async (t) => {
  const files = {
    finish: "",
    "timeout-kill": "500",
    "notification-fd": "3",
    "lock-fd": "4",
    backoff: "2000",
  };
  let lives = 0;
  let calls = Number.POSITIVE_INFINITY;
  for (let at = 1; at <= calls; at++) {
    const world = new World(t, files);
    const failing = failingPosix(world.posix, { kind: "fail", at, code: "ENOSPC" });
    // Waiting for a child and closing a pipe cannot fail, a signal only for reasons that are passed over.
    const posix = new Proxy(failing.posix, {
      get: (target, name: "ended") =>
        (/^(ended|kill|findProcess|close)$/.test(name) ? world.posix : target)[name],
    });
    const life = async (): Promise<void> => {
      const supervisor = world.supervise(posix);
      for (const text of ["pc", "h", "d", "u", "o", "x", "d"]) {
        supervisor.command(bytes(text));
        await world.pass(600);
        for (const process of world.alive) if (text === "d") await world.end("SIGTERM", process);
        for (const process of world.alive) await world.end(0, process);
        await world.pass(60_000);
      }
      assert.deepEqual([world.hasEnded, world.faults, world.alive], [true, [], []], `call ${at}`);
      lives++;
    };
    await life().catch((failure: unknown) => {
      if (!(failure instanceof Fatal)) throw failure;
    });
    if (failing.calls.length < at) calls = at;
  }
  assert.ok(lives > 100, `${lives} lives`);
});

test("whichever call fails at the start, it says what, or the service is supervised", (t) => {
  let refused = 0;
  for (let at = 1; at < 60; at++) {
    const world = new World(t);
    const { posix, calls } = failingPosix(world.posix, { kind: "fail", at, code: "EIO" });
    try {
      world.supervise(posix);
      assert.equal(world.processes.length + world.said.length > 0, true, `call ${at}`);
    } catch (failure) {
      refused++;
      // Where the directory supervise could not be made, the lock is what is missed.
      const causes = /^unable to .*: (input\/output error|file does not exist)$/;
      assert.match((failure as Error).message, causes);
    }
    if (calls.length < at) break;
  }
  assert.ok(refused >= 6, `${refused} refusals`);
});

test("what is asked while a start is under way is done when it has come to something", async (t) => {
  const world = new World(t);
  world.startTurns = 2;
  const supervisor = world.supervise();
  supervisor.command(bytes("dx"));
  assert.equal(world.processes.length, 0);
  assert.equal(world.status?.want, "up");
  for (let turns = 0; turns < 3; turns++) await world.pass(0);
  assert.deepEqual(world.last.signals, ["SIGTERM", "SIGCONT"]);
  assert.equal(world.status?.want, "down");
  await world.end("SIGTERM");
  assert.ok(world.hasEnded);
  assert.match(world.read("supervise/deaths") ?? "", /signal SIGTERM after 0\.000 asked\n$/);
});

test("a start that comes to nothing later is said, and tried again in a second", async (t) => {
  const world = new World(t);
  world.startTurns = 2;
  world.startFailures.push("ENOEXEC");
  world.supervise();
  for (let turns = 0; turns < 3; turns++) await world.pass(0);
  assert.deepEqual(world.said, ["fatal: unable to start DIR/run: exec format error"]);
  assert.equal(world.alive.length, 0);
  await world.pass(1000);
  for (let turns = 0; turns < 3; turns++) await world.pass(0);
  assert.equal(world.alive.length, 1);
  assert.equal(world.status?.pid, world.last.pid);
});
