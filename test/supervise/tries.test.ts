/** Services whose starts are counted, and whose work can be done: start-seconds, start-retries, exit-codes, kill-group. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./world.ts";

const bytes = (text: string): Buffer => Buffer.from(text);
const starts = (world: World): number[] => world.processes.map(({ startedAt }) => startedAt);

/** Lets it die as soon as it has been started, for so many seconds. */
async function crash(world: World, seconds: number): Promise<void> {
  for (let n = 0; n < seconds * 10; n++) {
    if (world.alive.length > 0) await world.end(1);
    await world.pass(100);
  }
}

test("a start that fails is tried again after one second, two, three, and then given up", async (t) => {
  const world = new World(t, { "start-seconds": "5\n", "start-retries": "3\n" });
  const supervisor = world.supervise();
  await crash(world, 60);
  assert.deepEqual(starts(world), [0, 1000, 3000, 6000]);
  assert.equal(world.status?.want, "down");
  assert.match(world.said.join("\n"), /given up: DIR is not started again/);
  // Told to, it has all its tries again.
  supervisor.command(bytes("u"));
  await crash(world, 60);
  assert.equal(world.processes.length, 8);
});

test("a run that has lived long enough ends the row", async (t) => {
  const world = new World(t, { "start-seconds": "5", "start-retries": "1" });
  world.supervise();
  for (let n = 0; n < 4; n++) {
    await world.end(1);
    await world.pass(1000);
    await world.pass(5000);
    await world.end(1);
    await world.pass(0);
  }
  assert.deepEqual(world.said, []);
  assert.equal(world.alive.length, 1);
});

test("start-retries alone wants a second; a death that was asked for is no failed start", async (t) => {
  const world = new World(t, { "start-retries": "0" });
  const supervisor = world.supervise();
  supervisor.command(bytes("t"));
  await world.end("SIGTERM");
  await world.pass(1000);
  assert.equal(world.alive.length, 1);
  await world.pass(999);
  await world.end(0);
  assert.equal(world.status?.want, "down");
  await world.pass(60_000);
  assert.equal(world.processes.length, 2);
});

test("start-seconds alone changes nothing", async (t) => {
  const world = new World(t, { "start-seconds": "5" });
  world.supervise();
  await crash(world, 5);
  assert.deepEqual(starts(world).slice(0, 5), [0, 1000, 2000, 3000, 4000]);
});

test("an exit code that is expected ends it for good; others, and signals, do not", async (t) => {
  const world = new World(t, { "exit-codes": "0, 2\n", "start-seconds": "1", stop: "" });
  world.supervise();
  for (const how of [1, "SIGKILL", 255]) {
    await world.pass(1000);
    await world.end(how);
    await world.pass(1000);
    assert.equal(world.alive.length, 1, String(how));
  }
  // Too soon: a start that failed.
  await world.end(2);
  await world.pass(1000);
  assert.equal(world.alive.length, 1);
  await world.pass(1000);
  await world.end(2);
  await world.pass(60_000);
  assert.equal(world.alive.length, 0);
  assert.deepEqual([world.status?.want, world.said], ["down", []]);
});

test("exit-codes any: it is not started again, however it ended", async (t) => {
  const world = new World(t, { "exit-codes": "any" });
  world.supervise();
  await world.pass(2000);
  await world.end("SIGSEGV");
  await world.pass(60_000);
  assert.equal(world.processes.length, 1);
});

test("files that cannot be used are warned about, and count as missing", async (t) => {
  const world = new World(t, { "exit-codes": "zero", "start-retries": "-1", "kill-group": "some" });
  const supervisor = world.supervise();
  await world.end(0);
  await world.pass(1000);
  supervisor.command(bytes("d"));
  assert.deepEqual(world.said.sort(), [
    "warning: invalid exit-codes in DIR: write exit codes with blanks between them, or any into its first line",
    "warning: invalid kill-group in DIR: write all or kill into its first line",
    "warning: invalid start-retries in DIR: write a number into its first line",
  ]);
  assert.deepEqual(world.last.signals, ["SIGTERM", "SIGCONT"]);
});

for (const [word, signals] of [
  ["all", ["group SIGTERM", "group SIGCONT", "group SIGKILL", "group SIGCONT"]],
  ["", ["group SIGTERM", "group SIGCONT", "group SIGKILL", "group SIGCONT"]],
  ["kill", ["SIGTERM", "SIGCONT", "group SIGKILL", "group SIGCONT"]],
] as const) {
  test(`kill-group "${word}": the whole group gets what it says`, async (t) => {
    const world = new World(t, { "kill-group": word, "timeout-kill": "500" });
    world.leadGroups = true;
    const supervisor = world.supervise();
    assert.equal(world.last.options.newGroup, true);
    supervisor.command(bytes("d"));
    await world.pass(500);
    assert.deepEqual(world.last.signals, signals);
  });
}
