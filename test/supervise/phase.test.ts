/** supervise/phase: what the status has no room for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  essentialEnd,
  parseEssentialEnd,
  parsePhase,
  phaseOf,
  TELLING,
} from "../../src/supervise/phase.ts";
import { newService, PHASES, type Service } from "../../src/supervise/service.ts";
import { fromUnixNanos } from "../../src/tai64/index.ts";

const facts = { heldBy: ["db", "cache"], failedAt: fromUnixNanos(1_795_164_003_000_000_000n) };

test("every phase is told in its words, up and down in none", () => {
  const lines = PHASES.map((phase) => phaseOf({ ...newService("up"), phase }, facts));
  assert.deepEqual(lines, [
    undefined,
    undefined,
    "held db cache",
    "starting",
    "started",
    undefined,
    "finishing",
    "stopping",
    undefined,
  ]);
  const failed: Service = { ...newService("down"), failed: true };
  assert.equal(phaseOf(failed, facts), "failed @400000006b00076d00000000");
});

test("what is told is read again, and what means nothing is none", () => {
  for (const word of TELLING) {
    assert.deepEqual(parsePhase(`${word} a b\nrest`), { word, words: ["a", "b"] });
    assert.deepEqual(parsePhase(word), { word, words: [] });
  }
  for (const text of ["", "\n", "up", " held", "constructor", "\0"])
    assert.equal(parsePhase(text), undefined);
});

test("how an essential service ended is told and read again", () => {
  for (const ending of [
    { code: 0, signal: undefined },
    { code: 255, signal: undefined },
    { code: undefined, signal: "SIGSEGV" },
  ])
    assert.deepEqual(parseEssentialEnd(`${essentialEnd(ending)}\n`), ending);
  for (const text of ["", "failed", "held db"]) assert.equal(parseEssentialEnd(text), undefined);
});
