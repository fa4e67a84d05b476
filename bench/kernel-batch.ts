/** One batch through the kernel, and through the oracle of the tests: compared first, then timed. */
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
import type { Bench } from "./harness.ts";

export const BATCH_BYTES: number = 256 * 1024;
const START_NANOS = 1000;
const form: StampForm = { bytes: 26, counterAt: 17, digits: 8, radix: 16, divisor: 1 };
const prefix = Buffer.from("@4000000067890abc00000000 ");
const kernel = new Kernel(readFileSync(kernelUrl));

export interface KernelCase {
  readonly name: string;
  readonly stamp: boolean;
  readonly actions: KernelAction[];
  readonly input: Buffer;
  /** fnmatch as the oracle has it. */
  readonly fnmatch: (pattern: Uint8Array, text: Buffer) => boolean;
}

/** Times a kernel call, its input copied into its memory as read(2) would, beside the plain way. */
export function timeCase(bench: Bench, one: KernelCase): void {
  const { name, stamp, actions, input, fnmatch } = one;
  const clock = stamp ? { form, prefix: () => prefix, startNanos: START_NANOS } : undefined;
  const plainly = (): ReturnType<typeof capture> => capture(actions, clock, input, fnmatch);
  kernel.load(compileProgram(actions, stamp ? form : undefined));
  compare(plainly(), stamp, input);
  const { lines } = kernel;
  const speeds = (seconds: number): Record<string, number> => ({
    "MB/s": input.length / seconds / 1e6,
    "million lines/s": lines / seconds / 1e6,
  });
  timeFunction(bench, name, "kernel", () => runBatch(input, stamp), speeds);
  timeFunction(bench, name, "plainly", plainly, speeds);
  bench.show(name);
}

function runBatch(input: Buffer, stamp: boolean): void {
  kernel.memory.set(input, kernel.inputAt);
  if (stamp) kernel.setStamp(prefix, START_NANOS);
  let at = kernel.inputAt;
  const end = at + input.length;
  while (at < end) at += kernel.run(at, end - at);
}

function compare(expected: ReturnType<typeof capture>, stamp: boolean, input: Buffer): void {
  kernel.memory.set(input, kernel.inputAt);
  if (stamp) kernel.setStamp(prefix, START_NANOS);
  assert.equal(kernel.run(kernel.inputAt, input.length), input.length, "one run takes the batch");
  for (const [d, { text }] of expected.outputs.entries()) {
    const at = kernel.outputAt(d);
    const found = latin(kernel.memory.subarray(at, at + kernel.outputLength(d)));
    assert.ok(found === text, `output ${d} differs from the oracle's`);
  }
}

/**
 * Lines of letters at random, the same on every run.
 *
 * @param mean  bytes of a line with its end
 * @param varied  whether some are short and some long
 */
export function randomLines(mean: number, varied: boolean): Buffer {
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
