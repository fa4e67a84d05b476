/**
 * How fast do lines get through a pipe into a rotated log?
 *
 * The whole command is timed, from its start until its last line is written and it is gone; beside it,
 * the processor time that it used. Every program gets the same lines from the same producer; a slow
 * one gets fewer of them, as many as keep it busy for about a second.
 */
import { join } from "node:path";
import { Bench } from "./harness.ts";
import { beginningOf, copyLines, type Input, writeLines } from "./lines.ts";
import { type Logger, type LoggerRun, ours, oursAnd, runLogger, type Task } from "./loggers.ts";
import { checkLogs } from "./logs.ts";
import * as names from "./names.ts";
import { measureProducers } from "./producer-speed.ts";
import { type Case, cases } from "./throughput-cases.ts";

const SPEED = "MB/s";
const LINES = "thousand lines/s";
const CPU = "CPU seconds for a GB";
/** Of a peer's input when it is checked: more than one file's worth where it keeps log directories. */
const CHECKED_BYTES = 40e6;
const LESS_CHECKED_BYTES = 9e6;
const LEAST_BYTES = 4e6;
const RUN_SECONDS = 0.6;
const ROUNDS = 3;
const SIDE_ROUNDS = 2;

const bench = new Bench("throughput", "How fast do lines get through a pipe into a log?", 2.5e9);
bench.headlines.push(SPEED);
bench.remarks.push(
  "The whole command is timed, from its start until it has written its last line and is gone; a syslog daemon from the first line until the last is in its file. A slow program gets fewer of the same lines, as many as keep it busy for about a second. Most programs make no stamp, or one of another form: compare them without.",
  "What stands in the way of five times s6-log without a stamp, and with long lines: by perf(1), 82 % of Timberline's time is the kernel's then (2,000-byte lines, no stamp), which brings each byte out of the pipe and into the file; the bare loop of read(2) and write(2) that does nothing else stands beside it.",
  "What stands in the way of more with 16 directories: a batch is no larger than the smallest log, so each of them is written 16 times and ends 16 files. By perf(1), write(2) takes 28 % of the main thread's time, unlink(2) of the oldest files 15 %, handing fsync(2) to another thread 13 %.",
);
const loggers = oursAnd(bench, names.EVERYONE);
const directory = join(bench.directory, "logs");
let lastInput: { readonly of: string; readonly input: Input } | undefined;

for (const [index, one] of cases.entries()) {
  const input = makeInput(one);
  if (index === 0) await measureProducers(bench, input);
  await compare(one, input);
}
bench.targetRatio("real lines", SPEED, names.BARE_LOOP, names.OURS, { atMost: 1.3 });
bench.charts.push(
  {
    title: "Real lines without a stamp",
    metric: SPEED,
    cases: [{ name: "real lines" }],
  },
  { title: "Real lines with a stamp", metric: SPEED, cases: [{ name: "real lines, t" }] },
);
bench.finish();

function makeInput({ name, megabytes, lines }: Case): Input {
  const path = join(bench.directory, "input");
  const bytes = bench.pick(megabytes, 2) * 1e6;
  const of = `${lines} ${bytes}`;
  const own = bench.lines !== undefined && lines === "services";
  const make = (): Input =>
    own ? copyLines(path, bytes, bench.lines ?? "") : writeLines(path, bytes, lines);
  // The next case may be about the same lines.
  lastInput = lastInput?.of === of ? lastInput : { of, input: make() };
  bench.input[name] = lastInput.input.shape;
  return lastInput.input;
}

async function compare({ name, task, peers, aims }: Case, input: Input): Promise<void> {
  const chosen = loggers.filter((logger) => logger === ours || peers.includes(logger.name));
  const able = chosen.filter((logger) => logger.canDo(task));
  const inputs = new Map<Logger, Input>();
  const right = bench.rightOnes(name, able, (logger) => {
    inputs.set(logger, inputFor(logger, task, input));
  });
  const rounds = peers === names.EVERYONE ? ROUNDS : SIDE_ROUNDS;
  await bench.rounds(name, bench.pick(rounds, 1), right, (logger) => {
    const own = inputs.get(logger) ?? input;
    return measured(own, runLogger(logger, task, own.path, directory));
  });
  for (const [peer, atLeast] of Object.entries(aims))
    bench.targetRatio(name, SPEED, names.OURS, peer, { atLeast });
}

function measured(input: Input, { wallSeconds, cpuSeconds }: LoggerRun): Record<string, number> {
  return {
    [SPEED]: input.bytes / wallSeconds / 1e6,
    [LINES]: input.lines / wallSeconds / 1e3,
    [CPU]: (cpuSeconds / input.bytes) * 1e9,
  };
}

/**
 * Checks what it writes, and answers as much input as takes it a second; ours gets all.
 *
 * @throws Error when it writes something else
 */
function inputFor(logger: Logger, task: Task, input: Input): Input {
  const some = names.MULTILOGS.includes(logger.name) ? CHECKED_BYTES : LESS_CHECKED_BYTES;
  const checked = logger === ours ? input : beginningOf(input, some);
  const { wallSeconds } = runLogger(logger, task, checked.path, directory);
  checkLogs(logger, task, checked.path, directory);
  const bytes = (checked.bytes / wallSeconds) * RUN_SECONDS;
  return logger === ours ? input : beginningOf(input, Math.max(LEAST_BYTES, bytes));
}
