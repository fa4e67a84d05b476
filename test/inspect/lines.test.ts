/** Lines out of bytes, wherever these are cut; places found by label. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { Content } from "../../src/inspect/content.ts";
import { keyOf, labelText } from "../../src/inspect/label-key.ts";
import { LineSource } from "../../src/inspect/line-source.ts";
import { daemontoolsTime, guessTime, s6Time } from "../../src/inspect/producer.ts";
import { lastLines, lowerBound, nextLabel } from "../../src/inspect/search.ts";
import { Selection } from "../../src/inspect/selection.ts";
import { AT_CWD, posix } from "../../src/posix/index.ts";
import { isLabel, readLabel } from "../../src/tai64/label.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const BASE = 0x6b00_0000;
const label = (second: number, nanos: number = 0): string => labelText(BASE + second, nanos);

interface SeenLine {
  readonly text: string;
  readonly labelled: boolean;
  readonly ended: boolean;
}

/** Feeds pieces, one a reading. */
async function linesOf(pieces: readonly Buffer[], bufferBytes: number): Promise<SeenLine[]> {
  let index = 0;
  let rest = Buffer.alloc(0);
  const bytes = {
    file: undefined,
    close: () => undefined,
    read: (memory: Uint8Array, at: number, length: number): number => {
      while (rest.length === 0 && index < pieces.length) rest = Buffer.from(pieces[index++] ?? "");
      const count = rest.copy(memory, at, 0, length);
      rest = rest.subarray(count);
      return count;
    },
  };
  const source = new LineSource(
    "log",
    () => bytes,
    () => assert.fail(),
    bufferBytes,
  );
  const seen: SeenLine[] = [];
  const take = (): void => {
    const { labelled, ended } = source;
    seen.push({
      text: source.memory.toString("latin1", source.start, source.end),
      labelled,
      ended,
    });
  };
  for (;;) {
    while (source.advance()) take();
    if (!(await source.fill())) break;
  }
  if (source.takeRest()) take();
  return seen;
}

test("lines and labels are the same wherever bytes, characters and labels are cut", async () => {
  const text = Buffer.from(
    `${label(1)} a\n${label(2)} größer € 😀\nwithout\n\n\0\0\n${label(3)}\n@short\n${label(4)}ff no\nrest`,
  );
  const expected = await linesOf([text], 4096);
  assert.equal(expected.length, 9);
  assert.deepEqual(
    expected.map(({ labelled }) => labelled),
    [true, true, false, false, false, true, false, false, false],
  );
  for (let cut = 0; cut <= text.length; cut++) {
    for (const size of [8, 16, 31, 4096]) {
      const pieces = [text.subarray(0, cut), text.subarray(cut)];
      assert.deepEqual(await linesOf(pieces, size), expected, `cut at ${cut}, buffer ${size}`);
    }
  }
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 20 }), async (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((to, i) => text.subarray(places[i], to));
      assert.deepEqual(await linesOf(pieces, 8), expected);
    }),
  );
});

test("a line of 10 MB is one line, one of 40 MB comes in pieces that hold every byte", async () => {
  const ten = Buffer.alloc(10 * 2 ** 20, "x");
  const seen = await linesOf([Buffer.from("a\n"), ten, Buffer.from("\nb\n")], 65_536);
  assert.deepEqual(
    seen.map(({ text, ended }) => [text.length, ended]),
    [
      [1, true],
      [10 * 2 ** 20, true],
      [1, true],
    ],
  );
  const pieces = await linesOf([ten, ten, ten, ten, Buffer.from("\nb\n")], 65_536);
  assert.ok(pieces.length > 2 && pieces.length < 8);
  assert.equal(
    pieces.slice(0, -1).reduce((sum, { text }) => sum + text.length, 0),
    40 * 2 ** 20,
  );
  assert.deepEqual(pieces.at(-1), { text: "b", labelled: false, ended: true });
});

test("a label is read as tai64 reads it", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.stringMatching(/^@[0-9a-f]{24}$/),
        fc.stringMatching(/^@40000000[0-9a-f]{8}[0-3][0-9a-f]{7}$/),
        fc.stringMatching(/^[@a][0-9a-fA-Fg]{20,26}$/),
      ),
      (text) => {
        const key = keyOf(Buffer.from(text.slice(0, 25)));
        assert.equal(key !== undefined, isLabel(text.slice(0, 25)));
        if (key === undefined || !text.startsWith("@40000000")) return;
        assert.equal(labelText(key.seconds, key.nanos), text.slice(0, 25));
        assert.equal(readLabel(Buffer.from(text))?.nanos, key.nanos);
      },
    ),
    { numRuns: 2000 },
  );
});

function file(scope: Scope, text: string | Buffer): Content {
  const path = join(temporaryDirectory(scope), "file");
  fs.writeFileSync(path, text);
  const content = Content.open(posix, AT_CWD, Buffer.from(path));
  scope.after(() => content.close());
  return content;
}

test("the place of a label is that of the first line that is not before it", (t) => {
  const lines: string[] = [];
  for (let second = 0; second < 3000; second++) {
    if (second % 7 === 0) lines.push("a line without a label");
    if (second % 500 === 3) lines.push("x".repeat(20_000));
    lines.push(`${label(2 * second)} line ${second} ${"y".repeat(second % 90)}`);
  }
  const text = `${lines.join("\n")}\n`;
  const content = file(t, text);
  for (let second = -1; second < 6002; second += 13) {
    const found = lowerBound(content, { seconds: BASE - 10 + second, nanos: 0 }, daemontoolsTime);
    const wanted = text.indexOf(label(Math.max(0, second + (second & 1))));
    assert.equal(found, wanted < 0 ? text.length : wanted, `second ${second}`);
  }
  assert.equal(
    lowerBound(file(t, "no\nlabels\n"), { seconds: 0, nanos: 0 }, daemontoolsTime),
    undefined,
  );
  assert.equal(lowerBound(file(t, ""), { seconds: 0, nanos: 0 }, daemontoolsTime), undefined);
  assert.equal(
    lowerBound(file(t, Buffer.alloc(100_000)), { seconds: 0, nanos: 0 }, daemontoolsTime),
    undefined,
  );
});

test("a label is found wherever a look at the file ends", (t) => {
  for (let bytes = 4000; bytes < 4200; bytes++) {
    const content = file(t, `${"x".repeat(bytes)}\n${label(1)} text\n`);
    assert.equal(nextLabel(content, 1, content.sizeBytes)?.offset, bytes + 1);
    assert.equal(nextLabel(content, 1, bytes + 1), undefined);
    assert.equal(nextLabel(content, bytes + 2, content.sizeBytes), undefined);
  }
});

test("the last lines of a file are found from its end", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(5), { maxLength: 30 }),
      fc.boolean(),
      fc.nat(40),
      (sizes, ends, n) => {
        const text = sizes.map((size) => "x".repeat(size)).join("\n") + (ends ? "\n" : "");
        const all = text.split("\n");
        if (all.at(-1) === "") all.pop();
        const { offset, lines } = lastLines(file(t, text), n + 1, text.length);
        assert.equal(
          text.slice(offset),
          text
            .split(/(?<=\n)/)
            .slice(-n - 1)
            .join(""),
        );
        assert.equal(lines, Math.min(n + 1, text === "" ? 0 : all.length));
      },
    ),
  );
});

test("s6's labels are told from daemontools' by the file's time, and count leap seconds", () => {
  const seconds = 1_700_000_000;
  assert.equal(guessTime({ seconds: seconds + 10, nanos: 0 }, seconds + 0.5), daemontoolsTime);
  assert.equal(guessTime({ seconds: seconds + 37, nanos: 0 }, seconds + 0.5), s6Time);
  assert.equal(guessTime({ seconds: seconds + 10, nanos: 0 }, seconds + 9000), daemontoolsTime);
  assert.equal(s6Time(seconds + 37), seconds);
  // 2016-12-31 23:59:59 and 2017-01-01 00:00:00, a leap second between them.
  assert.equal(s6Time(1_483_228_799 + 36), 1_483_228_799);
  assert.equal(s6Time(1_483_228_800 + 37), 1_483_228_800);
  assert.equal(s6Time(0 + 10), 0);
});

test("a search that leaps to its word finds the lines that a look at every line finds", async () => {
  const words = fc.constantFrom("needle", "need", "le", "e", " ", "x", "ne\0", "öl");
  const line = fc.array(words, { maxLength: 5 }).map((parts) => parts.join(""));
  const lines = fc.array(fc.tuple(fc.boolean(), line), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      lines,
      fc.constantFrom("needle", "e n", "öl", "l+e", "^x", "n.e", "le?x"),
      async (all, pattern) => {
        const texts = all.map(([has, text], i) => (has ? `${label(i)} ${text}` : text));
        const input = Buffer.from(texts.map((text) => `${text}\n`).join(""));
        const found: string[] = [];
        let at = 0;
        const bytes = {
          file: undefined,
          close: () => undefined,
          read: (memory: Uint8Array, to: number, length: number): number => {
            const count = input.copy(memory, to, at, Math.min(at + length, at + 50));
            at += count;
            return count;
          },
        };
        const source = new Selection(
          "log",
          () => bytes,
          () => undefined,
          64,
        );
        source.want({ grep: { pattern } });
        for (;;) {
          while (source.advance()) found.push(source.line.toString("utf8", source.from, source.to));
          if (!(await source.fill())) break;
        }
        const wanted = texts.filter((text) =>
          new RegExp(pattern).test(text.replace(/^@\w{24} /, "")),
        );
        assert.deepEqual(found, wanted);
      },
    ),
    { numRuns: 500 },
  );
});
