import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLine } from "../../src/inspect/index.ts";
import { distinct } from "../../src/web/api/distinct.ts";

/** `SOURCE LABEL TEXT`; a label of `-` is none. */
function lineOf(words: string): LogLine {
  const [source = "", label = "", ...text] = words.split(" ");
  return {
    source,
    label: label === "-" ? undefined : label,
    unixNanos: undefined,
    text: Buffer.from(text.join(" ")),
    place: undefined,
  };
}

async function kept(lines: readonly string[]): Promise<string[]> {
  async function* given(): AsyncGenerator<LogLine> {
    yield* lines.map(lineOf);
  }
  const found: string[] = [];
  for await (const { source, label = "-", text } of distinct(given(), 2))
    found.push(`${source} ${label} ${text.toString()}`);
  return found;
}

test("a line that stands in several directories comes once, also when its copy comes late", async () => {
  const lines = ["all 1 x", "all 2 y", "errors 1 x", "all 3 z", "errors 3 z", "more 3 z"];
  assert.deepEqual(await kept(lines), ["all 1 x", "all 2 y", "all 3 z"]);
});

test("lines of one directory all come, as do others with that label or without any", async () => {
  const lines = ["all 1 x", "all 1 x", "errors 1 y", "all - x", "errors - x", "errors 2 x"];
  assert.deepEqual(await kept(lines), lines);
});

test("what is remembered is bounded, however long the lines are", async () => {
  const long = "x".repeat(3 << 20);
  const lines = [`all 1 ${long}`, `all 2 ${long}`, `errors 1 ${long}`, `errors 2 ${long}`];
  assert.equal((await kept(lines)).length, 4);
  const many = Array.from({ length: 5000 }, (_, at) => `all ${at} x`);
  assert.equal((await kept([...many, "errors 0 x", "errors 4999 x"])).length, 5001);
});
