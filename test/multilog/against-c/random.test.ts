/**
 * Scripts and inputs made by chance, through the C multilog and through ours.
 *
 * `TIMBERLINE_SEED=n` repeats a run, `TIMBERLINE_SCRIPTS=n` asks for more than the usual number.
 */
// Not tested: here: where the C program ends its files in bulk (that depends on its reads of 1024 bytes).
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../../support/commands.ts";
import { readLogdir, withoutStamps } from "../../support/logdir.ts";
import { Chance, chooseSeed } from "../../support/random.ts";
import { type Ran, runOn } from "../../support/running.ts";
import { assertSame } from "../../support/same.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { cutSizes } from "./cut-model.ts";
import { type RandomCase, randomCase, randomPieces } from "./random-scripts.ts";

const SCRIPTS = Number(process.env["TIMBERLINE_SCRIPTS"] ?? 160);
const LOGDIRS_PER_SCRIPT = 14;
/** At once, so that neither program's start keeps a processor waiting. */
const ABREAST = 2;

const original = peer("multilog");

test(`multilog writes the same bytes as the C program, for ${SCRIPTS * LOGDIRS_PER_SCRIPT} log directories of random scripts`, {
  skip: original.skip,
  timeout: 600_000,
}, async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`TIMBERLINE_SEED=${seed}`);
  const place = temporaryDirectory(t);
  const seen = { logdirs: 0, archives: 0, statuses: 0 };
  let next = 0;
  const serve = async (): Promise<void> => {
    while (next < SCRIPTS) {
      const number = next++;
      const chance = new Chance(seed + number);
      const made = randomCase(chance, LOGDIRS_PER_SCRIPT);
      await compare(join(place, String(number)), made, chance, seen).catch((failure: unknown) => {
        next = SCRIPTS;
        t.diagnostic(`script ${number} of seed ${seed}: ${JSON.stringify(made.script)}`);
        throw failure;
      });
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, serve));
  t.diagnostic(JSON.stringify(seen));
  assert.equal(seen.logdirs, SCRIPTS * LOGDIRS_PER_SCRIPT);
  assert.ok(seen.archives > SCRIPTS && seen.statuses > SCRIPTS / 2);
});

interface Seen {
  logdirs: number;
  archives: number;
  statuses: number;
}

async function compare(place: string, made: RandomCase, chance: Chance, seen: Seen): Promise<void> {
  const pieces = randomPieces(chance, made.input);
  const [c, own] = await Promise.all([
    run(join(place, "c"), original.path, made, pieces),
    run(join(place, "own"), ours("multilog"), made, pieces),
  ]);
  assertSame(JSON.stringify(own), JSON.stringify(c), "exit code and stderr");
  for (const { name, size } of made.logdirs) {
    const theirs = readLogdir(place, "c", name);
    const found = readLogdir(place, "own", name);
    assertSame(withoutStamps(found.whole), withoutStamps(theirs.whole), name);
    assert.deepEqual(found.kinds, theirs.kinds, name);
    assert.equal(found.mode, theirs.mode, name);
    assert.deepEqual(
      found.log.map(({ bytes }) => bytes.length),
      cutSizes(Buffer.from(found.whole, "latin1"), size),
      `where the files of ${name} end`,
    );
    seen.logdirs++;
    seen.archives += found.archives.length;
  }
  for (const name of made.statuses) {
    const [theirs, found] = [join(place, "c", name), join(place, "own", name)];
    assertSame(status(found), status(theirs), name);
    seen.statuses++;
  }
  rmSync(place, { recursive: true });
}

function run(
  cwd: string,
  program: string,
  { script }: RandomCase,
  pieces: readonly Buffer[],
): Promise<Ran> {
  mkdirSync(cwd, { recursive: true });
  const tidying: (() => void)[] = [];
  const scope = { after: (tidy: () => void) => void tidying.push(tidy) };
  return runOn(scope, program, script, pieces, { cwd })
    .then((ran) => ({ ...ran, stderr: withoutStamps(ran.stderr) }))
    .finally(() => {
      for (const tidy of tidying) tidy();
    });
}

function status(path: string): string {
  const mode = statSync(path).mode & 0o7777;
  return `${mode.toString(8)} ${withoutStamps(readFileSync(path, "latin1"))}`;
}
