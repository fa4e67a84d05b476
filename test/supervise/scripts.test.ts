/** What is run beside run, in a world where processes and time do what the test says. */
// Not tested here: real scripts; see test/bin/service-files.test.ts.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { World } from "./world.ts";

const bytes = (text: string): Buffer => Buffer.from(text);

test("start goes before run, once, and stop behind it when it has ended for good", async (t) => {
  const world = new World(t, { run: "", start: "", stop: "" });
  const supervisor = world.supervise();
  assert.deepEqual(world.names, ["start"]);
  assert.deepEqual([world.status?.pid, world.status?.want], [0, "up"]);
  assert.equal(world.read("supervise/phase"), "starting\n");
  await world.pass(3000);
  await world.end(0);
  assert.deepEqual(world.names, ["start", "run"]);
  assert.equal(world.read("supervise/phase"), undefined);
  await world.end(1);
  await world.pass(1000);
  assert.deepEqual(world.names, ["start", "run", "run"], "a restart is no new beginning");
  supervisor.command(bytes("d"));
  await world.end("SIGTERM");
  assert.deepEqual(world.last.argv, ["./stop"]);
  assert.equal(world.read("supervise/phase"), "stopping\n");
  await world.end(3);
  assert.equal(world.read("supervise/phase"), undefined);
  assert.equal(world.alive.length, 0);
  supervisor.command(bytes("u"));
  await world.pass(1000);
  assert.equal(world.last.argv[0], "./start");
  supervisor.command(bytes("x"));
  await world.end(0);
  await world.end(0);
  assert.deepEqual([world.last.argv[0], world.hasEnded], ["./stop", true]);
});

test("a start that fails keeps run from being started until a command comes", async (t) => {
  for (const how of [1, 100, "SIGSEGV"]) {
    const world = new World(t, { run: "", start: "", stop: "" });
    const supervisor = world.supervise();
    await world.end(how);
    await world.pass(90_000);
    assert.deepEqual(world.names, ["start"], "neither run nor stop");
    assert.equal(world.status?.want, "down");
    assert.match(world.read("supervise/phase") ?? "", /^failed @[0-9a-f]{24}\n$/);
    assert.match(
      world.said.join("\n"),
      /DIR\/start (has ended with|was killed by) .*\n.*given up: DIR/,
    );
    supervisor.command(bytes("u"));
    assert.equal(world.read("supervise/phase"), "starting\n");
    await world.end(0);
    assert.equal(world.last.argv[0], "./run");
    supervisor.command(bytes("dx"));
    await world.end(0);
    await world.end(0);
    assert.equal(world.hasEnded, true);
  }
});

test("d and signals reach start and stop; a start that was told to end has not failed", async (t) => {
  const world = new World(t, { run: "", start: "", stop: "", "timeout-kill": "500" });
  const supervisor = world.supervise();
  supervisor.command(bytes("h"));
  supervisor.command(bytes("d"));
  await world.pass(500);
  assert.deepEqual(world.last.signals, ["SIGHUP", "SIGTERM", "SIGCONT", "SIGKILL", "SIGCONT"]);
  await world.end("SIGKILL");
  assert.deepEqual([world.said, world.names], [[], ["start"]]);
  supervisor.command(bytes("u"));
  await world.pass(1000);
  await world.end(0);
  supervisor.command(bytes("dx"));
  await world.end(0);
  supervisor.command(bytes("k"));
  assert.deepEqual([world.last.argv[0], ...world.last.signals], ["./stop", "SIGKILL"]);
  await world.end("SIGKILL");
  assert.equal(world.hasEnded, true);
});

test("start without run is a service that is started, until it is told down", async (t) => {
  const world = new World(t, { start: "", stop: "" });
  world.startFailures.push("", "ENOENT");
  const supervisor = world.supervise();
  await world.end(0);
  await world.pass(5000);
  assert.deepEqual([world.status?.pid, world.status?.want, world.said], [0, "once", []]);
  assert.equal(world.read("supervise/phase"), "started\n");
  supervisor.command(bytes("u"));
  await world.pass(5000);
  assert.deepEqual(world.names, ["start"]);
  supervisor.command(bytes("dx"));
  assert.equal(world.last.argv[0], "./stop");
  await world.end(0);
  assert.equal(world.hasEnded, true);
});

test("files start, stop and notify that cannot be run are somebody else's", async (t) => {
  const world = new World(t, { run: "" });
  for (const name of ["start", "notify"]) fs.writeFileSync(join(world.directory, name), "");
  fs.mkdirSync(join(world.directory, "stop"));
  const supervisor = world.supervise();
  assert.deepEqual(world.names, ["run"]);
  supervisor.command(bytes("dx"));
  await world.end(0);
  assert.deepEqual([world.names, world.said, world.hasEnded], [["run"], [], true]);
});

test("a start that cannot be made a process is tried again, once a second", async (t) => {
  const world = new World(t, { run: "", start: "" });
  world.startFailures.push("EAGAIN", "EAGAIN");
  const supervisor = world.supervise();
  await world.pass(1999);
  const told = "warning: unable to start DIR/start: temporary failure";
  assert.deepEqual([world.said, world.names], [[told, told], []]);
  await world.pass(1);
  assert.deepEqual(world.names, ["start"]);
  await world.end(0);
  assert.deepEqual(world.names, ["start", "run"]);
  supervisor.command(bytes("dx"));
  await world.end(0);
  assert.equal(world.hasEnded, true);
});

test("notify is told of every start and end, and nobody waits for it", async (t) => {
  const world = new World(t, { run: "", start: "", stop: "", notify: "" });
  const supervisor = world.supervise();
  const end = async (name: string, how: number | string): Promise<void> =>
    world.end(
      how,
      world.processes.findLast(({ argv }) => argv[0] === `./${name}`),
    );
  await end("start", 0);
  supervisor.command(bytes("dx"));
  await end("run", "SIGTERM");
  await end("stop", 2);
  assert.equal(world.hasEnded, true);
  const told = world.processes.filter(({ argv }) => argv[0] === "./notify");
  const [start, run, stop] = ["start", "run", "stop"].map(
    (name) => world.processes.find(({ argv }) => argv[0] === `./${name}`)?.pid,
  );
  assert.deepEqual(
    told.map(({ argv }) => argv.slice(1).join(" ")),
    [
      `start start ${start} 0`,
      `start exit ${start} 0`,
      `run start ${run} 0`,
      `run killed ${run} 15`,
      `stop start ${stop} 0`,
      `stop exit ${stop} 2`,
    ],
  );
});

test("stop comes behind finish, and not behind a service that was given up", async (t) => {
  const world = new World(t, { run: "", finish: "", stop: "" });
  const supervisor = world.supervise();
  supervisor.command(bytes("o"));
  await world.end(0);
  await world.end(0);
  assert.deepEqual(world.names, ["run", "finish", "stop"]);
  await world.end(0);
  supervisor.command(bytes("u"));
  await world.pass(1000);
  await world.end(0);
  await world.end(125);
  assert.deepEqual(world.names.slice(3), ["run", "finish"]);
  assert.match(world.read("supervise/phase") ?? "", /^failed @[0-9a-f]{24}\n$/);
  supervisor.command(bytes("x"));
  await world.pass(0);
  assert.equal(world.hasEnded, true);
});

test("a run that keeps ending well at once is taken for one that goes to the background", async (t) => {
  const world = new World(t, { run: "" });
  const supervisor = world.supervise();
  const told = /DIR\/run ends as soon as it has begun: if it puts itself into the background/;
  for (let ends = 0; ends < 6; ends++) {
    assert.equal(world.said.filter((line) => told.test(line)).length, ends < 3 ? 0 : 1);
    await world.pass(100);
    await world.end(0);
    await world.pass(1000);
  }
  await world.pass(5000);
  await world.end(1);
  for (let ends = 0; ends < 2; ends++) {
    await world.pass(1000);
    await world.end(0);
  }
  assert.equal(world.said.length, 1, "another end between them, and it begins anew");
  await world.pass(1000);
  for (let ends = 0; ends < 4; ends++) {
    await world.end(1);
    await world.pass(1000);
  }
  assert.equal(world.said.length, 1, "nor is it one that fails at once");
  supervisor.command(bytes("dx"));
});
