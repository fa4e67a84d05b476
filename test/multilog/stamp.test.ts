import assert from "node:assert/strict";
import { test } from "node:test";
import type { StampStyle } from "../../src/multilog/script.ts";
import { type LocalTimeOf, stampOf } from "../../src/multilog/stamp.ts";
import { zoneByDate } from "../tai64/zones.ts";

const east: LocalTimeOf = zoneByDate(19_800);
const nowhere: LocalTimeOf = () => undefined;

const SECOND = 994_720_184n;

/** The prefix of a second, and the counter filled in as the kernel does. */
function shown(style: StampStyle, seconds: bigint, nanos: number, localTime = east): string {
  const { form, prefix } = stampOf(style, localTime);
  const bytes = prefix(seconds);
  assert.equal(bytes.length, form.bytes);
  const digits = Math.floor(nanos / form.divisor).toString(form.radix);
  const before = bytes.subarray(0, form.counterAt).toString("latin1");
  const after = bytes.subarray(form.counterAt + form.digits).toString("latin1");
  return `${before}${digits.padStart(form.digits, "0")}${after}`;
}

test("tai64n is a label and a blank", () => {
  assert.equal(shown("tai64n", SECOND, 848_605_500), "@400000003b4a39c23294b13c ");
  assert.equal(shown("tai64n", 0n, 0), "@400000000000000a00000000 ");
});

test("unix is seconds and microseconds", () => {
  assert.equal(shown("unix", SECOND, 848_605_500), "0994720184.848605 ");
  assert.equal(shown("unix", 1_700_000_000n, 999), "1700000000.000000 ");
});

test("iso is UTC with nine digits", () => {
  assert.equal(shown("iso", SECOND, 848_605_500), "2001-07-09T23:09:44.848605500Z ");
});

test("local is the time on the wall, as tai64nlocal writes it", () => {
  assert.equal(shown("local", SECOND, 848_605_500), "2001-07-10 04:39:44.848605500 ");
});

test("local is UTC where the C library has no answer", () => {
  assert.equal(shown("local", SECOND, 5, nowhere), "2001-07-09 23:09:44.000000005 ");
});

test("the digits that the kernel fills in are zero", () => {
  for (const style of ["tai64n", "unix", "iso", "local"] as const) {
    const { form, prefix } = stampOf(style, east);
    const digits = prefix(SECOND).subarray(form.counterAt, form.counterAt + form.digits);
    assert.equal(digits.toString(), "0".repeat(form.digits), style);
  }
});

test("the highest nanosecond has room in the digits", () => {
  assert.equal(shown("tai64n", 0n, 999_999_999), "@400000000000000a3b9ac9ff ");
  assert.equal(shown("unix", 0n, 999_999_999), "0000000000.999999 ");
  assert.equal(shown("iso", 0n, 999_999_999), "1970-01-01T00:00:00.999999999Z ");
});
