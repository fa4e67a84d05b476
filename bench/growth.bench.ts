/**
 * How does the cost grow, with more directories and with shorter lines?
 *
 * Processor time for each line of input, the logger's start taken off. Flat over the length of lines
 * would mean that only lines cost; falling with it, that only bytes do.
 */
import { join } from "node:path";
import { Bench } from "./harness.ts";
import { type Input, writeLines } from "./lines.ts";
import { C_MULTILOG, findPeers, type Logger, ours, runLogger, type Task } from "./loggers.ts";
import { checkLogs } from "./logs.ts";

const PER_LINE = "CPU ns a line";
const PER_BYTE = "CPU ns a byte";
const LENGTHS = [20, 50, 100, 300, 1000, 4000];
const DIRECTORIES = [1, 4, 16];

const bench = new Bench(
  "growth",
  "How does the cost grow, by directories and by line length?",
  2e9,
);
const directory = join(bench.directory, "logs");
const loggers = [ours, ...findPeers([C_MULTILOG])];
const rounds = bench.pick(3, 1);
const path = join(bench.directory, "input");

for (const lineBytes of LENGTHS) {
  const input = writeLines(path, bench.pick(100e6, 5e6), lineBytes);
  await compare(`${lineBytes}-byte lines`, { stamp: true, logdirs: 1 }, input);
}
for (const logdirs of DIRECTORIES) {
  const input = writeLines(path, bench.pick(400e6, 16e6) / (logdirs + 3), "services");
  await compare(`${logdirs} directories`, { stamp: true, logdirs }, input);
}
bench.finish();

async function compare(name: string, task: Task, input: Input): Promise<void> {
  bench.input[name] = input.shape;
  for (const logger of loggers) {
    bench.progress(`checking what ${logger.name} writes`);
    runLogger(logger, task, input.path, directory);
    checkLogs(task, input.path, directory);
  }
  await bench.rounds(name, rounds, loggers, (logger) => {
    const nanos = 1e9 * (cpuOf(logger, task, input.path) - cpuOf(logger, task, "/dev/null"));
    return { [PER_LINE]: nanos / input.lines, [PER_BYTE]: nanos / input.bytes };
  });
}

function cpuOf(logger: Logger, task: Task, input: string): number {
  return runLogger(logger, task, input, directory).cpuSeconds;
}
