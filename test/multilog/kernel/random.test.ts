import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  compileProgram,
  type KernelAction,
  type StampForm,
} from "../../../src/multilog/kernel/kernel.ts";
import { feed, logdir, select, status, stderr, taiClock } from "./harness.ts";
import { fnmatch } from "./libc.ts";
import { type Clock, capture } from "./oracle.ts";

const letter = fc.constantFrom("a", "b", "*", " ");
// Bytes at random, and lengths at which something changes: vectors, stderr, the window, areas.
const line = fc.oneof(
  { weight: 12, arbitrary: fc.string({ unit: letter, maxLength: 12 }) },
  {
    weight: 4,
    arbitrary: fc.string({ unit: fc.constantFrom("a", "b", "\0", "\xff"), maxLength: 90 }),
  },
  { weight: 3, arbitrary: sized(170, 205) },
  { weight: 3, arbitrary: sized(968, 1004) },
  { weight: 1, arbitrary: sized(3000, 9000) },
);

function sized(min: number, max: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.string({ unit: letter, maxLength: 4 }), fc.integer({ min, max }), letter)
    .map(([head, length, last]) => `${head.padEnd(length - 1, "ab a")}${last}`);
}

const simple = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "*", "*", " "), maxLength: 6 }),
  fc.constantFrom("*", "*a*", "*b", "@*", "* a*", "**"),
);
const glob = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "[ab]", "[!a]"), maxLength: 6 }),
  fc.constantFrom("*", "*a", "*[[:space:]]*", "*b?a*", "* ?*"),
);
const sign = fc.constantFrom("+", "-");
const simpleTest = fc.tuple(sign, simple).map(([kind, pattern]) => select(kind + pattern));
const globTest = fc.tuple(sign, glob).map(([kind, pattern]) => select(`F${kind}${pattern}`));
const action: fc.Arbitrary<KernelAction> = fc.oneof(
  { weight: 5, arbitrary: simpleTest },
  ...(fnmatch === undefined ? [] : [{ weight: 3, arbitrary: globTest }]),
  { weight: 4, arbitrary: fc.constant(logdir) },
  { weight: 1, arbitrary: fc.constant(stderr) },
  { weight: 1, arbitrary: fc.constant(status) },
);

// So many further groups that an output area is some 4 KB; no line ever selects differently there.
const crowd = Array.from({ length: 900 }, () => [select("-\x01"), logdir]).flat();

const micros: StampForm = { bytes: 18, counterAt: 11, digits: 6, radix: 10, divisor: 1000 };
const nanos = fc.oneof(
  fc.constantFrom(0, 98, 254, 65_534, 999, 99_999_998, 999_999_990),
  fc.integer({ min: 0, max: 999_999_999 }),
);
const clock: fc.Arbitrary<Clock | undefined> = fc.oneof(
  fc.constant(undefined),
  nanos.map(taiClock),
  nanos.map((startNanos) => ({
    form: micros,
    prefix: (second: number) => Buffer.from(`170000000${second % 10}.000000 `),
    startNanos,
  })),
);

const input = fc
  .tuple(fc.array(line, { maxLength: 60 }), fc.boolean())
  .map(([lines, ended]) => Buffer.from(lines.join("\n") + (ended ? "\n" : ""), "latin1"));
const pieces = fc.oneof(
  fc.constant([]),
  fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
  fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 }),
);

const other = compileProgram([select("-b"), logdir, status], undefined);

function agree(
  actions: readonly KernelAction[],
  when: Clock | undefined,
  bytes: Buffer,
  cuts: readonly number[],
): void {
  const { runs, ...fed } = feed(actions, when, bytes, { pieces: cuts, other });
  const never = (): boolean => false;
  assert.deepEqual(fed, capture(actions, when, bytes, fnmatch ?? never), `after ${runs} runs`);
}

test("however the input is cut, every script gives what the plain program gives", () => {
  let cases = 0;
  fc.assert(
    fc.property(fc.array(action, { maxLength: 10 }), clock, input, pieces, (...given) => {
      cases += 1;
      agree(...given);
    }),
    { numRuns: 3000 },
  );
  assert.equal(cases, 3000);
});

// More than one choice can stand for, and some that no line comes to.
const beginning = fc.constantFrom("", "a", "* ", "*a", "**", "@*");
const alike = fc
  .tuple(sign, beginning, fc.array(simple, { minLength: 1, maxLength: 40 }))
  .map(([kind, begin, ends]) => ends.map((end) => select(kind + begin + end)));

test("runs of patterns that begin alike select as they do one by one", () => {
  let cases = 0;
  const runs = fc
    .array(fc.oneof(alike, fc.constantFrom([logdir], [select("-*")], [status])), { maxLength: 6 })
    .map((parts) => [...parts.flat(), logdir]);
  fc.assert(
    fc.property(runs, clock, input, (actions, when, bytes) => {
      cases += 1;
      agree(actions, when, bytes, []);
    }),
    { numRuns: 1500 },
  );
  assert.equal(cases, 1500);
});

test("so it does when the output areas are small and lines come out in pieces", () => {
  let cases = 0;
  const crowded = fc.array(action, { maxLength: 5 }).map((actions) => [...actions, ...crowd]);
  fc.assert(
    fc.property(crowded, clock, input, pieces, (...given) => {
      cases += 1;
      agree(...given);
    }),
    { numRuns: 40 },
  );
  assert.equal(cases, 40);
});
