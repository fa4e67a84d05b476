// What do patterns cost, by their number and their form, beside the plain way of matching them?
import type { KernelAction } from "../src/multilog/kernel/kernel.ts";
import { Bench } from "./harness.ts";
import { BATCH_BYTES, randomLines, timeCase } from "./kernel-batch.ts";

const SPEED = "MB/s";
const LINE_BYTES = 93;

type Form = "simple" | "fnmatch";

const bench = new Bench("patterns", "What do patterns cost, beside the plain way of matching?");
bench.input["every case"] = `batches of ${BATCH_BYTES} bytes, lines of ${LINE_BYTES}; none matches`;
const counts = bench.pick([1, 4, 16, 64], [1, 64]);
const input = randomLines(LINE_BYTES, true);
const forms: readonly [name: string, form: Form, pattern: (index: number) => string][] = [
  ["a word at the beginning", "simple", (index) => `Word${index}*`],
  ["a word anywhere", "simple", (index) => `*Word${index}*`],
  ["a word anywhere, fnmatch", "fnmatch", (index) => `*Word${index}*`],
];

for (const [form, match, patternOf] of forms) {
  const nameOf = (count: number): string => `${count} × ${form}`;
  for (const count of counts) {
    const patterns = Array.from({ length: count }, (_, index) => patternOf(index));
    timeCase(bench, {
      name: nameOf(count),
      stamp: false,
      actions: [...patterns.map((pattern) => drop(pattern, match)), { kind: "logdir" }],
      input,
      fnmatch: contains,
    });
  }
  bench.charts.push({
    title: `Patterns before a directory: ${form}`,
    metric: SPEED,
    along: "patterns",
    cases: counts.map((at) => ({ name: nameOf(at), at })),
  });
}
bench.finish();

function drop(pattern: string, match: Form): KernelAction {
  return { kind: "deselect", pattern: Buffer.from(pattern), match };
}

/** fnmatch of the only form used here: a word between two stars. */
function contains(pattern: Uint8Array, text: Buffer): boolean {
  return text.includes(Buffer.from(pattern).subarray(1, -1));
}
