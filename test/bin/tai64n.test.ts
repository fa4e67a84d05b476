// Not tested:
//   the accuracy of the clock
//   a read error in the middle of the input
//   a clock that steps back (test/tai64/stamper.test.ts does)
import assert from "node:assert/strict";
import { test } from "node:test";
import { toUnixNanos } from "../../src/tai64/instant.ts";
import { isLabel, parseLabel } from "../../src/tai64/label.ts";
import { ours, peer } from "../support/commands.ts";
import { run, testItsEnds } from "./filter-command.ts";
import { LivingFilter } from "./living-filter.ts";

const tai64n = ours("tai64n");
const original = peer("tai64n");
const LABEL_AND_BLANK = /@[0-9a-f]{24} /g;

test("tai64n puts a label and a blank in front of every line and changes nothing else", () => {
  const before = BigInt(Date.now()) * 1_000_000n;
  const { stdout, stderr, status } = run(tai64n, "one\n\ntwo\0\n@three");
  const after = BigInt(Date.now() + 1) * 1_000_000n;
  const text = stdout.toString("latin1");
  assert.equal(text.replace(LABEL_AND_BLANK, "L "), "L one\nL \nL two\0\nL @three");
  const labels = text.match(LABEL_AND_BLANK)!.map((word) => word.trim());
  for (const label of labels) {
    assert.ok(isLabel(label));
    const nanos = toUnixNanos(parseLabel(label));
    assert.ok(before <= nanos && nanos <= after, label);
  }
  assert.equal(stderr.toString(), "");
  assert.equal(status, 0);
});

test("tai64n's labels increase strictly over a large input", () => {
  const { stdout } = run(tai64n, "a line\n".repeat(300_000));
  const lines = stdout.toString("latin1").split("\n");
  assert.equal(lines.length, 300_001);
  for (let i = 1; i < 300_000; i++) assert.ok(lines[i - 1]! < lines[i]!, `line ${i}`);
});

test("tai64n writes what the C program writes, labels aside", { skip: original.skip }, () => {
  const inputs = [
    "",
    "\n",
    "a",
    "a\n",
    "\n\n\na",
    "\0\xff\n\0",
    "@\n",
    "long ".repeat(300_000),
    "x\n".repeat(70_000),
  ];
  for (const input of inputs) {
    const [our, their] = [tai64n, original.path].map((program) => {
      const { stdout, stderr, status } = run(program, input);
      return {
        status,
        stderr: stderr.toString(),
        text: stdout.toString("latin1").replace(LABEL_AND_BLANK, "L "),
      };
    });
    assert.deepEqual(our, their);
  }
});

test("tai64n ignores its arguments", () => {
  for (const args of [["-x"], ["--foo"], ["--"], ["--help", "me"], ["a", "--version"]]) {
    const { stdout, status } = run(tai64n, "x\n", { args });
    assert.match(stdout.toString(), /^@[0-9a-f]{24} x\n$/, args.join(" "));
    assert.equal(status, 0);
  }
});

test("tai64n tells its use and its version when that alone is asked", () => {
  assert.match(run(tai64n, "", { args: ["--help"] }).stdout.toString(), /^Usage: tai64n\n/);
  assert.match(run(tai64n, "", { args: ["--version"] }).stdout.toString(), /^\d+\.\d+\.\d+\n$/);
});

test("tai64n passes a partial line on at once and does not stamp it again", async () => {
  const filter = new LivingFilter(tai64n);
  filter.say("par");
  assert.match(await filter.hear(29), /^@[0-9a-f]{24} par$/);
  filter.say("tial\nn");
  assert.match(await filter.hear(5 + 27), /^tial\n@[0-9a-f]{24} n$/);
  assert.equal(await filter.end(), 0);
});

test("tai64n goes on when somebody makes its descriptors non-blocking", async () => {
  const filter = new LivingFilter(tai64n);
  filter.say("a\n");
  assert.match(await filter.hear(28), /a\n$/);
  filter.makeNonBlocking();
  filter.say("b\n");
  assert.match(await filter.hear(28), /b\n$/);
  filter.say("c\n");
  // Twice: the first of these reads may still have been a blocking one.
  assert.match(await filter.hear(28), /c\n$/);
  assert.equal(await filter.end(), 0);
});

testItsEnds("tai64n", { path: tai64n, skip: false });
testItsEnds("the C tai64n", original);
