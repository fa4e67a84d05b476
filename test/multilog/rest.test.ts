import assert from "node:assert/strict";
import { test } from "node:test";
import { Rest } from "../../src/multilog/rest.ts";
import { type Posix, posix } from "../../src/posix/index.ts";

/** How the thread rests, one letter a rest: it stands (s), or has its turn (t). */
async function rests(count: number, mayHold: (rest: number) => boolean): Promise<string> {
  let said = "";
  let number = 0;
  const system: Posix = {
    ...posix,
    standStill: () => void (said += "s"),
    sleep: async () => void (said += "t"),
  };
  const rest = new Rest(system, () => mayHold(number));
  for (; number < count; number++) await rest.take();
  return said;
}

test("a thread that nobody else needs stands still, and has its turn now and then", async () => {
  const standing = "s".repeat(15);
  assert.equal(await rests(33, () => true), `${standing}t${standing}ts`);
});

test("a thread that others need never stands still", async () => {
  assert.equal(await rests(10, () => false), "t".repeat(10));
  assert.equal(await rests(6, (rest) => rest < 2 || rest > 3), "ssttss");
});

test("standing still takes its time, and returns", () => {
  const begun = posix.monotonicMs();
  posix.standStill(2);
  assert.ok(posix.monotonicMs() - begun >= 1.9);
});
