/** A service that is started after others. */
// Not tested here: other supervisors than ours; see test/bin/service-files.test.ts.
import assert from "node:assert/strict";
import fs from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { posix } from "../../src/posix/index.ts";
import { findCycle } from "../../src/supervise/others.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { World } from "./world.ts";

const bytes = (text: string): Buffer => Buffer.from(text);
const nameOf = (world: World): string => basename(world.directory);

test("after: run waits until the others are up, and says for whom it waits", async (t) => {
  const [db, cache, web] = [new World(t), new World(t), new World(t, { start: "" })];
  web.put("after", `${nameOf(db)} # and\n\n${nameOf(cache)}\n`);
  const supervisor = web.supervise();
  await web.pass(20_000);
  assert.deepEqual([web.names, web.said, web.status?.want], [[], [], "up"]);
  assert.equal(web.read("supervise/phase"), `held ${nameOf(db)} ${nameOf(cache)}\n`);
  const others = [db.supervise()];
  await until("news of the first", () => web.read("supervise/phase") === `held ${nameOf(cache)}\n`);
  others.push(cache.supervise());
  await until("its start", () => web.names.length > 0);
  assert.deepEqual(web.names, ["start"]);
  await web.end(0);
  assert.equal(web.read("supervise/phase"), undefined);
  others[0]?.command(bytes("d"));
  await db.end("SIGTERM");
  assert.equal(web.alive.length, 1, "one that is up is left alone");
  await web.end(1);
  await web.pass(1000);
  assert.deepEqual(web.names, ["start", "run"]);
  others[0]?.command(bytes("u"));
  await db.pass(1000);
  await until("its next start", () => web.names.length === 3);
  for (const one of [supervisor, ...others]) one.command(bytes("dx"));
  for (const world of [web, db, cache]) await world.end("SIGTERM");
  assert.deepEqual([web.hasEnded, db.hasEnded, cache.hasEnded], [true, true, true]);
});

test("after: one that tells when it is ready is waited for until then; without news, by the clock", async (t) => {
  const [db, web] = [new World(t, { "notification-fd": "3" }), new World(t)];
  web.put("after", nameOf(db));
  const supervisors = [db.supervise(), web.supervise()];
  await web.pass(10_000);
  assert.equal(web.names.length, 0);
  fs.writeFileSync(join(db.directory, "supervise/ready"), "@400000006b00095226f05663\n");
  await web.pass(5000);
  assert.deepEqual(web.names, ["run"]);
  for (const one of supervisors) one.command(bytes("dx"));
  for (const world of [db, web]) await world.end("SIGTERM");
});

test("after: a service that is all start counts as up", async (t) => {
  const [net, web] = [new World(t, { start: "", "notification-fd": "3" }), new World(t)];
  web.put("after", nameOf(net));
  net.startFailures.push("", "ENOENT");
  const supervisors = [net.supervise(), web.supervise()];
  await net.end(0);
  await until("its start", () => web.names.length === 1);
  for (const one of supervisors) one.command(bytes("dx"));
  await web.end(0);
});

test("after: d, o and x while it waits", async (t) => {
  const [db, web] = [new World(t), new World(t)];
  web.put("after", nameOf(db));
  const supervisor = web.supervise();
  supervisor.command(bytes("d"));
  assert.deepEqual([web.status?.want, web.read("supervise/phase")], ["down", undefined]);
  supervisor.command(bytes("o"));
  assert.equal(web.read("supervise/phase"), `held ${nameOf(db)}\n`);
  const other = db.supervise();
  await until("its run", () => web.names.length === 1);
  await web.end(0);
  other.command(bytes("dx"));
  await db.end(0);
  supervisor.command(bytes("u"));
  await web.pass(1000);
  supervisor.command(bytes("x"));
  await web.pass(0);
  assert.deepEqual([web.hasEnded, web.names, web.pending], [true, ["run"], 0]);
});

test("after: services that wait for each other are told so, and go on when one is mended", async (t) => {
  const [a, b, c] = [new World(t), new World(t), new World(t)];
  const ring = [a, b, c] as const;
  a.put("after", nameOf(b));
  b.put("after", nameOf(c));
  c.put("after", `${nameOf(a)}\n`);
  const supervisors = ring.map((one) => one.supervise());
  for (const one of ring) await one.pass(20_000);
  assert.deepEqual(a.said, [
    `warning: DIR waits for itself: ${nameOf(a)} after ${nameOf(b)} after ${nameOf(c)} after ${nameOf(a)}: mend their files after`,
  ]);
  assert.equal(c.said.length, 1);
  fs.rmSync(join(c.directory, "after"));
  for (const one of [c, b, a]) await one.pass(5000);
  await until("all", () => ring.every(({ alive }) => alive.length === 1));
  for (const one of supervisors) one.command(bytes("dx"));
  for (const world of ring) await world.end("SIGTERM");
});

test("after: what is not there, is no directory or a loop of links is said once, with its cause", async (t) => {
  const web = new World(t);
  const long = "n".repeat(300);
  fs.symlinkSync("loop", join(web.directory, "loop"));
  web.put("file", "");
  const inside = nameOf(web);
  web.put("after", `missing-of-${inside} ${inside}/file ${inside}/loop ${long}\n`);
  const supervisor = web.supervise();
  await web.pass(20_000);
  assert.deepEqual(web.said, [
    "warning: DIR waits for services that cannot be looked at: " +
      `missing-of-${inside} (file does not exist), ${inside}/file (not a directory), ` +
      `${inside}/loop (symbolic link loop), ${long} (file name too long)`,
  ]);
  web.put("after", "");
  await web.pass(5000);
  assert.deepEqual(web.names, ["run"]);
  supervisor.command(bytes("dx"));
  await web.end(0);
});

/** A directory of services with their files `after`. */
function makeScan(scope: Scope, after: Readonly<Record<string, readonly string[]>>): string {
  const scan = temporaryDirectory(scope);
  for (const [name, names] of Object.entries(after)) {
    fs.mkdirSync(join(scan, name));
    fs.writeFileSync(join(scan, name, "after"), names.join("\n"));
  }
  return scan;
}

test("a cycle is found exactly where there is one, under whatever names", async (t) => {
  const scan = makeScan(t, {
    a: ["b"],
    b: ["link"],
    c: ["d", "a"],
    d: [],
    self: ["self"],
    e: ["a"],
  });
  fs.symlinkSync("c", join(scan, "link"));
  const cycle = (name: string): string | undefined => {
    const names = fs.readFileSync(join(scan, name, "after"), "latin1").split("\n");
    const found = findCycle(posix, join(scan, `${name}/`), names.filter(Boolean).map(bytes));
    return found?.map(String).join(" ");
  };
  assert.deepEqual(["a", "self", "d", "e"].map(cycle), [
    "a b link a",
    "self self",
    undefined,
    undefined,
  ]);
  let graphs = 0;
  const names = ["p", "q", "r", "s"];
  const graph = fc.record(Object.fromEntries(names.map((name) => [name, fc.subarray(names)])));
  fc.assert(
    fc.property(graph, (after) => {
      graphs++;
      const tidy: (() => void)[] = [];
      const place = makeScan({ after: (action) => tidy.push(action) }, after);
      const reached = new Set<string>();
      const walk = (name: string): void => {
        for (const next of after[name] ?? []) {
          if (reached.has(next)) continue;
          reached.add(next);
          walk(next);
        }
      };
      walk("p");
      const found = findCycle(posix, join(place, "p"), (after["p"] ?? []).map(bytes));
      assert.equal(found !== undefined, reached.has("p"));
      for (const action of tidy) action();
    }),
    { numRuns: 60 },
  );
  assert.ok(graphs >= 60);
});
