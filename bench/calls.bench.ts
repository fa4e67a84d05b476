/**
 * What stands in the way of more: system calls, and bytes that go through them.
 *
 * strace(1) counts the calls of all threads, those of a start without a line taken off; how many bytes
 * read(2) and write(2) moved is the kernel's account of the process (/proc/PID/io). Under strace nothing is
 * timed.
 */
import fs from "node:fs";
import { join } from "node:path";
import { expectSuccess, type Program, reap } from "./child.ts";
import { feed, sleep, writePaced } from "./feed.ts";
import { Bench } from "./harness.ts";
import { writeLines } from "./lines.ts";
import { type Logger, oursAnd, type Task } from "./loggers.ts";
import { bytesIn } from "./logs.ts";
import { findProgram } from "./machine.ts";
import * as names from "./names.ts";
import { LINE_BYTES, numberedLine } from "./numbered-lines.ts";
import { awaitBytes, startOn } from "./running.ts";
import { makeWay, type Way } from "./way-in.ts";

const ALL = "system calls for 1,000 lines";
const MOVED = "bytes read and written for a byte of lines";
/** Of all calls of a program: rarer ones are not named. */
const NAMED_SHARE = 0.1;
const LOOK_EVERY_MS = 1;
const TASK: Task = { stamp: true, logdirs: 1 };

interface Work {
  readonly name: string;
  readonly lines: number;
  readonly bytes: number;
  readonly write: (way: Way) => void;
}

const bench = new Bench("calls", "How many system calls does a line cost?", 500e6);
const directory = join(bench.directory, "logs");
bench.remarks.push(
  "What stands in the way of more: system calls, counted by strace(1), and bytes that go through them, by the kernel's account (/proc/PID/io). A start without a line is taken off.",
);
const strace = findProgram("strace");
const loggers = oursAnd(bench, [names.C_MULTILOG, names.S6_LOG, names.SVLOGD]);
const input = writeLines(join(bench.directory, "input"), bench.pick(5e6, 1e6), "services");
const bulk: Work = {
  name: "as fast as they go",
  lines: input.lines,
  bytes: input.bytes,
  write: (way) => feed(input.path, way.fd),
};

for (const work of [bulk, ...[100, 1000, 10_000].map(paced)]) {
  bench.input[work.name] = `${work.lines} lines, ${work.bytes} bytes`;
  await bench.rounds(work.name, 1, loggers, (logger) => ({
    ...(strace === undefined ? {} : countCalls(logger, work, strace)),
    [MOVED]: movedBytes(logger, work) / work.bytes,
  }));
}
if (strace === undefined)
  bench.leave("all", "all", "strace is not installed: calls are not counted");
bench.finish();

function paced(perSecond: number): Work {
  const seconds = bench.pick(1, 0.2);
  const lines = Math.round(perSecond * seconds);
  const line = numberedLine(0);
  return {
    name: `${perSecond.toLocaleString("en-US")} lines/s`,
    lines,
    bytes: lines * LINE_BYTES,
    write: (way) => writePaced({ fd: way.fd, line, perSecond, seconds }),
  };
}

function countCalls(logger: Logger, work: Work, command: string): Record<string, number> {
  const none = traced(logger, command, () => {});
  const calls = traced(logger, command, work.write);
  const perThousand = (name: string): number =>
    Math.max(0, (((calls.get(name) ?? 0) - (none.get(name) ?? 0)) * 1000) / work.lines);
  const each = [...calls.keys()].map((name): [string, number] => [name, perThousand(name)]);
  const all = each.reduce((sum, [, count]) => sum + count, 0);
  const named = each.filter(([, count]) => count > all * NAMED_SHARE);
  return {
    [ALL]: all,
    ...Object.fromEntries(named.map(([name, count]) => [`${name}(2) for 1,000 lines`, count])),
  };
}

/** @returns how often each call was made */
function traced(logger: Logger, command: string, write: Work["write"]): Map<string, number> {
  const program = prepare(logger);
  const counts = join(bench.directory, "counts");
  const args = ["-f", "-qq", "-c", "-o", counts, program.command, ...program.args];
  const way = makeWay(logger.wayIn, directory);
  const pid = startOn({ command, args }, way);
  awaitFirstLine(way);
  write(way);
  way.close();
  expectSuccess(program, reap(pid));
  const rows = fs.readFileSync(counts, "latin1").split("\n");
  // Share, seconds, microseconds a call, calls, errors where there were any, the call's name.
  const found = rows.map((row) =>
    /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?([a-z]\w*)$/.exec(row),
  );
  return new Map(
    found.flatMap((row) =>
      row === null || row[2] === "total" ? [] : [[row[2] ?? "", Number(row[1])]],
    ),
  );
}

function movedBytes(logger: Logger, work: Work): number {
  const program = prepare(logger);
  const way = makeWay(logger.wayIn, directory);
  const pid = startOn(program, way);
  awaitFirstLine(way);
  const before = moved(pid);
  const bytesBefore = bytesIn(TASK, directory);
  work.write(way);
  awaitBytes(TASK, directory, bytesBefore + work.bytes + work.lines * logger.form.stampBytes);
  const bytes = moved(pid) - before;
  way.close();
  expectSuccess(program, reap(pid));
  return bytes;
}

function moved(pid: number): number {
  const account = fs.readFileSync(`/proc/${pid}/io`, "latin1");
  const of = (name: string): number =>
    Number(new RegExp(`^${name}: (\\d+)`, "m").exec(account)?.[1]);
  return of("rchar") + of("wchar");
}

function prepare(logger: Logger): Program {
  bench.clear(directory);
  fs.mkdirSync(directory);
  return logger.prepare(TASK, directory);
}

/** It has begun to work when that is in its file. */
function awaitFirstLine(way: Way): void {
  fs.writeSync(way.fd, numberedLine(0));
  while (bytesIn(TASK, directory) === 0) sleep(LOOK_EVERY_MS);
}
