/** How fast the producers are by themselves: a logger near this speed is faster than was measured. */
import fs from "node:fs";
import { makePipe, reap, startOnNothing } from "./child.ts";
import { producers } from "./feed.ts";
import type { Bench } from "./harness.ts";
import type { Input } from "./lines.ts";
import { findProgram } from "./machine.ts";

const ROUNDS = 3;

export async function measureProducers(bench: Bench, input: Input): Promise<void> {
  const each = Object.entries(producers).map(([name, produce]) => ({ name, produce }));
  const rounds = bench.pick(ROUNDS, 1);
  await bench.rounds("each producer alone", rounds, each, ({ produce }) => {
    const [readEnd, writeEnd] = makePipe();
    const begun = performance.now();
    const cat = { command: findProgram("cat") ?? "/bin/cat", args: [] };
    const pid = startOnNothing(cat, [readEnd, undefined, 2]);
    fs.closeSync(readEnd);
    produce(input.path, writeEnd);
    fs.closeSync(writeEnd);
    reap(pid);
    return { "MB/s into cat": input.bytes / (performance.now() - begun) / 1e3 };
  });
}
