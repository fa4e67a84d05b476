/** Random orders of commands, deaths and time: what must hold of a service whatever happens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Scope } from "../support/temporary.ts";
import { World } from "./world.ts";

const RUNS = 200;
const LETTERS = ["u", "d", "o", "p", "c", "h", "t", "k", "x", "+", "L"];

type Act =
  | { readonly kind: "bytes"; readonly text: string }
  | { readonly kind: "death"; readonly how: number | string }
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "no process" };

const acts = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("bytes" as const),
        text: fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("death" as const),
        how: fc.constantFrom(0, 1, 125, "SIGTERM"),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("time" as const),
        ms: fc.constantFrom(0, 1, 300, 999, 1000, 5000, 60_000),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "no process" as const }) },
  ),
  { maxLength: 30 },
) as fc.Arbitrary<Act[]>;

const files = fc.subarray([
  "finish",
  "start",
  "stop",
  "down",
  "backoff",
  "timeout-kill",
  "max-deaths",
  "start-seconds",
  "start-retries",
  "exit-codes",
  "kill-group",
]);
const CONTENT: Readonly<Record<string, string>> = {
  "timeout-kill": "400",
  "max-deaths": "2",
  "start-seconds": "1",
  "start-retries": "2",
  "exit-codes": "0 125",
};

/** Starts that are known at once, and such that another act comes in between. */
const turns = fc.constantFrom(0, 0, 1, 3);

/** @throws when something does not hold after an act */
async function live(
  scope: Scope,
  names: readonly string[],
  order: readonly Act[],
  startTurns: number,
): Promise<void> {
  const world = new World(
    scope,
    Object.fromEntries(names.map((name) => [name, CONTENT[name] ?? ""])),
  );
  world.startTurns = startTurns;
  const supervisor = world.supervise();
  for (const act of order) {
    const startsBefore = world.processes.length;
    const wantBefore = world.status?.want;
    const hadEnded = world.hasEnded;
    if (act.kind === "bytes") supervisor.command(Buffer.from(act.text));
    else if (act.kind === "time") await world.pass(act.ms);
    else if (act.kind === "no process") world.startFailures.splice(0, 1, "EAGAIN");
    else for (const process of world.alive) await world.end(act.how, process);
    await world.pass(0);
    hold(world, supervisor.process);
    const runs = world.names.slice(startsBefore).filter((name) => /^(run|start)$/.test(name));
    if (wantBefore === "down" && act.kind !== "bytes")
      assert.equal(runs.length, 0, "down means down");
    if (hadEnded) assert.equal(world.processes.length, startsBefore, "nothing after the end");
  }
  supervisor.command(Buffer.from("dx"));
  for (let left = 0; left < 4 + startTurns; left++) {
    for (const process of world.alive) await world.end(0, process);
    await world.pass(0);
  }
  await world.pass(0);
  assert.equal(world.hasEnded, true, "dx ends it");
}

/** `stop` undoes once what was begun; behind it, and before anything else, comes `start` where there is one. */
function holdOrder(world: World): void {
  const names = world.names.filter((name) => name !== "finish");
  const hasStart = world.read("start") !== undefined;
  for (const [at, name] of names.entries()) {
    const before = names[at - 1] ?? "stop";
    // A `run` that could not be started was begun as well, and is undone.
    const again = !hasStart && world.failedStarts > 0;
    if (name === "stop") assert.ok(before !== "stop" || again, names.join(" "));
    else if (before === "stop" && hasStart) assert.equal(name, "start", names.join(" "));
  }
}

function hold(world: World, pid: number): void {
  assert.ok(world.alive.length <= 1, "never two processes");
  const runs = world.processes.filter(({ argv }) => argv[0] === "./run");
  for (const [at, { startedAt }] of runs.entries()) {
    const before = runs[at - 1]?.startedAt ?? Number.NEGATIVE_INFINITY;
    assert.ok(startedAt - before >= 1000, `starts at ${before} and ${startedAt}`);
  }
  holdOrder(world);
  const [alive] = world.alive;
  const run = alive?.argv[0] === "./run" ? alive.pid : 0;
  assert.equal(pid, run);
  assert.equal(world.status?.pid, run, "status tells the process");
  assert.deepEqual(world.faults, []);
  if (world.hasEnded) assert.equal(world.alive.length, 0, "the end comes after the process's");
}

test("whatever happens in whatever order, the rules of a service hold", async (t) => {
  let lives = 0;
  const property = fc.asyncProperty(files, acts, turns, async (names, order, startTurns) => {
    lives++;
    const tidy: (() => void)[] = [];
    try {
      await live({ after: (action) => tidy.push(action) }, names, order, startTurns);
    } finally {
      for (const action of tidy) action();
    }
  });
  await fc.assert(property, { numRuns: RUNS });
  assert.ok(lives >= RUNS);
  t.diagnostic(`${lives} lives`);
});
