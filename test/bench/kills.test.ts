/** The kill trial finds what a logger loses, and finds nothing where nothing is lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Kills, measureKills } from "../../src/bench/kills.ts";
import { SampleLines } from "../../src/bench/sample-lines.ts";
import { makeTrialScript } from "../../src/bench/trial-script.ts";
import { posix } from "../../src/posix/index.ts";
import { ours } from "../support/commands.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const timeout = 60_000;
const careless = fileURLToPath(
  new URL("../../../test/bench/programs/careless.pl", import.meta.url),
);

function killAgainAndAgain(scope: Scope, program: string): Promise<Kills> {
  const words = ["t", "-* api*", "./main"].map((word) => Buffer.from(word));
  const script = makeTrialScript(program === careless ? words.slice(2) : words);
  const path = temporaryDirectory(scope);
  const pace = { path, seconds: 0.6, linesPerSecond: 10_000 };
  return measureKills(posix, program, script, new SampleLines(undefined), pace);
}

test("multilog loses no line that its script wants", { timeout }, async (t) => {
  const { kills, lines, lost } = await killAgainAndAgain(t, ours("multilog"));
  assert.ok(kills >= 2, `${kills} kills`);
  assert.deepEqual({ lines, lost }, { lines: 6000, lost: 0 });
});

test("what a careless logger loses is counted", { timeout }, async (t) => {
  const { kills, lost } = await killAgainAndAgain(t, careless);
  assert.ok(kills >= 2, `${kills} kills`);
  assert.ok(lost > 0 && lost < 6000, `${lost} lost`);
});
