/** Streams cut up anyhow. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { Framing, MOST_MESSAGE_BYTES } from "../../src/syslog/framing.ts";

/** The messages of a stream that arrives in pieces; those in pieces are put together again. */
function messagesOf(pieces: readonly Uint8Array[]): string[] {
  const framing = new Framing();
  const found: string[] = [];
  function takeAll(isOver: boolean): void {
    for (let frame = framing.next(isOver); frame !== undefined; frame = framing.next(isOver)) {
      const { at, end, continues } = frame;
      assert.ok(end - at <= MOST_MESSAGE_BYTES);
      const text = framing.memory.toString("latin1", at, end);
      if (continues) found.push(`${found.pop()}${text}`);
      else found.push(text);
    }
  }
  for (const piece of pieces) {
    for (let taken = 0; taken < piece.length; ) {
      const { at, bytes } = framing.room();
      assert.ok(bytes > 0);
      assert.ok(framing.memory.length <= 2 * MOST_MESSAGE_BYTES);
      const share = Math.min(bytes, piece.length - taken);
      framing.memory.set(piece.subarray(taken, taken + share), at);
      framing.add(share);
      taken += share;
      takeAll(false);
    }
  }
  takeAll(true);
  framing.rest();
  assert.ok(framing.isEmpty);
  return found;
}

const one = (text: string): string[] => messagesOf([Buffer.from(text, "latin1")]);
const counted = (text: string): string => `${Buffer.from(text).length} ${text}`;

describe("messages of a stream", () => {
  test("each is counted or ended by a newline, as it says itself", () => {
    assert.deepEqual(one("<1>a\n<2>b\n"), ["<1>a", "<2>b"]);
    assert.deepEqual(one(`${counted("<1>a\nb")}${counted("<2>c")}<3>d\n`), [
      "<1>a\nb",
      "<2>c",
      "<3>d",
    ]);
    assert.deepEqual(one(`${counted("<1>a")}\n${counted("<2>c")}\n\n<3>`), ["<1>a", "<2>c", "<3>"]);
  });

  test("a line that begins with digits is no length", () => {
    assert.deepEqual(one("12 monkeys\n7\n1234567890 <1>\n0 <1>x\n"), [
      "12 monkeys",
      "7",
      "1234567890 <1>",
      "0 <1>x",
    ]);
  });

  test("what stands there at the end is a message", () => {
    assert.deepEqual(one("<1>half"), ["<1>half"]);
    assert.deepEqual(one("20 <1>half"), ["<1>half"]);
    assert.deepEqual(one("20 "), ["20 "]);
    assert.deepEqual(one("20"), ["20"]);
    assert.deepEqual(one(""), []);
  });

  test("long ones come in pieces, and memory stays bounded", () => {
    const long = `<1>${"x".repeat(5 * MOST_MESSAGE_BYTES + 3)}`;
    assert.deepEqual(one(`${long}\n<2>b\n`), [long, "<2>b"]);
    assert.deepEqual(one(`${counted(long)}${counted("<2>b")}`), [long, "<2>b"]);
    assert.deepEqual(one(long), [long]);
    assert.deepEqual(one(`999999999 ${long}`), [long]);
    const exact = `<1>${"x".repeat(MOST_MESSAGE_BYTES - 3)}`;
    assert.deepEqual(one(`${exact}\n<2>b\n`), [exact, "<2>b"]);
    assert.deepEqual(one(`${counted(exact)}${counted("<2>b")}`), [exact, "<2>b"]);
  });

  test("however it is cut, the same messages come out", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.nat(3 * MOST_MESSAGE_BYTES).map((length) => "long ".repeat(length / 5)),
    );
    const message = fc.record({ text, count: fc.boolean() });
    let cases = 0;
    const property = fc.property(
      fc.array(message, { maxLength: 6 }),
      fc.array(fc.nat(9000), { minLength: 1, maxLength: 20 }),
      (messages, cuts) => {
        const bodies = messages.map(({ text: body, count }) =>
          Buffer.from(count ? counted(`<9>${body}`) : `<9>${body.replaceAll("\n", "")}\n`),
        );
        const stream = Buffer.concat(bodies);
        const pieces: Buffer[] = [];
        for (let at = 0, n = 0; at < stream.length; n++) {
          const bytes = (cuts[n % cuts.length] ?? 0) + 1;
          pieces.push(stream.subarray(at, at + bytes));
          at += bytes;
        }
        const expected = messages.map(({ text: body, count }) =>
          Buffer.from(`<9>${count ? body : body.replaceAll("\n", "")}`).toString("latin1"),
        );
        assert.deepEqual(messagesOf(pieces), expected);
        cases++;
      },
    );
    fc.assert(property, { numRuns: 200 });
    assert.equal(cases, 200);
  });

  test("any bytes at all end in messages that hold all but what stands between them", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (pieces) => {
        const all = Buffer.concat(pieces).toString("latin1");
        const kept = (text: string): string => text.replaceAll(/[\n\0]/g, "");
        if (!/[1-9][0-9]* </.test(all)) assert.equal(kept(messagesOf(pieces).join("")), kept(all));
      }),
    );
  });
});
