import assert from "node:assert/strict";
import { test } from "node:test";
import { compileFormat, type Moment } from "../../src/tai64/format.ts";
import { daemontoolsStyle, isoStyle } from "../../src/tai64/styles.ts";

const moment: Moment = {
  unixSeconds: 994_720_184n,
  nanos: 848_605_500,
  local: { year: 2001, month: 7, day: 9, hour: 23, minute: 4, second: 5, offset: 7200 },
};
const inYear = (year: number): Moment => ({ ...moment, local: { ...moment.local, year } });
const atOffset = (offset: number): Moment => ({ ...moment, local: { ...moment.local, offset } });

const CASES: readonly (readonly [format: string, text: string])[] = [
  ["%Y-%m-%d %H:%M:%S", "2001-07-09 23:04:05"],
  ["%F %T", "2001-07-09 23:04:05"],
  ["%N %3N %6N", "848605500 848 848605"],
  ["%z %:z", "+0200 +02:00"],
  ["%s", "994720184"],
  ["%j", "190"],
  ["%a %b %e", "Mon Jul  9"],
  ["%y", "01"],
  ["100 %%", "100 %"],
  ["", ""],
  ["→ %d ←", "→ 09 ←"],
  ["%%Y", "%Y"],
];

test("each conversion writes its part", () => {
  for (const [format, text] of CASES) assert.equal(compileFormat(format)(moment), text, format);
});

test("an unknown conversion is named", () => {
  for (const format of ["%Q", "%9N", "%_d", "%::z", "%constructor", "%é"]) {
    assert.throws(() => compileFormat(`x ${format} y`), {
      name: "RangeError",
      message: new RegExp(`unknown conversion %`),
    });
  }
  assert.throws(() => compileFormat("%9N"), /unknown conversion %9N in format/);
  assert.throws(() => compileFormat("100 %"), /cannot end in %/);
});

test("an offset west of Greenwich has a minus sign, and drops its seconds", () => {
  assert.equal(compileFormat("%z %:z")(atOffset(-12_600)), "-0330 -03:30");
  assert.equal(compileFormat("%z")(atOffset(-3208)), "-0053");
});

test("daemontools' style writes any year as C's unsigned long", () => {
  assert.equal(daemontoolsStyle.render(moment), "2001-07-09 23:04:05.848605500");
  assert.equal(daemontoolsStyle.render(inYear(500)), "500-07-09 23:04:05.848605500");
  assert.equal(
    daemontoolsStyle.render(inYear(-1)),
    "18446744073709551615-07-09 23:04:05.848605500",
  );
});

test("ISO style writes an offset that can be read back, and Z for universal time", () => {
  assert.equal(isoStyle(false).render(moment), "2001-07-09T23:04:05.848605500+02:00");
  assert.equal(isoStyle(false).render(atOffset(3208)), "2001-07-09T23:04:05.848605500+00:53:28");
  assert.equal(isoStyle(true).render(atOffset(0)), "2001-07-09T23:04:05.848605500Z");
  assert.equal(isoStyle(true).render(inYear(-1)), "-000001-07-09T23:04:05.848605500Z");
  assert.equal(isoStyle(true).render(inYear(12_345)), "+012345-07-09T23:04:05.848605500Z");
});
