import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { AnywhereLocaliser } from "../../src/tai64/anywhere.ts";
import { UNIX_EPOCH_SECONDS } from "../../src/tai64/instant.ts";
import { INPUT_BYTES } from "../../src/tai64/layout.ts";
import { type AskLocalTime, LocalClock, universalTime } from "../../src/tai64/local-time.ts";
import { Localiser, MOST_STAMP_BYTES } from "../../src/tai64/localiser.ts";
import { daemontoolsStyle, formatStyle, isoStyle, type Style } from "../../src/tai64/styles.ts";
import { cut, filtered, freshKernel } from "./filtering.ts";
import { localised, localisedAnywhere } from "./oracle.ts";
import { CHANGE_TIMES, changefulZone, LEAP_SECOND, leapingZone } from "./zones.ts";

const stamp = (unixSeconds: bigint, nanos: number): string =>
  `@${(unixSeconds + UNIX_EPOCH_SECONDS).toString(16).padStart(16, "0")}${nanos.toString(16).padStart(8, "0")}`;

const nanos = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 999_999_999 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 999_999_999, 1_000_000_000, 0xffff_ffff) },
);
const seconds = fc.oneof(
  ...CHANGE_TIMES.map((at) => fc.bigInt(BigInt(at) - 1000n, BigInt(at) + 1000n)),
  fc.bigInt(LEAP_SECOND - 1000n, LEAP_SECOND + 1000n),
  fc.bigInt(-70_000_000_000n, 260_000_000_000n),
  fc.bigInt(-(1n << 57n), 1n << 57n),
);
const stamps = fc.tuple(seconds, nanos).map(([s, n]) => stamp(s, n));
const pieces = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(stamps, fc.constantFrom(" ", "", "A", "g", "\n", "@", ".s", "0"))
      .map((p) => p.join("")),
  },
  { weight: 3, arbitrary: fc.constant("\n") },
  {
    weight: 2,
    arbitrary: fc.string({ unit: fc.constantFrom(...Array.from("@0189abcdefAFg\n\0 xÿ")) }),
  },
  { weight: 2, arbitrary: fc.nat(80).map((n) => "a line of text ".repeat(9).slice(0, n)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(stamps, fc.nat(30))
      .map(([s, zeros]) => `@${"0".repeat(zeros)}${s.slice(1)}`),
  },
  { weight: 1, arbitrary: fc.constantFrom("@", "@foo\n", "@400000003B4a39c23294b13c\n") },
);
const inputs = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));
const cuts = fc.array(fc.nat(4000), { maxLength: 12 });
const STYLES: Readonly<Record<string, Style>> = {
  daemontools: daemontoolsStyle,
  ISO: isoStyle(false),
  formatted: formatStyle("[%F %T.%6N %:z %j]"),
};
const ZONES: Readonly<Record<string, AskLocalTime>> = {
  "a zone of many changes": changefulZone,
  "a zone with a leap second": leapingZone,
};

for (const [zoneName, zone] of Object.entries(ZONES)) {
  for (const [styleName, style] of Object.entries(STYLES)) {
    test(`the same ${styleName} bytes come out in ${zoneName}, however the input is cut`, () => {
      fc.assert(
        fc.property(inputs, cuts, (input, places) => {
          const localiser = new Localiser(freshKernel(), new LocalClock(zone), style);
          assert.equal(filtered(localiser, cut(input, places)), localised(input, zone, style));
        }),
        { numRuns: 600 },
      );
    });
  }

  test(`labels anywhere come out the same in ${zoneName}, however the input is cut`, () => {
    fc.assert(
      fc.property(inputs, cuts, (input, places) => {
        const localiser = new AnywhereLocaliser(new LocalClock(zone), daemontoolsStyle);
        assert.equal(
          filtered(localiser, cut(input, places)),
          localisedAnywhere(input, zone, daemontoolsStyle),
        );
      }),
      { numRuns: 600 },
    );
  });
}

test("all nanoseconds are written with nine digits", () => {
  const lines: string[] = [];
  for (let n = 0; n < 1_000_000_000; n += 49_999) lines.push(`${stamp(994_720_184n, n)} x\n`);
  const input = lines.join("");
  const localiser = new Localiser(freshKernel(), new LocalClock(universalTime), daemontoolsStyle);
  assert.equal(filtered(localiser, [input]), localised(input, universalTime, daemontoolsStyle));
  assert.equal(lines.length, 20_001);
});

test("every second of two days is written right", () => {
  const input = Array.from(
    { length: 172_800 },
    (_, i) => `${stamp(1_000_000_000n + BigInt(i), 5)}\n`,
  ).join("");
  const localiser = new Localiser(freshKernel(), new LocalClock(changefulZone), daemontoolsStyle);
  assert.equal(filtered(localiser, [input]), localised(input, changefulZone, daemontoolsStyle));
});

test("a day that begins inside a block is told from the day before, to and fro", () => {
  // Local mean time 3208 s ahead: the block begins 392 s before midnight.
  const midnight = -2_500_000_000n - ((-2_500_000_000n + 3208n) % 86_400n);
  let input = "";
  for (let i = 0n; i < 2000n; i++) input += `${stamp(midnight + ((i * 61n) % 890n) - 390n, 1)}\n`;
  const localiser = new Localiser(freshKernel(), new LocalClock(changefulZone), daemontoolsStyle);
  const output = filtered(localiser, [input]);
  assert.equal(output, localised(input, changefulZone, daemontoolsStyle));
  assert.match(output, / 23:5.*\n.* 00:0/);
  assert.match(output, / 00:0.*\n.* 23:5/);
});

test("lines of every length up to a few vectors are copied whole, at every alignment", () => {
  let input = "";
  for (let length = 0; length < 100; length++) {
    const text = "abcdefghijklmnopqrstuvwxyz".repeat(4).slice(0, length);
    input += `${stamp(994_720_184n, length)} ${text}\n${text}\n`;
  }
  const expected = localised(input, universalTime, daemontoolsStyle);
  for (let place = 0; place < input.length; place += 7) {
    const localiser = new Localiser(freshKernel(), new LocalClock(universalTime), daemontoolsStyle);
    assert.equal(filtered(localiser, cut(input, [place])), expected);
  }
});

test("a batch whose output outgrows the memory comes out whole", () => {
  // 26 bytes become 30.
  const input = `${stamp(994_720_184n, 1)}\n`.repeat(INPUT_BYTES / 10);
  // To 97, which the kernel is told of in time; to 311, which do not go through its memory.
  const styles = [70, 300].map((length) => formatStyle(`%F ${"x".repeat(length)}`));
  for (const style of [daemontoolsStyle, ...styles]) {
    const localiser = new Localiser(freshKernel(), new LocalClock(universalTime), style);
    assert.equal(filtered(localiser, [input]), localised(input, universalTime, style));
    const anywhere = new AnywhereLocaliser(new LocalClock(universalTime), style);
    assert.equal(filtered(anywhere, [input]), localised(input, universalTime, style));
  }
  const huge = formatStyle(`%F ${"x".repeat(900_000)}`);
  const few = `${stamp(994_720_184n, 1)} y\n`.repeat(3);
  const localiser = new Localiser(freshKernel(), new LocalClock(universalTime), huge);
  assert.equal(filtered(localiser, [few]), localised(few, universalTime, huge));
  const anywhere = new AnywhereLocaliser(new LocalClock(universalTime), huge);
  assert.equal(filtered(anywhere, [few]), localised(few, universalTime, huge));
});

test("a line longer than the memory is copied whole", () => {
  const input = `${stamp(994_720_184n, 1)} ${"long ".repeat(INPUT_BYTES)}\n${stamp(994_720_184n, 2)} x`;
  const localiser = new Localiser(freshKernel(), new LocalClock(universalTime), daemontoolsStyle);
  assert.equal(filtered(localiser, [input]), localised(input, universalTime, daemontoolsStyle));
});

test("leading zeros do not count, up to the most digits that are kept", () => {
  const digits = stamp(994_720_184n, 1).slice(1);
  const kept = `@${"0".repeat(MOST_STAMP_BYTES - 1 - digits.length)}${digits} x\n`;
  const tooMany = [MOST_STAMP_BYTES - digits.length, 2 * INPUT_BYTES].map(
    (zeros) => `@${"0".repeat(zeros)}${digits} x\n${stamp(994_720_184n, 1)} y\n`,
  );
  for (const places of [[], [7], [100, 200, 65_000], [65_536], [65_537, 65_540]]) {
    const make = () =>
      new Localiser(freshKernel(), new LocalClock(universalTime), daemontoolsStyle);
    assert.equal(filtered(make(), cut(kept, places)), "2001-07-09 23:09:44.000000001 x\n");
    for (const text of tooMany) {
      assert.equal(
        filtered(make(), cut(text, places)),
        text.replace(stamp(994_720_184n, 1), "2001-07-09 23:09:44.000000001"),
      );
    }
  }
});

test("a stamp is not held back once its end has arrived", () => {
  const localiser = new Localiser(freshKernel(), new LocalClock(universalTime), daemontoolsStyle);
  const seen: string[] = [];
  for (const byte of `a\n${stamp(994_720_184n, 1)} xy`) {
    let now = "";
    localiser.memory[localiser.inputAt] = byte.charCodeAt(0);
    localiser.take(1, (memory, from, to) => {
      now += Buffer.from(memory.subarray(from, to)).toString();
    });
    seen.push(now);
  }
  assert.deepEqual(seen.filter(Boolean), ["a", "\n", "2001-07-09 23:09:44.000000001 ", "x", "y"]);
});
