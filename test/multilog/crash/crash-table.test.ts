/** Every state in which a log directory can be found, as docs/logdir.md lists them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createMultilog } from "../../../src/multilog/index.ts";
import { NO_C, Pipe, THEIRS, temporary } from "./ground.ts";
import { MARKS, type Mark, START, type Standing, type StartRow } from "./table.ts";

interface Case extends Standing {
  readonly state: boolean;
  readonly newState: boolean;
  readonly newCurrent: boolean;
}

const BOTH = [false, true];
const CASES: readonly Case[] = MARKS.flatMap((current) =>
  MARKS.flatMap((previous) =>
    MARKS.flatMap((processed) =>
      BOTH.flatMap((state) =>
        BOTH.flatMap((newState) =>
          BOTH.map((newCurrent) => ({ current, previous, processed, state, newState, newCurrent })),
        ),
      ),
    ),
  ),
);

/** The names that a `=` has already, in the order in which the files were written. */
const LINKED = {
  processed: "@400000000000000100000000.s",
  previous: "@400000000000000200000000.s",
  current: "@400000000000000300000000.u",
};
const HELD = { processed: "processed\n", previous: "previous\n", current: "current\n" };

const isComplete = (file: string, mark: Mark): boolean =>
  mark === "+x" || (mark === "=" && file !== "current");

function lay(dir: string, found: Case): void {
  fs.mkdirSync(dir);
  for (const file of ["processed", "previous", "current"] as const) {
    const mark: Mark = found[file];
    if (mark === "–") continue;
    fs.writeFileSync(join(dir, file), HELD[file], { mode: isComplete(file, mark) ? 0o744 : 0o644 });
    if (mark === "=") fs.linkSync(join(dir, file), join(dir, LINKED[file]));
  }
  if (found.state) fs.writeFileSync(join(dir, "state"), "old\n");
  if (found.newState) fs.writeFileSync(join(dir, "newstate"), "new\n");
  if (found.newCurrent) fs.writeFileSync(join(dir, "newcurrent"), "newcurrent\n");
}

const rowOf = (found: Case): StartRow => {
  const matching = START.filter((row) => row.holds(found));
  assert.equal(matching.length, 1, `${JSON.stringify(found)} stands in ${matching.length} rows`);
  return matching[0] as StartRow;
};

/** What is to stand in the directory after a clean start and end: each file's text by its ending. */
function expectFiles(dir: string, found: Case, knowsNewCurrent: boolean): void {
  const row = rowOf(found);
  const names = fs.readdirSync(dir);
  const text = (name: string): string => fs.readFileSync(join(dir, name), "utf8");
  const has = (name: string): boolean => names.includes(name);
  const about = `${JSON.stringify(found)} became ${names.join(" ")}`;
  if (row.staysAsItIs) {
    assert.equal(text("current"), HELD.current, about);
    assert.deepEqual(
      [has("previous"), has("processed")],
      [found.previous !== "–", found.processed !== "–"],
      about,
    );
    assert.deepEqual(
      [has("state"), has("newstate"), has("newcurrent")],
      [found.state, found.newState, found.newCurrent],
      about,
    );
    if (found.state) assert.equal(text("state"), "old\n", about);
    return;
  }
  assert.equal(text("current"), "", about);
  assert.equal(text("state"), "", about);
  for (const gone of ["previous", "processed", "newstate"]) assert.ok(!has(gone), about);
  const fresh = names.filter(
    (name) => name.startsWith("@") && !Object.values(LINKED).includes(name),
  );
  const expected = row.made.flatMap(({ file, code }) =>
    code === undefined ? [] : [`${HELD[file]}.${code}`],
  );
  if (found.newCurrent && knowsNewCurrent) expected.push("newcurrent\n.u");
  else assert.equal(has("newcurrent"), found.newCurrent, about);
  assert.deepEqual(
    fresh.sort().map((name) => `${text(name)}${name.slice(25)}`),
    expected,
    about,
  );
  for (const { file, code } of row.made)
    if (code === undefined) assert.equal(text(LINKED[file]), HELD[file], about);
}

test("the crash table names every state once", () => {
  for (const found of CASES) rowOf(found);
  assert.equal(CASES.length, 512);
});

test("a start makes of every state what the crash table says", { timeout: 120_000 }, async (t) => {
  const home = temporary(t);
  let cases = 0;
  for (const found of CASES) {
    const dir = join(home, String(cases++));
    lay(dir, found);
    const pipe = new Pipe(t);
    pipe.end();
    const multilog = await createMultilog([dir], { input: pipe.out });
    assert.equal(await multilog.closed, true);
    expectFiles(dir, found, true);
  }
  assert.equal(cases, 512);
});

test("the C multilog makes of every state what the crash table says", {
  skip: NO_C,
  timeout: 120_000,
}, (t) => {
  const home = temporary(t);
  const dirs = CASES.map((found, number) => {
    const dir = join(home, String(number));
    lay(dir, found);
    return dir;
  });
  for (let at = 0; at < dirs.length; at += 64) {
    const ended = spawnSync(THEIRS as string, dirs.slice(at, at + 64), {
      input: "",
      timeout: 60_000,
    });
    assert.equal(ended.stderr.toString(), "");
    assert.equal(ended.status, 0);
  }
  for (const [number, found] of CASES.entries()) expectFiles(dirs[number] as string, found, false);
});

test("a file that somebody linked elsewhere gets its final name all the same", async (t) => {
  const dir = join(temporary(t), "log");
  for (const file of ["previous", "current"]) {
    lay(dir, {
      current: "-x",
      previous: "-x",
      processed: "–",
      state: false,
      newState: false,
      newCurrent: false,
    });
    fs.linkSync(join(dir, file), `${dir}.${file}`);
    const pipe = new Pipe(t);
    pipe.end();
    assert.equal(await (await createMultilog([dir], { input: pipe.out })).closed, true);
    const archives = fs.readdirSync(dir).filter((name) => name.startsWith("@"));
    assert.deepEqual(
      archives.sort().map((name) => fs.readFileSync(join(dir, name), "utf8")),
      ["previous\n", "current\n"],
    );
    fs.rmSync(dir, { recursive: true });
  }
});
