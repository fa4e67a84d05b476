/** The place that a cursor file tells is always the one behind the lines that are out. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CursorFile } from "../../src/inspect/cursor-file.ts";
import { labelText } from "../../src/inspect/label-key.ts";
import { Session } from "../../src/inspect/session.ts";
import { type Posix, posix } from "../../src/posix/index.ts";
import { temporaryDirectory } from "../support/temporary.ts";

test("a cursor file stands behind the lines that were given out, no further, and not before them", async (t) => {
  const directory = temporaryDirectory(t);
  const log = join(directory, "main");
  const place = join(directory, "place");
  fs.mkdirSync(log);
  const lines = Array.from(
    { length: 3000 },
    (_, n) => `${labelText(1_700_000_000 + n, n)} line ${n}\n`,
  );
  fs.writeFileSync(join(log, "current"), lines.join(""));
  let clock = 0;
  let [given, flushed, saves] = [0, 0, 0];
  const watched: Posix = {
    ...posix,
    monotonicMs: () => (clock += 1000),
    renameAt: (dir, from, to) => {
      posix.renameAt(dir, from, to);
      const { logs } = JSON.parse(fs.readFileSync(place, "utf8")) as {
        logs: Record<string, { offset: number; label: string }>;
      };
      const bytes = lines.slice(0, flushed).join("").length;
      assert.equal(logs[log]?.offset, bytes);
      assert.equal(logs[log].label, labelText(1_700_000_000 + flushed - 1, flushed - 1));
      saves++;
    },
  };
  const taker = {
    line: () => void given++,
    letGo: () => undefined,
    flush: () => void (flushed = given),
    get isFull() {
      return given - flushed >= 100;
    },
  };
  const session = new Session(watched, { cursor: new CursorFile(watched, place) }, taker);
  session.add({ name: "main", path: Buffer.from(log), kind: "directory" }, true);
  await session.readAll();
  session.reached();
  session.close();
  assert.deepEqual([given, flushed], [3000, 3000]);
  assert.ok(saves >= 30, `${saves} saves`);
});

test("what is no cursor file is refused", (t) => {
  const path = join(temporaryDirectory(t), "place");
  for (const text of [
    "{",
    "[]",
    "null",
    '{"version":2,"logs":{}}',
    '{"version":1,"logs":{"a":{}}}',
  ]) {
    fs.writeFileSync(path, text);
    assert.throws(() => new CursorFile(posix, path), SyntaxError, text);
  }
});
