/**
 * How much memory does one multilog take, and does it stay there?
 *
 * The kernel's own account of the process (VmHWM, VmRSS): at rest, at full speed, with a disk that is
 * full, and with a processor that does not come to an end, a writer pushing all the while.
 */
import fs from "node:fs";
import { join } from "node:path";
import { type Program, reap, runThrough } from "./child.ts";
import { feed, sleep } from "./feed.ts";
import { Bench } from "./harness.ts";
import { writeLines } from "./lines.ts";
import { C_MULTILOG, findPeers, type Logger, ours, startLogger } from "./loggers.ts";
import { findProgram } from "./machine.ts";
import { PushingWriter } from "./pushing-writer.ts";

const PEAK = "MB at most";
const GROWTH = "MB more in the second half";
const MOST_MB = 80;
const MOST_GROWTH_MB = 4;

const bench = new Bench("memory", "How much memory does a multilog take, whatever happens?", 1e9);
const seconds = bench.pick(20, 1);
bench.headlines.push(PEAK);
const task = { stamp: true, logdirs: 1 } as const;
const directory = join(bench.directory, "logs");
const input = writeLines(join(bench.directory, "input"), bench.pick(400e6, 20e6), "services");
bench.input["full speed"] = input.shape;
bench.input["full disk, endless processor"] = `a writer pushing for ${seconds} s`;
const loggers = [ours, ...findPeers([C_MULTILOG])];

await each("at rest", loggers, (logger) => {
  const { pid, writeEnd } = startLogger(prepare(logger));
  sleep(bench.pick(2000, 500));
  return endLogger(pid, writeEnd);
});
await each("full speed", loggers, (logger) => {
  const { pid, writeEnd } = startLogger(prepare(logger));
  feed(input.path, writeEnd);
  return endLogger(pid, writeEnd);
});
if (canMount()) await each("full disk", [ours], (one) => watchPushed(inFullDisk(prepare(one))));
else console.log("  full disk: unshare(1) may not mount here, left out");
await each("endless processor", [ours], watchEndlessProcessor);

for (const name of ["at rest", "full speed", "full disk", "endless processor"]) {
  bench.targetValue(name, PEAK, { atMost: MOST_MB });
  bench.targetValue(name, GROWTH, { atMost: MOST_GROWTH_MB });
}
bench.finish();

async function each(
  name: string,
  contenders: readonly Logger[],
  measure: (logger: Logger) => Record<string, number>,
): Promise<void> {
  await bench.rounds(name, 1, contenders, measure);
}

function prepare(logger: Logger): Program {
  bench.clear(directory);
  fs.mkdirSync(directory);
  return logger.prepare(task, directory);
}

function endLogger(pid: number, writeEnd: number): Record<string, number> {
  const peak = readMegabytes(pid, "VmHWM");
  fs.closeSync(writeEnd);
  reap(pid);
  return { [PEAK]: peak };
}

/** Pushes lines at a logger that cannot get rid of them; then ends it by force. */
function watchPushed(program: Program): Record<string, number> {
  const { pid, writeEnd } = startLogger(program);
  const writer = new PushingWriter(writeEnd);
  const until = performance.now() + seconds * 1000;
  const half = performance.now() + seconds * 500;
  let atHalf = 0;
  for (let now = performance.now(); now < until; now = performance.now()) {
    writer.push();
    sleep(5);
    if (atHalf === 0 && now > half) atHalf = readMegabytes(pid, "VmRSS");
  }
  const growth = readMegabytes(pid, "VmRSS") - atHalf;
  const peak = readMegabytes(pid, "VmHWM");
  process.kill(pid, "SIGKILL");
  writer.close();
  reap(pid);
  return { [PEAK]: peak, [GROWTH]: growth };
}

/** In a mount namespace of its own, with a disk of one megabyte where its logs are to be. */
function inFullDisk({ command, args }: Program): Program {
  const script = `mount -t tmpfs -o size=1m none "$1" && shift && exec "$@"`;
  return unshare(["sh", "-c", script, "sh", directory, command, ...args]);
}

function unshare(words: readonly string[]): Program {
  const asRoot = process.getuid?.() === 0;
  return {
    command: findProgram("unshare") ?? "/usr/bin/unshare",
    args: [asRoot ? "-m" : "-rm", ...words],
  };
}

function canMount(): boolean {
  if (findProgram("unshare") === undefined) return false;
  fs.mkdirSync(directory, { recursive: true });
  try {
    const mount = ["mount", "-t", "tmpfs", "none", directory];
    runThrough(unshare(mount), "/dev/null", "/dev/null");
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** A processor that reads a FIFO: it ends when we let go of that, and does not outlive us. */
function watchEndlessProcessor(logger: Logger): Record<string, number> {
  const { command, args } = prepare(logger);
  const fifo = join(directory, "fifo");
  runThrough({ command: findProgram("mkfifo") ?? "", args: [fifo] }, "/dev/null", "/dev/null");
  const held = fs.openSync(fifo, "r+");
  const others = args.filter((word) => !/^s\d/.test(word));
  const measured = watchPushed({ command, args: ["s4096", `!exec cat ${fifo}`, ...others] });
  fs.closeSync(held);
  return measured;
}

function readMegabytes(pid: number, field: "VmHWM" | "VmRSS"): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
  return (Number(kib) * 1024) / 1e6;
}
