/** Waiting for services: how often it is looked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Gone, untilSeen } from "../../../src/web/rpc/waiting.ts";
import { FakeTree, viewOf } from "./fake-tree.ts";

const SERVICES = 1000;
const SECONDS = 4;
const STEP_MS = 100;

test("many that wait look no oftener than some do, and at their own service's news", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const names = Array.from({ length: SERVICES }, (_, n) => `service${n}`);
  const tree = new FakeTree(...names.map((name) => viewOf(name)));
  const gone = new AbortController();
  const looked = new Map<string, number>();
  const all = names.map((name) => {
    const look = (): undefined => void looked.set(name, (looked.get(name) ?? 0) + 1);
    return untilSeen(tree, gone.signal, look, name);
  });
  const looks = (): number => [...looked.values()].reduce((sum, one) => sum + one, 0);
  assert.equal(looks(), SERVICES);
  for (let ms = 0; ms < SECONDS * 1000; ms += STEP_MS) {
    t.mock.timers.tick(STEP_MS);
    await turn();
  }
  const later = looks() - SERVICES;
  assert.ok(later >= SERVICES && later <= SECONDS * 500 + SERVICES, `${later} looks`);
  const before = looks();
  tree.set("service7", { state: "down" });
  await turn();
  assert.equal(looks(), before + 1);
  tree.remove("service8");
  await turn();
  assert.equal(looks(), before + 2);
  gone.abort();
  for (const one of all) await assert.rejects(one, Gone);
  // Those are not counted any more: the next one is not kept waiting.
  let found: string | undefined;
  const one = untilSeen(tree, new AbortController().signal, () => found);
  found = "found";
  t.mock.timers.tick(STEP_MS);
  assert.equal(await one, "found");
});
