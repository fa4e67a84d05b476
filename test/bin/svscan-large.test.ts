/** A tree that is large enough for a thread of its own that starts programs. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { Scanned } from "../supervise/against-c/scanned.ts";
import { until } from "../support/until.ts";

const SERVICES = 120;
const CLEAN = { code: 0, signal: null };
const TALKER = "#!/bin/sh\necho hello\nexec sleep 1000\n";

test("a large tree starts, and comes to its end", { timeout: 120_000 }, async (t) => {
  const names = Array.from({ length: SERVICES }, (_, at) => `s${at}`);
  const services = names.flatMap((name) => [
    [name, { run: TALKER }] as const,
    [`${name}/log`, { script: "./main\n" }] as const,
  ]);
  const scanned = new Scanned(
    t,
    "ours",
    {},
    { through: 'while [ ! -e go ]; do sleep 0.1; done; exec "$0" "$@"' },
  );
  for (const [name, files] of services) scanned.add(name, files);
  fs.writeFileSync(`${scanned.tree}/../go`, "");
  const spoke = (name: string): boolean => scanned.text(`${name}/log/main/current`) === "hello\n";
  await until("all of them", () => names.every(spoke));
  // One thread has a table of its own, and none of theirs in it.
  const tables = fs
    .readdirSync(`/proc/${scanned.running.pid}/task`)
    .map((id) => fs.readdirSync(`/proc/${scanned.running.pid}/task/${id}/fd`).length);
  assert.ok(Math.max(...tables) > 10 * SERVICES, String(tables));
  assert.ok(Math.min(...tables) < 100, String(tables));
  assert.deepEqual(await scanned.stop(), CLEAN);
  assert.deepEqual(scanned.said, []);
});
