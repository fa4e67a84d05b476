/**
 * What does a service cost that writes every line by itself?
 *
 * One write(2) per line at a steady pace, once the program has worked for a while; counted is the processor
 * time of all of the logger's threads, its start not included. Every program adds a time to each line.
 */
import fs from "node:fs";
import { join } from "node:path";
import { expectSuccess } from "./child.ts";
import { sleep, writePaced } from "./feed.ts";
import { Bench } from "./harness.ts";
import { type Logger, oursAnd, type Task } from "./loggers.ts";
import { bytesIn } from "./logs.ts";
import * as names from "./names.ts";
import { Running } from "./running.ts";
import { cpuNanos } from "./usage.ts";

const RATES = [100, 1000, 10_000, 50_000, 200_000];
const PER_LINE = "CPU µs a line";
const PERCENT = "% of a core";
const WRITTEN = "lines/s written";
/** 100 bytes with its end. */
const LINE: Buffer = Buffer.from(
  `${"2026-01-01 service[4242]: request served, status 200, 5120 bytes in 0.012 s ".padEnd(99, ".")}\n`,
);
/** So that what was written last is counted. */
const SETTLE_MS = 50;
const ROUNDS = 2;
/** Rates up to this one come behind faster ones. */
const FEW = 1000;
const FEW_BEFORE = 1500;

interface Warm {
  readonly seconds: number;
  readonly perSecond: number;
}

const bench = new Bench("cpu", "What does one write per line cost, by lines a second?", 1e9);
/** Longer where it is judged: a logger works for days, and V8 compiles in its first seconds. */
const JUDGED_RATE = 50_000;
const secondsAt = (perSecond: number): number =>
  bench.pick(perSecond === JUDGED_RATE ? 4 : 1.5, 0.1);
/**
 * What comes before, so that every program has begun to work by then. V8 compiles what it has run often: at few lines
 * a second that would take minutes of a logger that works for days, so they come faster before.
 */
const warmAt = (name: string, perSecond: number): Warm => {
  const isSlow = perSecond <= FEW;
  const isJudged = isSlow || perSecond === JUDGED_RATE;
  if (name !== names.OURS) return { seconds: bench.pick(0.5, 0.1), perSecond };
  return {
    seconds: bench.pick(isJudged ? 5 : 0.5, 0.1),
    perSecond: isSlow ? FEW_BEFORE : perSecond,
  };
};
bench.headlines.push(PER_LINE);
bench.remarks.push(
  "One write(2) a line at a steady pace; counted is the processor time of all of the logger's threads once it works, its start not included.",
  "What stands in the way of less at 100 lines/s: each line wakes a process that has slept for ten milliseconds. Timberline makes about as many system calls then as C multilog does (calls, below); the rest are some 170 calls of JavaScript functions for a line (`node --trace`).",
);
const task: Task = { stamp: true, logdirs: 1 };
const directory = join(bench.directory, "logs");
const loggers = oursAnd(bench, names.DAEMONS);
const nameOf = (perSecond: number): string => `${perSecond.toLocaleString("en-US")} lines/s`;

for (const perSecond of RATES) {
  bench.input[nameOf(perSecond)] =
    `${LINE.length} bytes a line, ${secondsAt(perSecond)} s a round after 0.5 s, of Timberline after ${warmWords(perSecond)}; one write(2) each`;
  await bench.rounds(nameOf(perSecond), bench.pick(ROUNDS, 1), loggers, (logger) =>
    serve(logger, perSecond),
  );
}
bench.targetRatio(nameOf(JUDGED_RATE), PER_LINE, names.OURS, names.C_MULTILOG, { atMost: 0.25 });
bench.targetRatio(nameOf(100), PER_LINE, names.OURS, names.C_MULTILOG, { atMost: 2 });
bench.charts.push({
  title: "Processor time of a line, by lines a second",
  metric: PER_LINE,
  along: "lines a second, one write each",
  cases: RATES.map((at) => ({ name: nameOf(at), at })),
});
bench.finish();

function warmWords(perSecond: number): string {
  const { seconds, perSecond: before } = warmAt(names.OURS, perSecond);
  return `${seconds} s${before === perSecond ? "" : ` at ${before.toLocaleString("en-US")} lines/s`}`;
}

function serve(logger: Logger, perSecond: number): Record<string, number> {
  bench.clear(directory);
  fs.mkdirSync(directory);
  const seconds = secondsAt(perSecond);
  const warm = warmAt(logger.name, perSecond);
  const running = new Running(logger, task, directory);
  const paced = { fd: running.way.fd, line: running.way.frame(LINE), perSecond };
  writePaced({ ...paced, ...warm });
  sleep(SETTLE_MS);
  const before = cpuNanos(running.pid);
  const took = writePaced({ ...paced, seconds });
  sleep(SETTLE_MS);
  const nanos = cpuNanos(running.pid) - before;
  const lines = Math.round(perSecond * seconds);
  const all = lines + Math.round(warm.perSecond * warm.seconds);
  running.count(all, all * LINE.length);
  expectSuccess(running.program, running.end());
  checkSize(logger, all);
  return {
    [PER_LINE]: nanos / lines / 1e3,
    [PERCENT]: nanos / took / 1e7,
    [WRITTEN]: lines / took,
  };
}

function checkSize({ name, form }: Logger, lines: number): void {
  const bytes = bytesIn(task, directory);
  if (bytes !== lines * (LINE.length + form.stampBytes))
    throw new Error(`${name} wrote ${bytes} bytes of ${lines} lines`);
}
