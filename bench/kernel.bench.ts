// How fast does one kernel call go, by script and by length of line, beside the plain way?
import type { KernelAction } from "../src/multilog/kernel/kernel.ts";
import { Bench } from "./harness.ts";
import { BATCH_BYTES, randomLines, timeCase } from "./kernel-batch.ts";

const bench = new Bench(
  "kernel",
  "How fast does one kernel call go, by script and length of line?",
);
bench.input["every case"] = `batches of ${BATCH_BYTES} bytes`;
const logdir: KernelAction = { kind: "logdir" };
const status: KernelAction = { kind: "status" };
const dropAll: KernelAction = { kind: "deselect", pattern: Buffer.from("*"), match: "simple" };
const keepSome: KernelAction = {
  kind: "select",
  pattern: Buffer.from("*a*b*"),
  match: "simple",
};

const scripts: [name: string, stamp: boolean, actions: KernelAction[]][] = [
  ["./main", false, [logdir]],
  ["t ./main", true, [logdir]],
  ["t =status ./main", true, [status, logdir]],
  ["t ./main -* +*a*b* ./errors", true, [logdir, dropAll, keepSome, logdir]],
];
const shapes: [name: string, mean: number, varied: boolean][] = [
  ["20-byte lines", 20, false],
  ["93-byte lines", 93, false],
  ["1- to 185-byte lines", 93, true],
  ["1000-byte lines", 1000, false],
];

for (const [shape, mean, varied] of shapes) {
  const input = randomLines(mean, varied);
  for (const [script, stamp, actions] of scripts) {
    const fnmatch = (): boolean => false;
    timeCase(bench, { name: `${shape}: ${script}`, stamp, actions, input, fnmatch });
  }
}
bench.finish();
