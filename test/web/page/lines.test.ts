// The lines that the page holds: how many, and where those that are asked for join them.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { before, endOf, LooseEnd } from "../../../src/web/page/pure/joint.ts";
import { LineWindow } from "../../../src/web/page/pure/line-window.ts";
import { Rows } from "../../../src/web/page/pure/rows.ts";

const line = (text: string, label: string | null = `@${text}`) => ({
  text,
  label,
  weight: text.length,
});
const lines = (...texts: string[]) => texts.map((text) => line(text));
const texts = (some: readonly { text: string }[]): string => some.map(({ text }) => text).join(" ");

test("the window drops lines at the other end, and says which", () => {
  const window = new LineWindow<ReturnType<typeof line>>(3, 100);
  assert.equal(texts(window.append(lines("a", "b"))), "");
  assert.equal(texts(window.append(lines("c", "d"))), "a");
  assert.equal(texts(window.held), "b c d");
  assert.equal(texts(window.prepend(lines("y", "z"))), "c d");
  assert.equal(texts(window.held), "y z b");
  assert.equal(texts(window.append(lines("1", "2", "3", "4"))), "y z b 1");
});

test("long lines make room as many short ones do; the last one stays", () => {
  const window = new LineWindow<ReturnType<typeof line>>(100, 10);
  window.append(lines("aaaa", "bbbb"));
  assert.equal(texts(window.append(lines("cccc"))), "aaaa");
  assert.equal(texts(window.append(lines("d".repeat(50)))), "bbbb cccc");
  assert.equal(window.held.length, 1);
  assert.equal(texts(window.append(lines("e"))), "d".repeat(50));
  window.clear();
  assert.equal(texts(window.append(lines("aaaaa", "bbbbb"))), "");
});

test("a page of earlier lines leaves out those that are held", () => {
  const held = lines("c", "d");
  assert.equal(texts(before(lines("a", "b", "c"), held)), "a b");
  assert.equal(texts(before(lines("a", "b"), held)), "a b");
  // Several lines with one label, and lines without one.
  const same = [line("x", "@1"), line("y", "@1"), line("z", null), line("w", "@2")];
  assert.equal(texts(before([line("v", "@1"), ...same.slice(0, 3)], same)), "v");
  assert.equal(texts(before(same.slice(0, 1), [line("y", "@1")])), "x");
});

test("it goes on behind the last label, without the loose lines that are there already", () => {
  assert.equal(endOf([]), undefined);
  assert.equal(endOf([line("a", null)]), undefined);
  assert.deepEqual(endOf([...lines("a", "b"), line("+", null)]), { label: "@b", loose: 1 });
  const loose = new LooseEnd(2);
  assert.equal(texts(loose.rest([line("+", null)])), "");
  assert.equal(texts(loose.rest([line("+", null), line("+", null), ...lines("c")])), "+ c");
  assert.equal(texts(loose.rest([line("+", null)])), "+");
});

test("rows are whole however they come in pieces", () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 6 }));
  let runs = 0;
  fc.assert(
    fc.property(pieces, (parts) => {
      runs++;
      const rows = new Rows();
      const got = parts.flatMap((part) => rows.take(part));
      const whole = parts.join("").split("\n");
      assert.equal(rows.rest, whole.pop());
      assert.deepEqual(
        got,
        whole.filter((row) => row !== ""),
      );
    }),
  );
  assert.ok(runs >= 100);
});
