// How fast does one kernel call go, by script and by length of line?
//
// Timed is one batch of 256 KiB: copying it into the kernel's memory, as read(2) would (a run may write
// over its input), then setStamp and run until it is done with. Each case's output is checked against
// the oracle of the tests first.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  compileProgram,
  Kernel,
  type KernelAction,
  kernelUrl,
  type StampForm,
} from "../src/multilog/kernel/kernel.ts";
import { capture, latin } from "../test/multilog/kernel/oracle.ts";
import { timeFunction } from "./functions.ts";
import { Bench } from "./harness.ts";

const BATCH_BYTES = 256 * 1024;
const START_NANOS = 1000;
const SPEED = "MB/s";

const bench = new Bench(
  "kernel",
  "How fast does one kernel call go, by script and length of line?",
);
bench.input["every case"] = `batches of ${BATCH_BYTES} bytes`;
const kernel = new Kernel(readFileSync(kernelUrl));
const form: StampForm = { bytes: 26, counterAt: 17, digits: 8, radix: 16, divisor: 1 };
const prefix = Buffer.from("@4000000067890abc00000000 ");

const logdir: KernelAction = { kind: "logdir" };
const status: KernelAction = { kind: "status" };
const words = "fatal error panic denied timeout reset kernel oom disk".split(" ");

function drop(pattern: string, match: "simple" | "fnmatch" = "simple"): KernelAction {
  return { kind: "deselect", pattern: Buffer.from(pattern), match };
}

function keep(pattern: string): KernelAction {
  return { kind: "select", pattern: Buffer.from(pattern), match: "simple" };
}

const scripts: [name: string, stamp: boolean, actions: KernelAction[]][] = [
  ["./main", false, [logdir]],
  ["t ./main", true, [logdir]],
  ["t =status ./main", true, [status, logdir]],
  ["t ./main -* +*a*b* ./errors", true, [logdir, drop("*"), keep("*a*b*"), logdir]],
  ["t, ten patterns", true, [...words.map((word) => drop(`*${word}*`)), keep("*zebra*"), logdir]],
  ["t, nine of fnmatch", true, [...words.map((word) => drop(`*${word}*`, "fnmatch")), logdir]],
];

const shapes: [name: string, mean: number, varied: boolean][] = [
  ["20-byte lines", 20, false],
  ["93-byte lines", 93, false],
  ["1- to 185-byte lines", 93, true],
  ["1000-byte lines", 1000, false],
];

/** Lines of letters at random, `mean` bytes long with LF; the same on every run. */
function makeInput(mean: number, varied: boolean): Buffer {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789    ";
  const out = Buffer.alloc(BATCH_BYTES);
  let seed = 1;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  let at = 0;
  while (true) {
    const length = varied ? 1 + next(2 * mean - 1) : mean;
    if (at + length > BATCH_BYTES) return out.subarray(0, at);
    for (let k = 1; k < length; k++) out[at++] = alphabet.charCodeAt(next(alphabet.length));
    out[at++] = 10;
  }
}

function runBatch(input: Buffer, stamp: boolean): void {
  kernel.memory.set(input, kernel.inputAt);
  if (stamp) kernel.setStamp(prefix, START_NANOS);
  let at = kernel.inputAt;
  const end = at + input.length;
  while (at < end) at += kernel.run(at, end - at);
}

/** Runs the batch once and compares with the oracle; returns how many lines it has. */
function check(actions: KernelAction[], stamp: boolean, input: Buffer): number {
  const clock = stamp ? { form, prefix: () => prefix, startNanos: START_NANOS } : undefined;
  const expected = capture(actions, clock, input, contains);
  kernel.memory.set(input, kernel.inputAt);
  if (stamp) kernel.setStamp(prefix, START_NANOS);
  assert.equal(kernel.run(kernel.inputAt, input.length), input.length, "one run takes the batch");
  for (const [d, { text }] of expected.outputs.entries()) {
    const at = kernel.outputAt(d);
    const found = latin(kernel.memory.subarray(at, at + kernel.outputLength(d)));
    assert.ok(found === text, `output ${d} differs from the oracle's`);
  }
  return kernel.lines;
}

/** fnmatch of the only form used here: a word between two stars. */
function contains(pattern: Uint8Array, text: Buffer): boolean {
  return text.includes(Buffer.from(pattern).subarray(1, -1));
}

for (const [shape, mean, varied] of shapes) {
  const input = makeInput(mean, varied);
  for (const [name, stamp, actions] of scripts) {
    kernel.load(compileProgram(actions, stamp ? form : undefined));
    const lines = check(actions, stamp, input);
    timeFunction(
      bench,
      shape,
      name,
      () => runBatch(input, stamp),
      (seconds) => ({
        [SPEED]: input.length / seconds / 1e6,
        "million lines/s": lines / seconds / 1e6,
      }),
    );
  }
  bench.show(shape);
}
bench.finish();
