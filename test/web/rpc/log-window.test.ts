/** Offsets and lengths as Supervisor reads them: what 4.2.5 answers for a file of twenty bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readWindow, tailWindow } from "../../../src/web/rpc/log-window.ts";

const FILE = "0123456789abcdefghij";

const READS: readonly (readonly [offset: number, length: number, text: string | undefined])[] = [
  [0, 0, FILE],
  [5, 0, "56789abcdefghij"],
  [5, 5, "56789"],
  [18, 10, "ij"],
  [25, 5, ""],
  [-5, 0, "fghij"],
  [-50, 0, FILE],
  [-5, 3, undefined],
  [0, -1, undefined],
  [20, 0, ""],
];

const TAILS: readonly (readonly [offset: number, length: number, text: string, over: boolean])[] = [
  [0, 20, FILE, false],
  [0, 30, FILE, false],
  [0, 5, "fghij", true],
  [5, 5, "fghij", true],
  [10, 5, "fghij", true],
  [15, 5, "fghij", false],
  [18, 10, "abcdefghij", false],
  [20, 5, "", false],
  [25, 5, "", false],
  [0, 0, "", true],
];

test("read…Log takes the bytes that Supervisor takes", () => {
  for (const [offset, length, text] of READS) {
    const window = readWindow(FILE.length, offset, length);
    const found = window && FILE.slice(window.offset, window.offset + window.length);
    assert.equal(found, text, `(${offset}, ${length})`);
  }
});

test("tail…Log takes the bytes that Supervisor takes", () => {
  for (const [offset, length, text, over] of TAILS) {
    const window = tailWindow(FILE.length, offset, length);
    const found = FILE.slice(window.offset, window.offset + window.length);
    assert.deepEqual([found, window.overflow], [text, over], `(${offset}, ${length})`);
  }
});
