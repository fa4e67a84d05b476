/**
 * How does the cost grow, with longer lines, more directories, more patterns, smaller files?
 *
 * Processor time for each line of input, the logger's start taken off. Flat over the length of lines
 * would mean that only lines cost; proportional to it, that only bytes do.
 */
import { join } from "node:path";
import { Bench } from "./harness.ts";
import { type Input, writeLines } from "./lines.ts";
import { type Logger, oursAnd, runLogger, type Task } from "./loggers.ts";
import { checkLogs } from "./logs.ts";
import * as names from "./names.ts";

const PER_LINE = "CPU ns a line";
const PER_BYTE = "CPU ns a byte";
const LENGTHS = [20, 50, 100, 300, 1000, 4000];
const DIRECTORIES = [1, 4, 16, 64];
const PATTERNS = [1, 4, 16, 64];
const FILE_KB = [4, 16, 64, 256, 1024, 16_000];

const bench = new Bench("growth", "How does the cost of a line grow with the work on it?", 1e9);
const directory = join(bench.directory, "logs");
bench.remarks.push(
  "Processor time for each line of input, the logger's start taken off. Flat over the length of lines would mean that only lines cost; proportional to it, that only bytes do.",
);
const loggers = oursAnd(bench, [names.C_MULTILOG, names.S6_LOG]);
const path = join(bench.directory, "input");
const stamped: Task = { stamp: true, logdirs: 1 };

await curve("The length of lines", "bytes a line", LENGTHS, (bytes) => [
  `${bytes}-byte lines`,
  { ...stamped, lineBytes: 2 * bytes },
  writeLines(path, bench.pick(30e6, 1e6), bytes),
]);
await curve("Log directories", "directories", DIRECTORIES, (logdirs) => [
  `${logdirs} directories`,
  { ...stamped, logdirs },
  writeLines(path, bench.pick(80e6, 4e6) / (logdirs + 3), "services"),
]);
await curve("Patterns before the directory", "patterns", PATTERNS, (count) => [
  `${count} patterns`,
  { ...stamped, dropped: Array.from({ length: count }, (_, index) => `nothing${index}`) },
  writeLines(path, bench.pick(30e6, 1e6) / (1 + count / 4), "services"),
]);
await curve("The size of files", "KB a file", FILE_KB, (kilobytes) => [
  `files of ${kilobytes} KB`,
  { ...stamped, sizeBytes: kilobytes * 1000 + 96 },
  writeLines(
    path,
    Math.min(bench.pick(30e6, 1e6), kilobytes * bench.pick(500e3, 25e3)),
    "services",
  ),
]);
bench.finish();

async function curve(
  title: string,
  along: string,
  places: readonly number[],
  make: (at: number) => [name: string, task: Task, input: Input],
): Promise<void> {
  const cases: { name: string; at: number }[] = [];
  for (const at of bench.pick(places, [...places.slice(0, 1), ...places.slice(-1)])) {
    const [name, task, input] = make(at);
    await compare(name, task, input);
    cases.push({ name, at });
  }
  bench.charts.push({ title, along, metric: PER_LINE, cases });
}

async function compare(name: string, task: Task, input: Input): Promise<void> {
  bench.input[name] = input.shape;
  const able = bench.rightOnes(name, loggers, (logger) => {
    runLogger(logger, task, input.path, directory);
    checkLogs(logger, task, input.path, directory);
  });
  await bench.rounds(name, bench.pick(2, 1), able, (logger) => {
    const nanos = 1e9 * (cpuOf(logger, task, input.path) - cpuOf(logger, task, "/dev/null"));
    return { [PER_LINE]: nanos / input.lines, [PER_BYTE]: nanos / input.bytes };
  });
}

function cpuOf(logger: Logger, task: Task, input: string): number {
  return runLogger(logger, task, input, directory).cpuSeconds;
}
