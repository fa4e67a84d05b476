/**
 * How soon can a line be read from `current`?
 *
 * From the moment when write(2) into the pipe returns to the moment when the file is long enough. One
 * thread writes and looks: between two lines it asks for the file's size again and again, so that one
 * clock serves for both. A look takes 2 µs.
 */
import fs from "node:fs";
import { join } from "node:path";
import { expectSuccess, reap } from "./child.ts";
import { writePaced } from "./feed.ts";
import { GrowingFile } from "./growing-file.ts";
import { Bench, OURS } from "./harness.ts";
import {
  C_MULTILOG,
  findPeers,
  type Logger,
  logdirsOf,
  ours,
  S6_LOG,
  startLogger,
  type Task,
} from "./loggers.ts";
import { quantile } from "./statistics.ts";

const LINE: Buffer = Buffer.from(`${"one line of a service ".padEnd(59, ".")}\n`);
const STAMP_BYTES = 26;
/** No sample before these: the logger has begun to work. */
const WARM_LINES = 50;

const bench = new Bench("delay", "How soon can a line be read from the log?");
bench.headlines.push("p50 ms", "p99 ms");
const task: Task = { stamp: true, logdirs: 1 };
const directory = join(bench.directory, "logs");
const loggers = [ours, ...findPeers([C_MULTILOG, S6_LOG])];
const cases = [
  { name: "1,000 lines/s", perSecond: 1000, seconds: bench.pick(4, 0.4) },
  // Not longer: `current` is not to be rotated meanwhile.
  { name: "50,000 lines/s", perSecond: 50_000, seconds: bench.pick(3, 0.3) },
];

for (const { name, perSecond, seconds } of cases) {
  bench.input[name] = `${LINE.length} bytes a line, ${seconds} s a round, script t`;
  await bench.rounds(name, bench.pick(3, 1), loggers, (logger) => {
    const delays = measure(logger, perSecond, seconds);
    return {
      "p50 ms": quantile(delays, 0.5),
      "p99 ms": quantile(delays, 0.99),
      "p99.9 ms": quantile(delays, 0.999),
      "longest ms": quantile(delays, 1),
    };
  });
}
bench.targetValue("1,000 lines/s", "p99 ms", { atMost: 2 }, OURS);
bench.finish();

/** @returns milliseconds of every line */
function measure(logger: Logger, perSecond: number, seconds: number): Float64Array {
  bench.clear(directory);
  fs.mkdirSync(directory);
  const program = logger.prepare(task, directory);
  const { pid, writeEnd } = startLogger(program);
  const [log = directory] = logdirsOf(task, directory);
  const lines = Math.round(perSecond * seconds);
  const current = new GrowingFile(join(log, "current"), LINE.length + STAMP_BYTES, lines);
  writePaced(
    { fd: writeEnd, line: LINE, perSecond, seconds },
    () => current.look(),
    (number) => current.noteWritten(number),
  );
  current.lookForRest();
  fs.closeSync(writeEnd);
  expectSuccess(program, reap(pid));
  return current.delays.subarray(Math.min(WARM_LINES, current.delays.length >> 1));
}
