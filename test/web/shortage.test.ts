/** What the tree does while it gets no descriptors: nothing that it knows is forgotten, and nothing ends. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Posix, posix, SystemFailure } from "../../src/posix/index.ts";
import { LiveTree } from "../../src/web/index.ts";
import { Rounds } from "../../src/web/tree/rounds.ts";
import { SLEEPER } from "../supervise/against-c/scanned.ts";
import { makeTree, putFiles } from "./site.ts";

const LOGGED = { run: SLEEPER, "log/script": "./main\n", "log/main/current": "a line\n" };

/** A system that opens nothing while it is short of descriptors. */
function scarce(): { isShort: boolean; readonly posix: Posix } {
  const state = {
    isShort: false,
    posix: {
      ...posix,
      openAt: (...args: Parameters<Posix["openAt"]>) => {
        if (state.isShort) throw new SystemFailure("EMFILE", "open", args[1]);
        return posix.openAt(...args);
      },
    },
  };
  return state;
}

function watched(t: TestContext) {
  const tree = makeTree(t, { web: { ...LOGGED, group: "front\n" }, db: LOGGED });
  const system = scarce();
  const warned: string[] = [];
  const warn = (words: string): number => warned.push(words);
  const record = (): void => undefined;
  const live = new LiveTree(system.posix, { directories: [tree], record, warn });
  t.after(() => live.close());
  const shown = (): unknown =>
    live.services().map(({ name, group, log }) => [name, group, log?.directories, log?.bytes]);
  return { tree, system, warned, live, shown };
}

test("without descriptors services stay what they were, and it is said once", (t) => {
  const { tree, system, warned, live, shown } = watched(t);
  const before = shown();
  system.isShort = true;
  putFiles(join(tree, "late"), LOGGED);
  for (let times = 0; times < 2; times++) {
    live.refresh();
    assert.deepEqual(shown(), before);
  }
  assert.deepEqual(warned, ["unable to look for services: process cannot open more files"]);
  assert.match(live.service("web")?.error ?? "", /^unable to open its directory: /);
  assert.deepEqual(
    [live.settings("web"), live.logDirectories("web", "stdout"), live.logScript("web", "stdout")],
    [undefined, [], []],
  );
  system.isShort = false;
  live.refresh();
  assert.deepEqual(
    live.services().map(({ name, error }) => [name, error]),
    [
      ["db", null],
      ["late", null],
      ["web", null],
    ],
  );
  system.isShort = true;
  live.refresh();
  assert.equal(warned.length, 2);
});

test("rounds go on while nothing can be opened, and see to what was not read when it can", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { system, live, shown } = watched(t);
  const before = shown();
  system.isShort = true;
  t.mock.timers.tick(60_000);
  live.refresh();
  assert.deepEqual(shown(), before);
  assert.notEqual(live.service("web")?.error, null);
  system.isShort = false;
  t.mock.timers.tick(10_000);
  assert.deepEqual(
    live.services().map(({ error }) => error),
    [null, null],
  );
});

test("a round that fails is told of, and the next one is made", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const told: string[] = [];
  const rounds = new Rounds({
    posix,
    entries: () => [],
    isWatchedBySomebody: () => false,
    onChange: () => undefined,
    scan: () => {
      throw new SystemFailure("ENFILE", "open");
    },
    onTrouble: ({ code }) => told.push(code),
  });
  t.after(() => rounds.close());
  t.mock.timers.tick(20_000);
  assert.deepEqual(told, ["ENFILE", "ENFILE"]);
});
