/** What is chosen: by patterns, searches and times. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Histogram } from "../../src/inspect/chart.ts";
import { Grep, requiredText } from "../../src/inspect/grep.ts";
import { Patterns } from "../../src/inspect/patterns.ts";
import { parseTime, TimeError, type Zone } from "../../src/inspect/time-words.ts";
import { universalTime } from "../../src/tai64/index.ts";
import { fnmatch } from "../multilog/kernel/libc.ts";
import { matchSimple } from "../multilog/kernel/oracle.ts";

test("patterns select as multilog's oracle says", () => {
  const text = fc.stringMatching(/^[ab* :]{0,12}$/);
  const word = fc.tuple(fc.boolean(), fc.stringMatching(/^[ab* :]{0,6}$/));
  fc.assert(
    fc.property(text, fc.array(word, { maxLength: 4 }), (line, words) => {
      let selected = true;
      for (const [selects, pattern] of words) {
        if (selected !== selects && matchSimple(Buffer.from(pattern), Buffer.from(line)))
          selected = selects;
      }
      const script = words.map(([selects, pattern]) =>
        Buffer.from((selects ? "+" : "-") + pattern),
      );
      const memory = Buffer.from(`##${line}##`);
      const patterns = new Patterns(script);
      assert.equal(
        patterns.selects(memory, 2, 2 + line.length),
        selected,
        `${line} ${script.join(" ")}`,
      );
    }),
    { numRuns: 3000 },
  );
  const long = Buffer.alloc(5000, "x");
  assert.equal(new Patterns([Buffer.from("-*y")]).selects(long, 0, 5000), true);
  assert.equal(new Patterns([Buffer.from(`-${"x".repeat(1000)}`)]).selects(long, 0, 5000), false);
});

test("behind F patterns select as fnmatch(3) does, behind S as simple ones again", {
  skip: fnmatch === undefined ? "this C library is not glibc" : false,
}, () => {
  const text = fc.stringMatching(/^[ab/ \0]{0,10}$/);
  const word = fc.tuple(
    fc.boolean(),
    fc.constantFrom("", "F", "S"),
    fc.stringMatching(/^[ab/*?]{0,4}(\[[!ab-]{1,3}\])?[ab*?]{0,3}$/),
  );
  fc.assert(
    fc.property(text, fc.array(word, { maxLength: 4 }), (line, words) => {
      let [selected, style] = [true, "S"];
      for (const [selects, set, pattern] of words) {
        style = set || style;
        const matches = style === "F" ? fnmatch : matchSimple;
        const isMatch = matches?.(Buffer.from(pattern), Buffer.from(line)) === true;
        if (selected !== selects && isMatch) selected = selects;
      }
      const script = words
        .flatMap(([selects, set, pattern]) => [set, (selects ? "+" : "-") + pattern])
        .filter((one) => one !== "");
      const memory = Buffer.from(`##${line}##`);
      assert.equal(
        new Patterns(script.map((one) => Buffer.from(one))).selects(memory, 2, 2 + line.length),
        selected,
        `${JSON.stringify(line)} ${script.join(" ")}`,
      );
    }),
    { numRuns: 5000 },
  );
});

test("what a search must contain is in every match of it", () => {
  const parts = [
    "ab",
    "c",
    "d*",
    "e+",
    "f?",
    ".",
    "\\.",
    "\\d",
    "[gh]",
    "i{2}",
    "^",
    "$",
    "\\*",
    "jk*?",
    " ",
    "ö",
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts), { maxLength: 6 }),
      fc.string(),
      (chosen, noise) => {
        const pattern = chosen.join("");
        const text = requiredText(pattern);
        const sample = chosen
          .map(
            (part) =>
              ({
                "d*": "",
                "f?": "",
                "e+": "ee",
                ".": "z",
                "\\.": ".",
                "\\d": "7",
                "[gh]": "h",
                "i{2}": "ii",
                "^": "",
                $: "",
                "\\*": "*",
                "jk*?": "j",
              })[part] ?? part,
          )
          .join("");
        for (const candidate of [sample, noise + sample]) {
          const match = new RegExp(pattern).exec(candidate);
          if (match !== null && text !== undefined)
            assert.ok(match[0].includes(text), `${pattern} ${text}`);
        }
      },
    ),
    { numRuns: 3000 },
  );
  assert.equal(requiredText("a|b"), undefined);
  assert.equal(requiredText("(ab)?c"), undefined);
  assert.equal(requiredText("error: .*timeout"), "error: ");
});

test("a search ignores case, and finds what is no ASCII and no UTF-8", () => {
  const finds = (pattern: string, line: string | Buffer, ignoreCase: boolean = false): boolean => {
    const bytes = Buffer.from(line);
    return new Grep({ pattern, ignoreCase }).test(bytes, 0, bytes.length);
  };
  assert.ok(finds("ERROR", "an Error", true));
  assert.ok(!finds("ERROR", "an Error"));
  assert.ok(finds("größe", "die größe"));
  assert.ok(finds("GRÖSSE|größe", "die GRÖßE", true));
  assert.ok(finds("end$", Buffer.from([0xff, 0, 0x65, 0x6e, 0x64])));
  assert.ok(finds("\\p{Lu}", "x Ä"));
});

const NOW = 1_763_643_600n * 1_000_000_000n + 5n; // 2025-11-20 13:00:00 UTC
/** An hour ahead until 2025-10-26 01:00 UTC, then universal time. */
const CHANGE = 1_761_440_400n;
const zone: Zone = (at) => {
  const shift = at < CHANGE ? 3600n : 0n;
  const time = universalTime(at + shift);
  return time && { ...time, offset: Number(shift) };
};

const times: readonly (readonly [text: string, seconds: number, nanos?: number])[] = [
  ["now", 1763643600, 5],
  ["10m", 1763643000, 5],
  ["2h ago", 1763636400, 5],
  ["1h30m", 1763638200, 5],
  ["3 days ago", 1763384400, 5],
  ["12:30", 1763641800],
  ["today", 1763596800],
  ["yesterday 14:00", 1763560800],
  ["Yesterday", 1763510400],
  ["2025-11-20", 1763596800],
  ["2025-11-20 13:00:05.25", 1763643605, 250000000],
  ["2025-11-20T13:00:05Z", 1763643605],
  ["2025-11-20 13:00:05 +02:00", 1763636405],
  ["2025-11-20_13:00:05", 1763643605],
  ["13:00:05-0130", 1763649005],
  ["2025-10-25 12:00", 1761390000],
  // Twice on that day: the earlier.
  ["2025-10-26 01:30", 1761438600],
  ["@1763643600", 1763643600],
];

for (const [text, seconds, nanos = 0] of times) {
  test(`"${text}" is a time`, () => {
    assert.deepEqual(parseTime(text, NOW, zone), { kind: "time", seconds, nanos });
  });
}

test("a label is a time of its own kind", () => {
  assert.deepEqual(parseTime("@400000003b4a39c23294b13c", NOW, zone), {
    kind: "label",
    seconds: 0x3b4a39c2,
    nanos: 0x3294b13c,
  });
});

const wrong: readonly (readonly [text: string, says: string])[] = [
  ["yesterday 25:00", "there is no 25:00 in a day"],
  ["yesterday noon", 'understood "yesterday", not "noon"'],
  ["2025-02-30", "there is no 2025-02-30 in the calendar"],
  ["10x", '"x" is no unit of time'],
  ["10m later", 'is no unit of time|understood "10m", not "later"'],
  ["soon", "a time is like"],
  ["", "a time is like"],
  ["@4000x", "a label is @ and 24 digits"],
  ["2025-11-20 13:00 CET", 'understood "2025-11-20 13:00", not "CET"'],
];

for (const [text, says] of wrong) {
  test(`"${text}" is no time, and it is said why`, () => {
    assert.throws(
      () => parseTime(text, NOW, zone),
      (error) => {
        assert.ok(error instanceof TimeError);
        assert.match(error.message, new RegExp(says));
        assert.ok(error.message.startsWith(`unable to understand the time "${text}": `));
        return true;
      },
    );
  });
}

test("a chart has a bar for each part of the time, and stays small", () => {
  const chart = new Histogram();
  for (let minute = 0; minute < 8; minute++)
    for (let line = 0; line < minute; line++) chart.add(60 * minute + line);
  assert.equal(chart.draw(40), "▂▃▄▅▆▇█");
  assert.deepEqual(chart.peak, { perMinute: 7, at: 420 });
  const years = new Histogram();
  for (let hour = 0; hour < 100_000; hour++) years.add(3600 * hour);
  assert.equal(years.draw(50).length, 50);
  assert.equal(new Histogram().draw(50), "");
});
