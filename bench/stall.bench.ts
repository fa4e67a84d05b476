/**
 * How long does a service wait for its log when a file is full?
 *
 * On a real disk, lines at a steady pace, each by its own write(2): how long each took is noted. The
 * time between two rotations is one sample: the longest write in it. C multilog, s6-log, svlogd and
 * ours call fsync(2) for every file; the others leave that to the system.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { expectSuccess } from "./child.ts";
import { writePaced } from "./feed.ts";
import { Bench, OURS } from "./harness.ts";
import { type Logger, oursAnd, type Task } from "./loggers.ts";
import { findProgram } from "./machine.ts";
import * as names from "./names.ts";
import { LINE_BYTES, numberedLine } from "./numbered-lines.ts";
import { Running } from "./running.ts";
import { quantile } from "./statistics.ts";

const P99 = "p99 ms at a rotation";
const LONGEST = "longest ms";
const FILE_BYTES = 1_000_000;
const ROUNDS = 3;
const WARM_SECONDS = 0.3;

const bench = new Bench("stall", "How long does a service wait when a file is full?", 1e9, "disk");
bench.headlines.push(P99, LONGEST);
bench.remarks.push(
  "On a disk, lines at a steady pace, a write each. The longest write between two rotations is one sample. C multilog, s6-log and svlogd call fsync(2) for each full file before they read on, Timberline beside its reading; rotatelogs and cat leave it to the system, and a power cut takes what is not yet on the disk.",
);
const task: Task = { stamp: true, logdirs: 1, sizeBytes: FILE_BYTES };
const directory = join(bench.directory, "logs");
const syncing = [names.C_MULTILOG, names.S6_LOG, names.SVLOGD];
const loggers = oursAnd(bench, [...syncing, names.ROTATELOGS, names.CAT]);
const seconds = bench.pick(2.5, 0.4);
const rates = [20_000, 100_000];

for (const perSecond of rates) {
  const name = `${perSecond.toLocaleString("en-US")} lines/s`;
  bench.input[name] =
    `${LINE_BYTES} bytes a line, ${FILE_BYTES} bytes a file, ${seconds} s a round, one write(2) each`;
  await bench.rounds(name, bench.pick(ROUNDS, 1), loggers, (logger) => serve(logger, perSecond));
  for (const peer of syncing) bench.targetRatio(name, LONGEST, OURS, peer, { atMost: 1 });
}
bench.charts.push({
  title: "The longest that a service waited for its log",
  metric: LONGEST,
  along: "lines a second",
  cases: rates.map((at) => ({ name: `${at.toLocaleString("en-US")} lines/s`, at })),
});
bench.finish();

/** What does not stamp, and what makes one file only, is measured as it is. */
function taskOf(logger: Logger): Task {
  const tasks = [task, { ...task, stamp: false }, { stamp: false, logdirs: 1 }];
  return tasks.find((one) => logger.canDo(one)) ?? task;
}

function serve(logger: Logger, perSecond: number): Record<string, number> {
  bench.clear(directory);
  fs.mkdirSync(directory);
  // What others have written is not to be waited for.
  spawnSync(findProgram("sync") ?? "/bin/sync", ["-f", directory]);
  const running = new Running(logger, taskOf(logger), directory);
  const waits = new Float64Array(Math.round(perSecond * seconds));
  const paced = { fd: running.way.fd, line: numberedLine(0), perSecond };
  // Every program has begun to work by then.
  writePaced({ ...paced, seconds: WARM_SECONDS });
  writePaced({ ...paced, seconds, waits });
  expectSuccess(running.program, running.end());
  const longest = longestBetween(waits, FILE_BYTES / (LINE_BYTES + logger.form.stampBytes));
  return {
    "p50 ms at a rotation": quantile(longest, 0.5),
    [P99]: quantile(longest, 0.99),
    [LONGEST]: quantile(longest, 1),
  };
}

/** @param lines  that fill a file */
function longestBetween(waits: Float64Array, lines: number): number[] {
  const files = Math.max(1, Math.floor(waits.length / lines));
  return Array.from({ length: files }, (_, file) =>
    waits.subarray(file * lines, (file + 1) * lines).reduce((a, b) => Math.max(a, b), 0),
  );
}
