/**
 * How long does a whole tai64nlocal take, beside the C program and s6's?
 *
 * Each round runs all of them in turn on the same file, so that what the machine does meanwhile falls on
 * all alike; the ratio is the median of the rounds' ratios. Outputs are compared before anything is timed.
 * s6 takes labels for true TAI, as its own are: it gets them 27 leap seconds later, to write the same.
 *
 *   node build/bench/tai64nlocal.bench.js [megabytes=128] [rounds=15] [directory=/dev/shm or /tmp]
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addNanos, formatLabel, fromUnixNanos } from "../src/tai64/index.ts";

const [megabytes = "128", rounds = "15", directory] = process.argv.slice(2);
const LINE_BYTES = 119;
/** A zone with changes; and with TZ set, or the C program would look at /etc/localtime for every line. */
const ZONES: readonly (string | undefined)[] = ["America/New_York", undefined];

interface Contender {
  readonly name: string;
  readonly command: string;
  readonly leapSeconds: number;
}

const ours = fileURLToPath(new URL("../../dist/bin/tai64nlocal", import.meta.url));
const contenders: readonly Contender[] = [
  { name: "timberline", command: ours, leapSeconds: 0 },
  { name: "C (daemontools)", command: "/usr/bin/tai64nlocal", leapSeconds: 0 },
  { name: "s6", command: "/usr/bin/s6-tai64nlocal", leapSeconds: 27 },
].filter(({ name, command }) => {
  if (fs.existsSync(command)) return true;
  console.log(`${name}: ${command} is not installed, left out`);
  return false;
});

const base = directory ?? (fs.existsSync("/dev/shm") ? "/dev/shm" : "/tmp");
const place = fs.mkdtempSync(join(base, "tai64nlocal-bench-"));
try {
  const inputs = contenders.map(({ name }) => join(place, `input for ${name}`));
  const [lines = 0] = contenders.map(({ leapSeconds }, i) =>
    writeInput(inputs[i] ?? "", Number(megabytes) * 1e6, leapSeconds),
  );
  const bytes = fs.statSync(inputs[0] ?? "").size;
  console.log(
    `${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, Node ${process.version}, ${base}\n` +
      `${bytes} bytes, ${lines} lines of ${LINE_BYTES} bytes, one stamp each, ${rounds} paired rounds`,
  );
  for (const TZ of ZONES) {
    for (const sink of ["/dev/null", join(place, "output")])
      measure(inputs, bytes, lines, TZ, sink);
  }
} finally {
  fs.rmSync(place, { recursive: true });
}

function measure(
  inputs: readonly string[],
  bytes: number,
  lines: number,
  TZ: string | undefined,
  sink: string,
): void {
  const digests = contenders.map(({ command }, i) => {
    const output = join(place, "check");
    timed(command, inputs[i] ?? "", output, TZ);
    return createHash("sha256").update(fs.readFileSync(output)).digest("hex");
  });
  if (new Set(digests).size > 1) throw new Error(`outputs differ: ${digests.join(" ")}`);

  const times: number[][] = contenders.map(() => []);
  for (let round = 0; round < Number(rounds); round++) {
    contenders.forEach(({ command }, i) =>
      times[i]?.push(timed(command, inputs[i] ?? "", sink, TZ)),
    );
  }
  console.log(`\nTZ ${TZ ?? "not set"}, into ${sink === "/dev/null" ? sink : "a file"}:`);
  const own = times[0] ?? [];
  contenders.forEach(({ name }, i) => {
    const ms = times[i] ?? [];
    const middle = quantile(ms, 0.5);
    const ratio = quantile(
      ms.map((time, round) => time / (own[round] ?? Number.NaN)),
      0.5,
    );
    console.log(
      `  ${name.padEnd(16)} median ${middle.toFixed(0)} ms, p10 ${quantile(ms, 0.1).toFixed(0)}, ` +
        `p90 ${quantile(ms, 0.9).toFixed(0)}; ${(bytes / middle / 1e3).toFixed(0)} MB/s, ` +
        `${(lines / middle / 1e3).toFixed(2)} M lines/s; ${ratio.toFixed(2)} times our time`,
    );
  });
}

/** Milliseconds of one run from a file into another. */
function timed(command: string, input: string, output: string, TZ: string | undefined): number {
  const from = fs.openSync(input, "r");
  const to = fs.openSync(output, "w");
  const env = { PATH: "/usr/bin:/bin", ...(TZ === undefined ? {} : { TZ }) };
  const start = performance.now();
  const { status } = spawnSync(command, [], { stdio: [from, to, "inherit"], env });
  const ms = performance.now() - start;
  fs.closeSync(from);
  fs.closeSync(to);
  if (status !== 0) throw new Error(`${command} exited ${status}`);
  return ms;
}

/** Writes stamped lines, on average a millisecond apart; how many. */
function writeInput(path: string, bytes: number, leapSeconds: number): number {
  const fd = fs.openSync(path, "w");
  const text =
    "delivery 1234: success: 10.1.2.3_accepted_message./Remote_host_said:_250_2.0.0_Ok:_queued_as_9C";
  let at = fromUnixNanos((1_700_000_000n + BigInt(leapSeconds)) * 1_000_000_000n);
  let count = 0;
  for (let written = 0; written < bytes; ) {
    let batch = "";
    for (let i = 0; i < 10_000; i++, count++) {
      at = addNanos(at, BigInt(1 + ((count * 7919) % 2_000_000)));
      batch += `${formatLabel(at)} ${text.slice(0, LINE_BYTES - 27)}\n`;
    }
    written += fs.writeSync(fd, batch);
  }
  fs.closeSync(fd);
  return count;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
