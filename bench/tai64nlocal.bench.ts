/**
 * How long does a whole tai64nlocal take, beside the C program and s6's?
 *
 * Outputs are compared before anything is timed. s6 takes labels for true TAI, as its own are: it gets
 * them 27 leap seconds later, to write the same.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import { addNanos, formatLabel, fromUnixNanos } from "../src/tai64/index.ts";
import { type Program, runThrough } from "./child.ts";
import { Bench, OURS } from "./harness.ts";
import { builtCommand, findProgram } from "./machine.ts";

const SPEED = "MB/s";
const CPU = "CPU seconds";
const C_PROGRAM = "C tai64nlocal";
const S6_PROGRAM = "s6-tai64nlocal";
const TEXT =
  "delivery 1234: success: 10.1.2.3_accepted_message./Remote_host_said:_250_2.0.0_Ok:_queued";
const ZONE = "America/New_York";

interface Contender {
  readonly name: string;
  readonly command: string;
  readonly leapSeconds: number;
}

const bench = new Bench("tai64nlocal", "How fast do labels become local time?", 1e9);
bench.headlines.push(SPEED);
const output = join(bench.directory, "output");
const contenders = [
  { name: OURS, command: builtCommand("tai64nlocal"), leapSeconds: 0 },
  ...peer(C_PROGRAM, "tai64nlocal", 0),
  ...peer(S6_PROGRAM, S6_PROGRAM, 27),
];
const inputOf = ({ name }: Contender): string => join(bench.directory, `input for ${name}`);
const bytes = bench.pick(128e6, 4e6);
const [lines = 0] = contenders.map((one) => writeInput(inputOf(one), one.leapSeconds));
bench.input["every case"] = `${lines} lines of ${TEXT.length + 27} bytes, one stamp each`;

const cases: readonly [name: string, sink: string, env: Program["env"]][] = [
  ["into /dev/null", "/dev/null", { TZ: ZONE }],
  ["into a file", output, { TZ: ZONE }],
  // Without TZ the C library looks at /etc/localtime again for every line.
  ["into a file, TZ not set", output, {}],
];
for (const [name, sink, env = {}] of cases) {
  compareOutputs(env);
  await bench.rounds(name, bench.pick(5, 2), contenders, (one) => {
    const program = { command: one.command, args: [], env };
    const { wallSeconds, cpuSeconds } = runThrough(program, inputOf(one), sink);
    return { [SPEED]: fs.statSync(inputOf(one)).size / wallSeconds / 1e6, [CPU]: cpuSeconds };
  });
}
for (const name of ["into /dev/null", "into a file"]) {
  bench.targetRatio(name, SPEED, OURS, C_PROGRAM, { atLeast: 5 });
  bench.targetRatio(name, SPEED, OURS, S6_PROGRAM, { atLeast: 1.5 });
}
bench.finish();

function peer(name: string, program: string, leapSeconds: number): Contender[] {
  const command = findProgram(program);
  if (command === undefined) console.log(`  ${name}: not installed, left out`);
  return command === undefined ? [] : [{ name, command, leapSeconds }];
}

function compareOutputs(env: Record<string, string>): void {
  const digests = contenders.map((one) => {
    runThrough({ command: one.command, args: [], env }, inputOf(one), output);
    return createHash("sha256").update(fs.readFileSync(output)).digest("hex");
  });
  if (new Set(digests).size > 1) throw new Error(`outputs differ: ${digests.join(" ")}`);
}

/** Writes stamped lines, on average a millisecond apart; how many. */
function writeInput(path: string, leapSeconds: number): number {
  const fd = fs.openSync(path, "w");
  let at = fromUnixNanos((1_700_000_000n + BigInt(leapSeconds)) * 1_000_000_000n);
  let count = 0;
  for (let written = 0; written < bytes; ) {
    let batch = "";
    for (let i = 0; i < 10_000; i++, count++) {
      at = addNanos(at, BigInt(1 + ((count * 7919) % 2_000_000)));
      batch += `${formatLabel(at)} ${TEXT}\n`;
    }
    written += fs.writeSync(fd, batch);
  }
  fs.closeSync(fd);
  return count;
}
