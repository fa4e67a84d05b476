/** Heads that are copied are those that are read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Heads } from "../../src/syslog/heads.ts";
import { endLine, mostLineBytes, writeText } from "../../src/syslog/line-writer.ts";
import { lineOf } from "./read.ts";

const OWN_HOST = Buffer.from("web1");
const SENDER_HOST = "10.0.0.7";

/** Heads that begin alike, and texts that would be a part of the head if it were looked for there. */
const PRIORITIES = ["<30>", "<30>1 ", "<999>"];
const TIMES = ["", "Nov 20 16:05:34 ", "Nov 20 16:05:35 ", "2026-11-20T16:05:34Z ", "Nov 20 1"];
const HOSTS = ["", "web1 ", "db "];
const TAGS = [
  "web: ",
  "web:",
  "web[12]: ",
  "web[12] ",
  "web[12]",
  "1: ",
  "2026: ",
  "a: ",
  "web ",
  "",
];
const TEXTS = [
  "",
  "x",
  "served 3",
  " ",
  "\n",
  "\0",
  "b: c",
  "x-yz-abT12:34:56 z",
  "6:05:34 z: y",
  "- - - - - z",
];

const pick = (words: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
const head = fc.tuple(pick(PRIORITIES), pick(TIMES), pick(HOSTS), pick(TAGS)).map(joined);
const message = fc.tuple(head, pick(TEXTS)).map(joined);
const said = fc.record({
  text: message,
  pid: fc.constantFrom(0, 12, 13),
  uid: fc.constantFrom(-1, 0),
});

function joined(parts: readonly string[]): string {
  return parts.join("");
}

function lineThrough(heads: Heads, text: string, pid: number, uid: number): string {
  const memory = Buffer.from(text, "latin1");
  const sender = { host: Buffer.from(SENDER_HOST), pid, uid, hostIsTrusted: false };
  const out = Buffer.alloc(mostLineBytes(memory.length));
  const behind = heads.write(memory, 0, memory.length, sender, out, 0);
  const end = endLine(out, writeText(heads.message, memory, out, behind));
  return out.toString("latin1", 0, end);
}

test("what comes behind another message is written as if it came alone", () => {
  fc.assert(
    fc.property(
      fc.array(said, { minLength: 2, maxLength: 12 }),
      fc.array(fc.boolean(), { maxLength: 12 }),
      (all, again) => {
        const heads = new Heads(OWN_HOST);
        // Each twice where that is said, so that heads are kept, and then with the next text.
        const messages = all.flatMap((one, at) => (again[at] === true ? [one, one] : [one]));
        for (const { text, pid, uid } of messages) {
          const alone = lineOf(text, { pid, uid, host: SENDER_HOST, local: true });
          assert.equal(lineThrough(heads, text, pid, uid), alone);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test("what stands in front of any text is read as it would be without the one before", () => {
  fc.assert(
    fc.property(head, fc.array(pick(TEXTS), { minLength: 3, maxLength: 12 }), (same, texts) => {
      const heads = new Heads(OWN_HOST);
      for (const text of texts.map((one) => same + one)) {
        const alone = lineOf(text, { pid: 12, host: SENDER_HOST, local: true });
        assert.equal(lineThrough(heads, text, 12, -1), alone);
      }
    }),
    { numRuns: 10_000 },
  );
});
