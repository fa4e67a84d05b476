/**
 * How soon does svlog find, search, merge and follow?
 *
 * The large directory is 640 files of 16 MB with real names; the three in its middle are full of
 * lines, the others hold a line at their beginning and one at their end, and nothing between.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import { readLog } from "../src/inspect/index.ts";
import { posix } from "../src/posix/index.ts";
import { addNanos, formatLabel, fromUnixNanos, type Instant } from "../src/tai64/index.ts";
import { type Program, runThrough } from "./child.ts";
import { Bench, OURS } from "./harness.ts";
import { writeLines } from "./lines.ts";
import { builtCommand, findProgram } from "./machine.ts";
import { quantile } from "./statistics.ts";

const WALL = "ms of the whole command";
const READ = "MB read";
const SPEED = "MB/s";
const LINES = "lines/s";
const P99 = "p99 ms";
const P50 = "p50 ms";
const MEMORY = "MB at most";
const GROWTH = "MB more in the second half";
const BILLION = 1_000_000_000n;
const BEGIN = 1_700_000_000n * BILLION;
const RARE = "xylophone quartz";
const TEXT = "delivery: success: 10.1.2.3_accepted_message./Remote_host_said:_250_2.0.0_Ok:_queued";

const bench = new Bench("svlog", "How soon does svlog find, search, merge and follow?", 4e9);
bench.headlines.push(WALL, SPEED, LINES, P99);
const svlog = builtCommand("svlog");
const env = { TZ: "America/New_York" };

/** Labelled lines from `at` on, `gap` nanoseconds apart, up to `bytes`; the time behind them. */
function stampedLines(path: string, from: Instant, gap: bigint, bytes: number): Instant {
  const fd = fs.openSync(path, "w", 0o744);
  let at = from;
  for (let written = 0; written < bytes; ) {
    let batch = "";
    for (let i = 0; i < 5000; i++, at = addNanos(at, gap)) batch += `${formatLabel(at)} ${TEXT}\n`;
    written += fs.writeSync(fd, batch);
  }
  fs.closeSync(fd);
  return at;
}

async function findMinute(): Promise<void> {
  const directory = join(bench.directory, "large");
  fs.mkdirSync(directory);
  const files = bench.pick(640, 40);
  const fileBytes = bench.pick(16e6, 1e6);
  const middle = Math.floor(files / 2);
  // 150,000 lines of 112 bytes in a file, 5 ms apart: a file is a quarter of an hour, all of it a week.
  const gap = 5_000_000n;
  let at = fromUnixNanos(BEGIN);
  let asked = at;
  for (let file = 0; file < files; file++) {
    const path = join(directory, "current");
    if (file === middle) asked = addNanos(at, 60n * BILLION);
    if (Math.abs(file - middle) <= 1) at = stampedLines(path, at, gap, fileBytes);
    else {
      fs.writeFileSync(path, `${formatLabel(at)} ${TEXT}\n`, { mode: 0o744 });
      at = addNanos(at, 800n * BILLION);
      fs.truncateSync(path, fileBytes);
      fs.appendFileSync(path, `\n${formatLabel(at)} ${TEXT}\n`);
    }
    at = addNanos(at, 1n);
    if (file < files - 1) fs.renameSync(path, join(directory, `${formatLabel(at)}.s`));
  }
  const until = addNanos(asked, 60n * BILLION - 1n);
  const args = ["--since", formatLabel(asked), "--until", formatLabel(until), directory];
  const name = "a minute of 10 GB";
  bench.input[name] = `${files} files of ${fileBytes / 1e6} MB, a minute is 12,000 lines`;
  const output = join(bench.directory, "output");
  runThrough({ command: svlog, args, env }, "/dev/null", output);
  const found = fs.readFileSync(output, "latin1").split("\n").length - 1;
  if (!bench.quick && found !== 12_000) throw new Error(`${found} lines in place of 12000`);
  const read = await bytesRead(asked, until, directory);
  await bench.rounds(name, bench.pick(15, 3), [{ name: OURS }], () => {
    const { wallSeconds } = runThrough({ command: svlog, args, env }, "/dev/null", output);
    return { [WALL]: 1000 * wallSeconds, [READ]: read / 1e6 };
  });
  bench.targetValue(name, WALL, { atMost: 150 });
  bench.targetValue(name, READ, { atMost: 4 });
}

/** What the same reading takes from files, in this process. */
async function bytesRead(since: Instant, until: Instant, directory: string): Promise<number> {
  let bytes = 0;
  const counting = {
    ...posix,
    read: (...args: Parameters<typeof posix.read>): number => {
      const count = posix.read(...args);
      bytes += count;
      return count;
    },
    readAt: (...args: Parameters<typeof posix.readAt>): number => {
      const count = posix.readAt(...args);
      bytes += count;
      return count;
    },
  };
  const bound = ({ seconds, nanos }: Instant) =>
    ({ kind: "label", seconds: Number(seconds - (1n << 62n)), nanos }) as const;
  const range = { since: bound(since), until: bound(until) };
  let lines = 0;
  for await (const _ of readLog(directory, { range, posix: counting })) lines++;
  if (lines === 0) throw new Error("no line was found");
  return bytes;
}

async function searchWord(): Promise<void> {
  const directory = join(bench.directory, "words");
  fs.mkdirSync(directory);
  const block = join(bench.directory, "block");
  writeLines(block, 16e6, "services");
  const text = fs.readFileSync(block);
  const files: string[] = [];
  for (let file = 0; file < bench.pick(64, 4); file++) {
    const label = formatLabel(fromUnixNanos(BEGIN + BigInt(file) * BILLION));
    const name = join(directory, file === 63 ? "current" : `${label}.s`);
    fs.writeFileSync(name, text, { mode: 0o744 });
    if (file % 16 === 3) fs.appendFileSync(name, `the ${RARE} of file ${file}\n`);
    files.push(name);
  }
  const bytes = files.map((file) => fs.statSync(file).size).reduce((a, b) => a + b);
  const contenders = [
    { name: OURS, command: svlog, args: ["--raw", "--grep", RARE, directory] },
    ...peer("grep -a", "grep", ["-ah", RARE, ...files]),
  ];
  const name = "a rare word in 1 GB";
  bench.input[name] = `${files.length} files, ${(bytes / 1e6).toFixed(0)} MB`;
  await compare(name, contenders, bytes, bench.pick(9, 2));
  bench.targetRatio(name, SPEED, OURS, "grep -a", { atLeast: 1 / 1.5 });
  bench.clear(directory);
}

async function mergeMany(): Promise<void> {
  const directory = join(bench.directory, "many");
  const count = 100;
  const each = bench.pick(50_000, 1000);
  for (let log = 0; log < count; log++) {
    const place = join(directory, `service${log}`);
    fs.mkdirSync(place, { recursive: true });
    const lines: string[] = [];
    for (let line = 0; line < each; line++) {
      const at =
        BEGIN + BigInt(line) * 1_000_000n + BigInt((log * 7919 + line * 104_729) % 900_000);
      lines.push(`${formatLabel(fromUnixNanos(at))} ${TEXT}\n`);
    }
    fs.writeFileSync(join(place, "current"), lines.join(""));
  }
  const name = "a merge of 100 directories";
  const args = ["--all", `${directory}/*`];
  bench.input[name] = `${count * each} lines`;
  const output = join(bench.directory, "output");
  runThrough({ command: svlog, args, env }, "/dev/null", output);
  checkOrder(output, count * each);
  await bench.rounds(name, bench.pick(7, 2), [{ name: OURS }], () => {
    const { wallSeconds } = runThrough({ command: svlog, args, env }, "/dev/null", "/dev/null");
    return { [LINES]: (count * each) / wallSeconds };
  });
  bench.targetValue(name, LINES, { atLeast: 1e6 });
  bench.clear(directory);
}

/** @throws Error when lines are missing, or not in the order of their times */
function checkOrder(output: string, count: number): void {
  const bytes = fs.readFileSync(output);
  let last = "";
  let lines = 0;
  for (let at = 0; at < bytes.length; at = bytes.indexOf(10, at) + 1, lines++) {
    const name = bytes.indexOf(0x20, at) + 1;
    const time = bytes.toString("latin1", name, name + 29);
    if (time < last) throw new Error(`${time} stands behind ${last}`);
    last = time;
  }
  if (lines !== count) throw new Error(`${lines} lines in place of ${count}`);
}

async function showTimes(): Promise<void> {
  const file = join(bench.directory, "stamped");
  stampedLines(file, fromUnixNanos(BEGIN), 500_000n, bench.pick(256e6, 4e6));
  const { size } = fs.statSync(file);
  const name = "all of a file in local time";
  bench.input[name] = `${(size / 1e6).toFixed(0)} MB`;
  const contenders = [
    { name: OURS, command: svlog, args: ["--all", file] },
    { name: "Timberline tai64nlocal", command: builtCommand("tai64nlocal"), args: [], from: file },
    ...peer("C tai64nlocal", "tai64nlocal", []).map((one) => ({ ...one, from: file })),
  ];
  await compare(name, contenders, size, bench.pick(7, 2));
  bench.targetRatio(name, SPEED, OURS, "C tai64nlocal", { atLeast: 1 });
  bench.targetRatio(name, SPEED, OURS, "Timberline tai64nlocal", { atLeast: 0.8 });
  bench.clear(file);
}

interface Contender extends Program {
  readonly name: string;
  readonly from?: string;
}

function peer(name: string, program: string, args: readonly string[]): Contender[] {
  const command = findProgram(program);
  if (command === undefined) console.log(`  ${name}: not installed, left out`);
  return command === undefined ? [] : [{ name, command, args }];
}

/** Outputs are compared before anything is timed. */
async function compare(
  name: string,
  contenders: readonly Contender[],
  bytes: number,
  rounds: number,
): Promise<void> {
  const output = join(bench.directory, "output");
  const digests = contenders.map((one) => {
    runThrough({ ...one, env }, one.from ?? "/dev/null", output);
    return createHash("sha256").update(fs.readFileSync(output)).digest("hex");
  });
  if (new Set(digests).size > 1) throw new Error(`outputs differ: ${digests.join(" ")}`);
  await bench.rounds(name, rounds, contenders, (one) => {
    // grep looks whether its output is /dev/null, and stops at the first line then.
    const { wallSeconds } = runThrough({ ...one, env }, one.from ?? "/dev/null", output);
    return { [SPEED]: bytes / wallSeconds / 1e6 };
  });
}

/** 100 directories that grow and rotate; each line says when it was written. */
async function followMany(): Promise<void> {
  const directory = join(bench.directory, "living");
  const logs = Array.from(
    { length: 100 },
    (_, index) => new LivingLog(join(directory, `log${index}`)),
  );
  const child = spawn(svlog, ["-f", "--raw", "-n", "0", `${directory}/*`], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...env, PATH: "/usr/bin:/bin" },
  });
  const delays: number[] = [];
  let received = 0;
  let rest = "";
  child.stdout.on("data", (bytes: Buffer) => {
    const now = performance.now();
    const lines = (rest + bytes.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    received += lines.length;
    for (const line of lines) delays.push(now - Number(line.slice(26, line.indexOf(" ", 26))));
  });
  const seconds = bench.pick(20, 2);
  await untilSeen();
  delays.length = received = 0;
  const memory: number[] = [];
  const begun = performance.now();
  let written = 0;
  for (let turn = 0; turn < 100 * seconds; turn++) {
    const next = begun + 10 * turn;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    for (const log of logs) for (let line = 0; line < 5; line++, written++) log.write();
    if (turn % 50 === 0) memory.push(residentMegabytes(child.pid ?? 0));
  }
  while (received < written) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill("SIGTERM");
  const name = "100 directories followed, 50,000 lines/s";
  const sorted = Float64Array.from(delays).sort();
  const half = Math.floor(memory.length / 2);
  bench.record(name, OURS, P50, quantile([...sorted], 0.5));
  bench.record(name, OURS, P99, quantile([...sorted], 0.99));
  bench.record(name, OURS, MEMORY, Math.max(...memory));
  bench.record(
    name,
    OURS,
    GROWTH,
    Math.max(...memory.slice(half)) - Math.max(...memory.slice(0, half)),
  );
  bench.record(name, OURS, LINES, written / ((performance.now() - begun) / 1000));
  bench.show(name);
  bench.input[name] = `${written} lines, a write each, 64 KB a file`;
  bench.targetValue(name, P99, { atMost: 50 });
  bench.targetValue(name, MEMORY, { atMost: 100 });
  for (const log of logs) log.close();

  async function untilSeen(): Promise<void> {
    while (received === 0) {
      logs[0]?.write();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

class LivingLog {
  readonly #path: string;
  #fd: number;
  #bytes = 0;

  constructor(path: string) {
    fs.mkdirSync(path, { recursive: true });
    this.#path = path;
    this.#fd = fs.openSync(join(path, "current"), "a");
  }

  write(): void {
    const label = formatLabel(fromUnixNanos(posix.now()));
    this.#bytes += fs.writeSync(this.#fd, `${label} ${performance.now()} ${TEXT}\n`);
    if (this.#bytes < 65_536) return;
    fs.closeSync(this.#fd);
    fs.renameSync(join(this.#path, "current"), join(this.#path, `${label}.s`));
    this.#fd = fs.openSync(join(this.#path, "current"), "a");
    this.#bytes = 0;
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}

function residentMegabytes(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

await findMinute();
await searchWord();
await mergeMany();
await showTimes();
await followMany();
bench.finish();
