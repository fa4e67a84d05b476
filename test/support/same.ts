/** Comparing long texts so that a difference can be read. */
import assert from "node:assert/strict";

const CONTEXT_BYTES = 60;

/** Fails with the place at which two texts part, and a little around it. */
export function assertSame(actual: string, expected: string, what: string): void {
  if (actual === expected) return;
  let at = 0;
  while (actual[at] === expected[at]) at++;
  const around = (text: string): string =>
    JSON.stringify(text.slice(Math.max(0, at - CONTEXT_BYTES), at + CONTEXT_BYTES));
  assert.fail(
    `${what}: ${actual.length} and ${expected.length} bytes part at ${at}:\n` +
      `  actual   ${around(actual)}\n  expected ${around(expected)}`,
  );
}
