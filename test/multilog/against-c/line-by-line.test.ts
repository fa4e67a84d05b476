/** Lines that come one at a time: both programs end their files at the same places. */
// Not tested: lines of more than 999 bytes here; the C program reads and writes those in pieces.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../../support/commands.ts";
import { readLogdir, withoutStamps } from "../../support/logdir.ts";
import { Chance, chooseSeed } from "../../support/random.ts";
import { Running } from "../../support/running.ts";
import { assertSame } from "../../support/same.ts";
import { type Scope, temporaryDirectory } from "../../support/temporary.ts";

const original = peer("multilog");
const options = { skip: original.skip, timeout: 120_000 };
const LOGDIRS = ["d0", "d1", "d2", "d3", "d4", "d5"];
const SCRIPT = [
  ["n1000", "s4096", "./d0", "s5000", "./d1", "s6095", "./d2"],
  ["-*x*", "s4096", "n2", "./d3", "n4", "./d4", "+*", "!tr xyz XYZ", "./d5"],
].flat();

/** Feeds a program one line at a time, each when the one before has been taken. */
async function trickle(
  scope: Scope,
  program: string,
  script: readonly string[],
  lines: readonly string[],
  cwd: string,
): Promise<void> {
  mkdirSync(cwd);
  const running = new Running(scope, program, script, { cwd });
  for (const line of lines) await running.input.say(line);
  assert.deepEqual(await running.finish(), { code: 0, signal: null });
  assert.equal(running.stderr, "");
}

function compare(place: string, names: readonly string[], what: string): number {
  let files = 0;
  for (const name of names) {
    const theirs = readLogdir(place, "c", name);
    const found = readLogdir(place, "own", name);
    assert.deepEqual(found.listing, theirs.listing, `${what} ${name}`);
    assertSame(withoutStamps(found.whole), withoutStamps(theirs.whole), `${what} ${name}`);
    files += found.files.length;
  }
  return files;
}

for (const stamp of [[], ["t"]]) {
  test(
    `multilog ends ${stamp.length === 0 ? "" : "stamped "}files where the C program does, line by line`,
    options,
    async (t) => {
      const seed = chooseSeed();
      t.diagnostic(`TIMBERLINE_SEED=${seed}`);
      const place = temporaryDirectory(t);
      let files = 0;
      for (const [round, longest] of [120, 960].entries()) {
        const chance = new Chance(seed + round);
        const bytes = longest < 500 ? 40_000 : 150_000;
        const lines: string[] = [];
        for (let length = 0; length < bytes; length += lines.at(-1)?.length ?? 0) {
          lines.push(`${chance.from("xyz".split("")).repeat(chance.below(longest))}\n`);
        }
        const here = join(place, String(round));
        mkdirSync(here);
        const script = [...stamp, ...SCRIPT];
        await Promise.all([
          trickle(t, original.path, script, lines, join(here, "c")),
          trickle(t, ours("multilog"), script, lines, join(here, "own")),
        ]);
        files += compare(here, LOGDIRS, `lines up to ${longest}`);
      }
      assert.ok(files > 100, `${files} files`);
    },
  );
}

test(
  "multilog ends a file at the line end that reaches size - 2000, as the C program",
  options,
  async (t) => {
    const place = temporaryDirectory(t);
    const names: string[] = [];
    const script: string[] = [];
    // A line of 96 bytes, then one that ends around the threshold, to the byte.
    const lines = [
      `${"a".repeat(95)}\n`,
      `${"b".repeat(999)}\n`,
      `${"c".repeat(999)}\n`,
      "d\n",
      "e\n",
    ];
    for (let size = 4096; size < 4112; size++) {
      names.push(`d${size}`);
      script.push(`s${size}`, `./d${size}`);
    }
    await Promise.all([
      trickle(t, original.path, script, lines, join(place, "c")),
      trickle(t, ours("multilog"), script, lines, join(place, "own")),
    ]);
    compare(place, names, "at the threshold");
    assert.deepEqual(
      readLogdir(place, "own", "d4096").log.map(({ bytes }) => bytes.length),
      [2096, 4],
    );
    assert.deepEqual(
      readLogdir(place, "own", "d4097").log.map(({ bytes }) => bytes.length),
      [2098, 2],
    );
  },
);

test(
  "multilog cuts a line that fills a file at exactly its size, as the C program",
  options,
  async (t) => {
    const place = temporaryDirectory(t);
    const lines = [`${"x".repeat(10_000)}\n`];
    await Promise.all([
      trickle(t, original.path, ["s4096", "./d"], lines, join(place, "c")),
      trickle(t, ours("multilog"), ["s4096", "./d"], lines, join(place, "own")),
    ]);
    compare(place, ["d"], "10000 bytes");
    assert.deepEqual(
      readLogdir(place, "own", "d").log.map(({ bytes }) => bytes.length),
      [4096, 4096, 1809],
    );
  },
);

test(
  "multilog rotates a current that is as large as its size before it writes to it",
  options,
  async (t) => {
    const place = temporaryDirectory(t);
    const script = { large: ["s99999", "./d"], small: ["s4096", "./d"] };
    for (const [name, program] of [
      ["c", original.path],
      ["own", ours("multilog")],
    ] as const) {
      const cwd = join(place, name);
      await trickle(t, program, script.large, [`${"x".repeat(5000)}\n`], cwd);
      const again = new Running(t, program, script.small, { cwd });
      await again.input.say("y\n");
      assert.equal((await again.finish()).code, 0);
    }
    compare(place, ["d"], "after the size was lowered");
    assert.equal(readLogdir(place, "own", "d").text("current"), "y\n");
  },
);
