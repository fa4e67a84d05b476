import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  parseDuration,
  parseSize,
  plural,
  scanNumber,
  showDuration,
  showSize,
} from "../../src/multilog/units.ts";

test("a number is read up to the first other byte, as scan_ulong does", () => {
  const read: Readonly<Record<string, bigint>> = {
    "": 0n,
    foo: 0n,
    "12": 12n,
    "12k": 12n,
    "-5": 0n,
    "+5": 0n,
    " 5": 0n,
    "007": 7n,
    "0x10": 0n,
    "1e3": 1n,
    "12\n34": 12n,
  };
  for (const [text, value] of Object.entries(read)) assert.equal(scanNumber(text), value, text);
});

test("a number wraps at 2^64", () => {
  assert.equal(scanNumber("18446744073709551615"), 2n ** 64n - 1n);
  assert.equal(scanNumber("18446744073709551616"), 0n);
  assert.equal(scanNumber("99999999999999999999"), 7_766_279_631_452_241_919n);
});

test("scanning digit by digit in 64 bits gives the same number", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9]{0,60}[a-z]?[0-9]{0,3}$/), (text) => {
      let value = 0n;
      for (const digit of text) {
        if (!/[0-9]/.test(digit)) break;
        value = BigInt.asUintN(64, value * 10n + BigInt(digit));
      }
      assert.equal(scanNumber(text), value);
    }),
  );
});

test("a size is a number with k, m or g behind it, or nothing", () => {
  assert.equal(parseSize("10"), 10);
  assert.equal(parseSize("64k"), 65_536);
  assert.equal(parseSize("3M"), 3 << 20);
  assert.equal(parseSize("1g"), 1 << 30);
  for (const wrong of ["", "0", "0k", "k", "1.5m", "-1", "1t", "1kb", " 1", "1 ", "1d", "1\n"]) {
    assert.equal(parseSize(wrong), undefined, JSON.stringify(wrong));
  }
  assert.equal(parseSize("9007199254740991"), Number.MAX_SAFE_INTEGER);
  assert.equal(parseSize("9007199254740992"), undefined);
  assert.equal(parseSize("99999999999g"), undefined);
});

test("a duration is a number with s, m, h or d behind it, or nothing", () => {
  assert.equal(parseDuration("90"), 90);
  assert.equal(parseDuration("90s"), 90);
  assert.equal(parseDuration("5m"), 300);
  assert.equal(parseDuration("12H"), 43_200);
  assert.equal(parseDuration("7d"), 604_800);
  for (const wrong of ["", "0", "0d", "d", "1w", "1k", "1h30m", "-1s"]) {
    assert.equal(parseDuration(wrong), undefined, wrong);
  }
});

test("a size is shown in the largest unit that leaves at least one", () => {
  const shown = [1, 1023, 1024, 99_999, 1 << 20, 1.5 * 2 ** 30, 20 * 2 ** 30].map(showSize);
  assert.deepEqual(shown, ["1 byte", "1023 bytes", "1 KB", "97.7 KB", "1 MB", "1.5 GB", "20 GB"]);
});

test("a duration is shown in its largest whole unit", () => {
  const shown = [1, 59, 60, 90, 5400, 3600, 86_400, 604_800, 90_000].map(showDuration);
  assert.deepEqual(shown, [
    "1 second",
    "59 seconds",
    "1 minute",
    "90 seconds",
    "90 minutes",
    "1 hour",
    "1 day",
    "7 days",
    "25 hours",
  ]);
});

test("one of a thing has no s", () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => plural(count, "file")),
    ["0 files", "1 file", "2 files"],
  );
});
