/**
 * How much memory does a logger take, and does it stay there?
 *
 * The kernel's own account of the process (VmHWM, VmRSS): at rest, at full speed, with many logs; and
 * with a disk that is full or stands still, and with a processor that does not come to an end, a writer
 * pushing all the while.
 */
import fs from "node:fs";
import { join } from "node:path";
import { type Program, reap, runThrough } from "./child.ts";
import { sleep } from "./feed.ts";
import { Bench } from "./harness.ts";
import { writeLines } from "./lines.ts";
import { type Logger, logdirsOf, ours, oursAnd, type Task } from "./loggers.ts";
import { findProgram } from "./machine.ts";
import { enterOwnMounts, mountSmall, StallingDisk, unmount } from "./mounts.ts";
import * as names from "./names.ts";
import { PushingWriter } from "./pushing-writer.ts";
import { Running, startOn } from "./running.ts";
import { megabytesOf } from "./usage.ts";
import { makeWay } from "./way-in.ts";

const PEAK = "MB at most";
const GROWTH = "MB more in the second half";
const MOST_MB = 80;
const MOST_GROWTH_MB = 4;
const LOGS = [1, 10, 100, 1000];
const SMALL_DISK_BYTES = 1e6;
const STALLING_DISK_BYTES = 64e6;
const GIVE_UP_MS = 20_000;

enterOwnMounts();
const bench = new Bench("memory", "How much memory does a logger take, whatever happens?", 1e9);
const seconds = bench.pick(8, 1);
bench.headlines.push(PEAK);
bench.remarks.push(
  "The most that a process ever had in memory, by the kernel's account. Node itself takes most of ours; a tree of services shares one process.",
);
const one: Task = { stamp: true, logdirs: 1 };
const directory = join(bench.directory, "logs");
const input = writeLines(join(bench.directory, "input"), bench.pick(200e6, 10e6), "services");
bench.input["full speed"] = input.shape;
bench.input["full or stalled disk, endless processor"] = `a writer pushing for ${seconds} s`;
const loggers = oursAnd(bench, [...names.MULTILOGS, names.RSYSLOG_UNIX, names.PINO]);
const family = loggers.filter(({ name }) => name === names.OURS || name === names.C_MULTILOG);

await bench.rounds("at rest", 1, loggers.filter(hasDirectory), (logger) =>
  measure(logger, () => {}),
);
await bench.rounds("full speed", 1, loggers.filter(hasDirectory), (logger) =>
  measure(logger, (running) => running.feed(input.path)),
);
for (const logs of LOGS) {
  await bench.rounds(`${logs} logs`, 1, family, (logger) => ofManyLogs(logger, logs));
}
await onFullDisk();
await onStallingDisk();
await bench.rounds("endless processor", 1, [ours], watchEndlessProcessor);

const pushed = ["full disk", "stalled disk", "endless processor"];
for (const name of ["at rest", "full speed", ...pushed])
  bench.targetValue(name, PEAK, { atMost: MOST_MB });
for (const name of pushed) bench.targetValue(name, GROWTH, { atMost: MOST_GROWTH_MB });
bench.charts.push({
  title: "Memory of one process, by log directories",
  metric: PEAK,
  along: "log directories",
  cases: LOGS.map((at) => ({ name: `${at} logs`, at })),
});
bench.finish();

/** What does not stamp is measured as it is. */
function taskOf(logger: Logger): Task {
  return logger.canDo(one) ? one : { ...one, stamp: false };
}

function hasDirectory(logger: Logger): boolean {
  return logger.canDo(taskOf(logger));
}

function prepare(logger: Logger, task: Task = taskOf(logger)): Program {
  bench.clear(directory);
  fs.mkdirSync(directory);
  return logger.prepare(task, directory);
}

function measure(logger: Logger, work: (running: Running) => void): Record<string, number> {
  prepare(logger);
  const running = new Running(logger, taskOf(logger), directory);
  sleep(bench.pick(2000, 100));
  work(running);
  const peak = megabytesOf(running.pid, "VmHWM");
  running.end();
  return { [PEAK]: peak };
}

/** A log has a few files open: more than a process may have as a rule. */
function ofManyLogs(logger: Logger, logdirs: number): Record<string, number> {
  const task = { ...one, logdirs };
  const { command, args } = prepare(logger, task);
  const script = 'ulimit -n 8192 && exec "$0" "$@"';
  const way = makeWay(logger.wayIn, directory);
  const pid = startOn({ command: "/bin/sh", args: ["-c", script, command, ...args] }, way);
  fs.writeSync(way.fd, "a line\n");
  const last = join(logdirsOf(task, directory).at(-1) ?? directory, "current");
  const giveUp = performance.now() + GIVE_UP_MS;
  while ((fs.statSync(last, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    if (performance.now() > giveUp) throw new Error(`${logger.name} writes nothing into ${last}`);
    sleep(1);
  }
  const peak = megabytesOf(pid, "VmHWM");
  way.closeWriter();
  reap(pid);
  way.close();
  return { [PEAK]: peak };
}

async function onFullDisk(): Promise<void> {
  const mount = (): string | undefined => {
    bench.clear(directory);
    return mountSmall(directory, SMALL_DISK_BYTES);
  };
  const missing = mount();
  if (missing !== undefined) return bench.leave("full disk", "all", missing);
  unmount(directory);
  await bench.rounds("full disk", 1, family, (logger) => {
    mount();
    const measured = watchPushed(logger.prepare(one, directory));
    unmount(directory);
    return measured;
  });
}

async function onStallingDisk(): Promise<void> {
  const make = (): StallingDisk | string => {
    bench.clear(directory);
    return StallingDisk.make(directory, join(bench.directory, "image"), STALLING_DISK_BYTES);
  };
  const first = make();
  if (typeof first === "string") return bench.leave("stalled disk", "all", first);
  first.remove();
  await bench.rounds("stalled disk", 1, family, (logger) => {
    const disk = make();
    if (typeof disk === "string") throw new Error(disk);
    const measured = watchPushed(logger.prepare(one, directory), disk);
    disk.remove();
    return measured;
  });
}

/** Pushes lines at a logger that cannot get rid of them; then ends it by force. */
function watchPushed(program: Program, disk?: StallingDisk): Record<string, number> {
  const way = makeWay("pipe", directory);
  const pid = startOn(program, way);
  const writer = new PushingWriter(way.fd);
  const begun = performance.now();
  let atHalf = 0;
  for (let at = 0; at < seconds * 1000; at = performance.now() - begun) {
    writer.push();
    sleep(5);
    if (at > seconds * 200) disk?.stall();
    if (atHalf === 0 && at > seconds * 500) atHalf = megabytesOf(pid, "VmRSS");
  }
  const growth = megabytesOf(pid, "VmRSS") - atHalf;
  const peak = megabytesOf(pid, "VmHWM");
  process.kill(pid, "SIGKILL");
  writer.close();
  disk?.goOn();
  way.close();
  reap(pid);
  return { [PEAK]: peak, [GROWTH]: growth };
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
