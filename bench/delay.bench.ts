/**
 * How soon can a line be read from the file?
 *
 * From the moment when write(2) returns to the moment when the file is long enough. One thread writes
 * and looks: between two lines it asks for the file's size again and again, so that one clock
 * serves for both. A look takes 2 µs.
 */
import fs from "node:fs";
import { join } from "node:path";
import { expectSuccess } from "./child.ts";
import { writePaced } from "./feed.ts";
import { GrowingFile } from "./growing-file.ts";
import { Bench } from "./harness.ts";
import { type Logger, logdirsOf, oursAnd, type Task } from "./loggers.ts";
import * as names from "./names.ts";
import { Running } from "./running.ts";
import { quantile } from "./statistics.ts";

const LINE: Buffer = Buffer.from(`${"one line of a service ".padEnd(59, ".")}\n`);
const P99 = "p99 ms";
/** No sample before: a logger works for days, and V8 compiles in its first seconds. */
const WARM_SECONDS = 1;
const QUIET = "quiet, 100 lines/s";
const STEADY = "1,000 lines/s";
const BUSY = "50,000 lines/s";

const bench = new Bench("delay", "How soon can a line be read from the log?");
bench.headlines.push("p50 ms", P99);
bench.remarks.push(
  "From the moment when the service's write(2) returns to the moment when the file is long enough, by one clock. Timberline gathers the lines of a busy service for four milliseconds: that is what its processor time at many lines a second is saved by.",
);
const task: Task = { stamp: true, logdirs: 1 };
const directory = join(bench.directory, "logs");
const loggers = oursAnd(bench, names.DAEMONS);
const cases = [
  { name: QUIET, perSecond: 100, seconds: bench.pick(5, 1.2) },
  { name: STEADY, perSecond: 1000, seconds: bench.pick(2, 1.2) },
  // Not longer: `current` is not to be rotated meanwhile.
  { name: BUSY, perSecond: 50_000, seconds: bench.pick(2, 1.2) },
];

for (const { name, perSecond, seconds } of cases) {
  bench.input[name] =
    `${LINE.length} bytes a line, ${seconds} s a round, the first of them not counted`;
  await bench.rounds(name, bench.pick(2, 1), loggers, (logger) => {
    const delays = measure(logger, perSecond, seconds);
    return {
      "p50 ms": quantile(delays, 0.5),
      [P99]: quantile(delays, 0.99),
      "p99.9 ms": quantile(delays, 0.999),
      "longest ms": quantile(delays, 1),
    };
  });
}
bench.targetValue(QUIET, P99, { atMost: 2 });
bench.targetValue(STEADY, P99, { atMost: 2 });
bench.targetValue(BUSY, P99, { atMost: 5 });
bench.charts.push({
  title: "From a service's write to the file, 99 of 100 lines",
  metric: P99,
  along: "lines a second",
  cases: cases.map(({ name, perSecond }) => ({ name, at: perSecond })),
});
bench.finish();

/** @returns milliseconds of every line */
function measure(logger: Logger, perSecond: number, seconds: number): Float64Array {
  bench.clear(directory);
  fs.mkdirSync(directory);
  const running = new Running(logger, task, directory);
  const [log = directory] = logdirsOf(task, directory);
  const lines = Math.round(perSecond * seconds);
  const isPiped = logger.wayIn === "pipe";
  const path = join(log, isPiped ? "current" : "log");
  const file = new GrowingFile(path, LINE.length + logger.form.stampBytes, lines);
  if (isPiped) file.awaitThere();
  writePaced(
    { fd: running.way.fd, line: running.way.frame(LINE), perSecond, seconds },
    () => file.look(),
    (number) => file.noteWritten(number),
  );
  file.lookForRest();
  running.count(lines, lines * LINE.length);
  expectSuccess(running.program, running.end());
  return file.delays.subarray(WARM_SECONDS * perSecond);
}
