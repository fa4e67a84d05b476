/** Lines on their way to a client: no more of them are read than it takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { LogLine } from "../../src/inspect/index.ts";
import { feed } from "../../src/web/api/log-feed.ts";

const KILOBYTE = Buffer.alloc(1024, "x");
const LINES = 500;

test("lines that come one by one are not read on while nothing is taken", async () => {
  let read = 0;
  async function* oneByOne(): AsyncGenerator<LogLine, void> {
    const rest = { source: "", label: undefined, unixNanos: undefined, place: undefined };
    for (; read < LINES; read++) {
      yield { ...rest, text: KILOBYTE };
      await turn();
      await turn();
    }
  }
  let given = 0;
  let take: () => void = () => undefined;
  const isTaken = new Promise<void>((resolve) => {
    take = resolve;
  });
  const isOver = feed({
    lines: oneByOne(),
    limit: Number.POSITIVE_INFINITY,
    encode: ({ text }) => text,
    give: async (piece) => {
      await isTaken;
      given += piece.length;
      return true;
    },
  });
  // Whoever reads on has read all of it by then.
  for (let n = 0; n < 4 * LINES; n++) await turn();
  assert.ok(read > 1 && read <= 64, `${read} lines were read`);
  take();
  await isOver;
  assert.deepEqual([read, given], [LINES, LINES * KILOBYTE.length]);
});
