/**
 * What does a service cost that writes every line by itself?
 *
 * One write(2) per line at a steady pace; counted is the processor time of the logger, from its start
 * to its end, its start included. Both get `t`.
 */
import fs from "node:fs";
import { join } from "node:path";
import { expectSuccess, reap } from "./child.ts";
import { writePaced } from "./feed.ts";
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

const RATES = [100, 1000, 10_000, 50_000, 200_000];
const TARGET_RATE = 50_000;
const CPU = "CPU seconds";
const WRITTEN = "lines/s written";
/** 100 bytes with its end. */
const LINE: Buffer = Buffer.from(
  `${"2026-01-01 service[4242]: request served, status 200, 5120 bytes in 0.012 s ".padEnd(99, ".")}\n`,
);
const STAMP_BYTES = 26;

const bench = new Bench("cpu", "What does one write per line cost, by lines a second?", 1e9);
/** Longer where it is judged, so that the start of either does not decide. */
const secondsOf = (perSecond: number): number =>
  bench.pick(perSecond === TARGET_RATE ? 10 : 3, 0.3);
for (const perSecond of RATES) {
  bench.input[`${perSecond} lines/s`] =
    `${LINE.length} bytes a line, ${secondsOf(perSecond)} s, one write(2) each, script t`;
}
bench.headlines.push(CPU);
const task: Task = { stamp: true, logdirs: 1 };
const directory = join(bench.directory, "logs");
const loggers = [ours, ...findPeers([C_MULTILOG, S6_LOG])];

const name = (perSecond: number): string => `${perSecond.toLocaleString("en-US")} lines/s`;
for (const perSecond of RATES) {
  await bench.rounds(name(perSecond), bench.pick(2, 1), loggers, (logger) =>
    serve(logger, perSecond),
  );
}
bench.targetRatio(name(TARGET_RATE), CPU, OURS, C_MULTILOG, { atMost: 0.25 });
bench.finish();

function serve(logger: Logger, perSecond: number): Record<string, number> {
  bench.clear(directory);
  fs.mkdirSync(directory);
  const program = logger.prepare(task, directory);
  const { pid, writeEnd } = startLogger(program);
  const seconds = secondsOf(perSecond);
  const took = writePaced({ fd: writeEnd, line: LINE, perSecond, seconds });
  fs.closeSync(writeEnd);
  const ended = reap(pid);
  expectSuccess(program, ended);
  const lines = Math.round(perSecond * seconds);
  checkSize(lines);
  return { [CPU]: ended.cpuSeconds, [WRITTEN]: lines / took };
}

function checkSize(lines: number): void {
  const [log = directory] = logdirsOf(task, directory);
  let bytes = 0;
  for (const file of fs.readdirSync(log)) {
    if (file === "current" || file.startsWith("@")) bytes += fs.statSync(join(log, file)).size;
  }
  if (bytes !== lines * (LINE.length + STAMP_BYTES))
    throw new Error(`${log} holds ${bytes} bytes of ${lines} lines`);
}
