/** What a program can learn of a service directory. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { SystemFailure } from "../../src/posix/index.ts";
import { readService, waitForServices } from "../../src/supervise/index.ts";
import { DEFAULT_SETTINGS } from "../support/settings.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { World } from "./world.ts";

test("a service directory is read: state, deaths, settings with their defaults", async (t) => {
  const world = new World(t, { run: "" });
  const before = readService(world.directory);
  assert.deepEqual(
    [before.isSupervised, before.isUp, before.status, before.deaths],
    [false, false, undefined, []],
  );
  assert.equal(before.isNormallyUp, true);
  assert.deepEqual(before.settings, DEFAULT_SETTINGS);
  const supervisor = world.supervise();
  const { status, isUp, isReady } = readService(Buffer.from(world.directory));
  assert.deepEqual([status?.pid, isUp, isReady], [1000, true, true]);
  await world.end(3);
  const files = {
    after: "db",
    "timeout-kill": "soon",
    "down-signal": "9",
    down: "",
    pidfile: "a.pid",
  };
  for (const [name, text] of Object.entries(files)) world.put(name, text);
  const { settings, deaths, phase, ...now } = readService(world.directory);
  assert.deepEqual(
    [now.isUp, now.isReady, now.tellsReady, now.isNormallyUp],
    [false, false, true, false],
  );
  assert.deepEqual(
    deaths.map((death) => "cause" in death && death.cause),
    [3],
  );
  assert.deepEqual(settings.after.map(String), ["db"]);
  assert.deepEqual([settings.downSignal, settings.pidFile?.toString()], ["SIGKILL", "a.pid"]);
  assert.deepEqual(settings.faults, [
    `invalid timeout-kill in ${world.directory}: write a number into its first line`,
  ]);
  await world.pass(1000);
  assert.equal(phase, undefined);
  assert.deepEqual(readService(world.directory).phase, { word: "held", words: ["db"] });
  supervisor.command(Buffer.from("x"));
});

test("what is not there, or may not be read, is a failure of the system", (t) => {
  const directory = temporaryDirectory(t);
  assert.throws(() => readService(`${directory}/none`), SystemFailure);
  fs.mkdirSync(`${directory}/supervise`);
  fs.mkdirSync(`${directory}/supervise/status`);
  assert.throws(() => readService(directory), /EISDIR|is a directory/);
});

test("services are waited for, until they are so or the time is over", async (t) => {
  const [web, db] = [new World(t, { down: "" }), new World(t)];
  const supervisors = [web.supervise(), db.supervise()];
  const both = [web.directory, Buffer.from(db.directory)];
  assert.equal(await waitForServices(both, "up", { any: true }), true);
  assert.equal(await waitForServices(both, "up", { timeoutMs: 20 }), false);
  assert.equal(await waitForServices([], "up"), true);
  const waiting = waitForServices(both, "ready");
  supervisors[0]?.command(Buffer.from("u"));
  assert.equal(await waiting, true);
  const gone = waitForServices([web.directory], "finished");
  supervisors[0]?.command(Buffer.from("dx"));
  await web.end(0);
  assert.equal(await gone, true);
  const last = waitForServices([db.directory], "down");
  supervisors[1]?.command(Buffer.from("x"));
  await db.end(0);
  assert.equal(await last, true);
});

test("the room is a part of the package", async () => {
  const name = "timberline/supervise";
  const room = (await import(name)) as Record<string, unknown>;
  assert.deepEqual(
    ["function", "function"],
    [typeof room["readService"], typeof room["waitForServices"]],
  );
});
