import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { archiveName } from "../../src/multilog/archive.ts";
import { type Pruning, prune } from "../../src/multilog/retention.ts";
import { type LogdirSettings, parseScript } from "../../src/multilog/script.ts";
import { posix, SystemFailure } from "../../src/posix/index.ts";
import { type Scratch, say, scratch } from "../posix/scratch.ts";

const SECOND = 1_000_000_000n;
const NOW = 1_700_000_000n * SECOND;

function settings(...words: string[]): LogdirSettings {
  const script = parseScript([...words, "./x"].map((word) => Buffer.from(word)));
  const [logdir] = script.actions;
  assert.ok(logdir?.kind === "logdir");
  return logdir.settings;
}

/** An archive that ended so many seconds ago. */
function make({ fd }: Scratch, secondsAgo: number, bytes: number = 0, code: string = "s"): string {
  const name = archiveName(NOW - BigInt(secondsAgo) * SECOND, Buffer.from(code));
  const file = posix.openAt(fd, name, "append");
  say(file, Buffer.alloc(bytes));
  posix.close(file);
  return name.toString();
}

const left = ({ path }: Scratch): string[] => fs.readdirSync(path).sort();
const names = ({ removed }: Pruning): string[] => removed.map(String);
const pruned = (place: Scratch, ...words: string[]): Pruning =>
  prune(posix, place.fd, settings(...words), NOW, 4096);

test("n files are kept, current among them: the oldest go first", (t) => {
  const place = scratch(t);
  const [a, b, c, d] = [50, 40, 30, 20].map((ago) => make(place, ago));
  assert.deepEqual(names(pruned(place, "n5")), []);
  assert.deepEqual(names(pruned(place, "n4")), [a]);
  assert.deepEqual(left(place), [b, c, d]);
  assert.deepEqual(names(pruned(place, "n2")), [b, c]);
  assert.deepEqual(left(place), [d]);
});

test("archives count whatever their code; other files are never touched", (t) => {
  const place = scratch(t);
  const archives = [make(place, 50, 0, "u"), make(place, 40)];
  const newest = make(place, 30, 0, "s.gz");
  const others = [
    "current",
    "previous",
    "lock",
    "@note",
    "@~zzzzzzzzzzzzzzzzzzzzzzzzzzz",
    "@4000.s",
  ];
  for (const name of others) fs.writeFileSync(place.in(name), "");
  assert.deepEqual(names(pruned(place, "n2")), archives);
  assert.deepEqual(left(place), [...others, newest].sort());
});

test("the total counts current at its full size", (t) => {
  const place = scratch(t);
  const [a] = [30, 20, 10].map((ago) => make(place, ago, 1000));
  const total = (bytes: number): string[] => names(pruned(place, "n100", `:total=${bytes}`));
  assert.deepEqual(total(4096 + 3000), []);
  assert.deepEqual(total(4096 + 2999), [a]);
});

test("the total may take every archive, and current stays", (t) => {
  const place = scratch(t);
  const all = [30, 20, 10].map((ago) => make(place, ago, 1000));
  fs.writeFileSync(place.in("current"), "x".repeat(5000));
  assert.deepEqual(names(pruned(place, ":total=1")), all);
  assert.deepEqual(left(place), ["current"]);
});

test("files that are older than the age go, those of that age stay", (t) => {
  const place = scratch(t);
  const [a, b] = [3601, 3600, 3599].map((ago) => make(place, ago));
  assert.deepEqual(names(pruned(place, ":age=1h")), [a]);
  assert.equal(left(place)[0], b);
});

test("one limit is enough to remove a file", (t) => {
  const place = scratch(t);
  const all = [5000, 4000, 30, 20, 10].map((ago) => make(place, ago, 1000));
  assert.deepEqual(
    names(pruned(place, "n5", ":age=4500", `:total=${4096 + 4000}`)),
    all.slice(0, 1),
  );
  assert.deepEqual(names(pruned(place, "n3", ":age=1h", `:total=${4096 + 3500}`)), all.slice(1, 3));
});

test("a file that cannot be removed is told and passed over, and the next one goes in its place", (t) => {
  const place = scratch(t);
  const stuck = archiveName(NOW - 60n * SECOND, Buffer.from("s")).toString();
  fs.mkdirSync(place.in(stuck));
  const [a, b] = [50, 40, 30].map((ago) => make(place, ago));
  const result = pruned(place, "n3");
  assert.deepEqual(names(result), [a, b]);
  assert.deepEqual(
    result.stuck.map(({ name, failure }) => [name.toString(), failure.code]),
    [[stuck, "EISDIR"]],
  );
});

test("a file that somebody removed meanwhile is gone, which is what was wanted", (t) => {
  const place = scratch(t);
  const [a, b] = [50, 40, 30].map((ago) => make(place, ago));
  const racing = {
    ...posix,
    unlinkAt: (fd: number, name: string | Uint8Array) => {
      fs.rmSync(place.in(name.toString()));
      posix.unlinkAt(fd, name);
    },
  };
  const result = prune(racing, place.fd, settings("n2"), NOW, 4096);
  assert.deepEqual([names(result), result.stuck], [[a, b], []]);
});

test("a directory that cannot be read is said", () => {
  assert.throws(() => prune(posix, 12_345, settings(), NOW, 0), SystemFailure);
});

test("whatever is asked, what stays is the newest, and all of it is allowed", () => {
  let runs = 0;
  const archive = fc.record({ ago: fc.integer({ min: 1, max: 200 }), bytes: fc.nat(3000) });
  const sets = fc.uniqueArray(archive, { maxLength: 8, selector: ({ ago }) => ago });
  const limits = fc.record({
    files: fc.integer({ min: 2, max: 10 }),
    total: fc.option(fc.integer({ min: 1, max: 20_000 })),
    age: fc.option(fc.integer({ min: 1, max: 200 })),
  });
  fc.assert(
    fc.property(sets, limits, (archives, { files, total, age }) => {
      const tidyings: (() => void)[] = [];
      const place = scratch({ after: (tidy) => void tidyings.push(tidy) });
      const byAge = [...archives].sort((a, b) => b.ago - a.ago);
      const made = byAge.map(({ ago, bytes }) => make(place, ago, bytes));
      const words = [`n${files}`, `:total=${total ?? "none"}`, `:age=${age ?? "none"}`];
      const gone = names(pruned(place, ...words)).length;
      const isAllowed = (from: number): boolean => {
        const kept = byAge.slice(from);
        const held = kept.reduce((sum, { bytes }) => sum + bytes, 4096);
        const tooOld = age !== null && (kept[0]?.ago ?? 0) > age;
        return kept.length < files && (total === null || held <= total) && !tooOld;
      };
      assert.deepEqual(left(place), made.slice(gone).sort());
      assert.ok(gone === made.length || isAllowed(gone));
      assert.ok(gone === 0 || !isAllowed(gone - 1));
      for (const tidy of tidyings.toReversed()) tidy();
      runs++;
    }),
    { numRuns: 60 },
  );
  assert.equal(runs, 60);
});
