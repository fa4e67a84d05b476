/** What is looked at of a log, and what is left alone. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Posix, posix } from "../../src/posix/index.ts";
import { WatchedLog } from "../../src/web/tree/watched-log.ts";
import { ACCOUNT } from "../multilog/accounts.ts";
import { makeTree } from "./site.ts";

const LINES = "line\n".repeat(10);

/** Looks twice, a second and ten new lines apart. @returns lines a second, and how often `current` was opened */
function lookTwice(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): [number | null, number] {
  const service = join(makeTree(t, { web: { "log/main/current": LINES, ...files } }), "web");
  let opened = 0;
  const system: Posix = {
    ...posix,
    openAt: (dir, name, ...how) => {
      if (name.toString().endsWith("/current")) opened++;
      return posix.openAt(dir, name, ...how);
    },
  };
  const log = new WatchedLog(system, Buffer.from(service));
  log.look(0);
  fs.appendFileSync(join(service, "log/main/current"), LINES);
  log.look(20_000);
  return [log.view?.linesPerSecond ?? null, opened];
}

test("lines are counted in the log where no account counts them", (t) => {
  assert.deepEqual(lookTwice(t, { "log/script": "./main\n" }), [0.5, 1]);
});

test("where an account counts them the log is not opened", (t) => {
  const files = { "log/script": ":stats=./stats\n./main\n", "log/stats": JSON.stringify(ACCOUNT) };
  const [, opened] = lookTwice(t, files);
  assert.equal(opened, 0);
});
