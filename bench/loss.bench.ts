/**
 * Does every line arrive?
 *
 * A service writes numbered lines, a write each, while something goes wrong; then the lines in the log
 * are counted: those that are missing, those that stand there twice, and pieces that nobody wrote. A
 * logger that ends is started again at once, on the pipe that is kept open for it, as a supervisor
 * does.
 */
import fs from "node:fs";
import { join } from "node:path";
import { sleep } from "./feed.ts";
import { Bench, OURS } from "./harness.ts";
import { type Logger, oursAnd, type Task } from "./loggers.ts";
import { enterOwnMounts, mountSmall, StallingDisk, unmount } from "./mounts.ts";
import * as names from "./names.ts";
import { LINE_BYTES, tally } from "./numbered-lines.ts";
import { NumberedService } from "./numbered-service.ts";
import { Supervised } from "./supervised.ts";

const LOST = "lines lost";
const MB = 2 ** 20;
const GIVE_UP_MS = 30_000;
const PAUSE_MS = 0.5;
const KILL_EVERY_MS = 50;
/** When the trouble begins and ends, from the first line on. */
const TROUBLE_MS = { from: 500, to: 2000 };
const QUICK_TROUBLE_MS = { from: 100, to: 400 };
const SMALL_DISK_BYTES = 48 * MB;
const STALLING_DISK_BYTES = 64 * MB;

/** What goes wrong around a logger. */
interface Scene {
  readonly tick: (ms: number, logger: Supervised) => void;
  readonly end: () => void;
}

interface Trial {
  readonly name: string;
  readonly lines: number;
  /** As fast as they go, unless given. */
  readonly perSecond?: number;
  readonly task?: Partial<Task>;
  /** @returns why not, where it cannot be had */
  readonly begin?: () => Scene | string;
}

enterOwnMounts();
const bench = new Bench("loss", "Does every line arrive, whatever happens?", 1e9);
bench.headlines.push(LOST);
bench.remarks.push(
  "A service writes numbered lines, a write each, while something goes wrong; then the lines in the log are counted. A logger that ends is started again at once on the same pipe, as a supervisor does. A service that speaks syslog does as syslog(3): one more attempt on a new connection, then the line is given up; on TCP it waits for the connection.",
  "Repeated lines are the price of losing none: what was written but not yet taken from the pipe is written again. Broken lines are pieces that nobody wrote.",
);
const directory = join(bench.directory, "logs");
/** The bare loop is nobody's logger; what only writes faster loses no less. */
const alike = [
  names.BARE_LOOP,
  names.SVLOGD_BEST,
  names.WINSTON_BEST,
  names.RSYSLOG_TCP_BEST,
  names.RSYSLOG_UDP_BEST,
];
const peers = names.EVERYONE.filter((name) => !alike.includes(name));
const someOfEachKind = [names.C_MULTILOG, names.S6_LOG, names.CAT, names.PINO, names.RSYSLOG_UNIX];
const loggers = oursAnd(bench, bench.pick(peers, someOfEachKind));
const trouble = bench.pick(TROUBLE_MS, QUICK_TROUBLE_MS);
const perSecond = 20_000;
/** Half of what comes until the trouble is over fits beside it. */
const ballastBytes = SMALL_DISK_BYTES - (perSecond * LINE_BYTES * trouble.to) / 1000 / 2;
bench.input["disk full, disk stalled"] = `${trouble.from} to ${trouble.to} ms after the first line`;
const trials: readonly Trial[] = [
  { name: "SIGKILL every 50 ms", lines: bench.pick(50_000, 6000), perSecond, begin: killing },
  { name: "SIGKILL every 50 ms, full speed", lines: bench.pick(200_000, 10_000), begin: killing },
  { name: "disk full for a while", lines: bench.pick(60_000, 9000), perSecond, begin: fullDisk },
  {
    name: "disk stalled for a while",
    lines: bench.pick(60_000, 9000),
    perSecond,
    begin: stalledDisk,
  },
  { name: "a new file every 4 KB", lines: bench.pick(40_000, 2000), task: { sizeBytes: 4096 } },
  { name: "a burst of a million lines", lines: bench.pick(1_000_000, 20_000) },
];

for (const trial of trials) {
  const { name, lines } = trial;
  bench.input[name] =
    `${lines} lines of ${LINE_BYTES} bytes, ${trial.perSecond ?? "as many as go in"} a second`;
  const task: Task = { stamp: false, logdirs: 1, ...trial.task };
  const able = loggers.filter((logger) => logger.canDo(task));
  const missing = tryScene(trial);
  if (missing !== undefined) {
    bench.leave(name, "all", missing);
    continue;
  }
  await bench.rounds(name, 1, able, (logger) => endure(logger, task, trial));
  bench.targetValue(name, LOST, { atMost: 0 });
}
for (const { name, lines } of trials) {
  const title = `${name}: lines lost of ${lines.toLocaleString("en-US")}`;
  bench.charts.push({ title, metric: LOST, cases: [{ name }] });
}
bench.finish();

function tryScene({ begin }: Trial): string | undefined {
  bench.clear(directory);
  const scene = begin?.();
  if (typeof scene === "string") return scene;
  scene?.end();
  return undefined;
}

function endure(logger: Logger, task: Task, trial: Trial): Record<string, number> {
  bench.clear(directory);
  fs.mkdirSync(directory);
  const scene = trial.begin?.();
  if (typeof scene === "string") throw new Error(scene);
  const supervised = new Supervised(logger, task, directory);
  const service = new NumberedService(supervised.way, trial.lines);
  const begun = performance.now();
  const giveUp = begun + GIVE_UP_MS;
  for (let ms = 0; !service.isDone && ms < GIVE_UP_MS; ms = performance.now() - begun) {
    service.push(trial.perSecond === undefined ? trial.lines : (ms * trial.perSecond) / 1000);
    supervised.tick();
    scene?.tick(ms, supervised);
    if (trial.perSecond !== undefined) sleep(PAUSE_MS);
  }
  const isEnded = supervised.end(giveUp, trial.lines * LINE_BYTES);
  const seconds = (performance.now() - begun) / 1000;
  const { lost, repeated, broken } = tally(logger, task, directory, trial.lines);
  scene?.end();
  if (!isEnded) bench.leave(trial.name, logger.name, "it did not come to its end in time");
  if (logger.name === OURS && (lost > 0 || broken > 0)) keepForLater(trial, lost, broken);
  return {
    [LOST]: lost,
    "lines repeated": repeated,
    "broken lines": broken,
    "times restarted": supervised.restarts,
    seconds,
  };
}

/** The report shows it; who runs the bench is to see it at once. */
function keepForLater({ name }: Trial, lost: number, broken: number): void {
  console.log(`  ${name}: ${OURS} LOST ${lost} lines, broke ${broken}`);
  process.exitCode = 1;
}

/** A logger is killed as soon as it has been at work for so long; one that begins slowly gets its chance. */
function killing(): Scene {
  let workingSince: number | undefined;
  const tick = (ms: number, logger: Supervised): void => {
    if (workingSince === undefined && logger.isWorking) workingSince = ms;
    if (workingSince === undefined || ms - workingSince < KILL_EVERY_MS) return;
    logger.kill();
    workingSince = undefined;
  };
  return { tick, end: () => {} };
}

/** A file is in the way for a while. */
function fullDisk(): Scene | string {
  const missing = mountSmall(directory, SMALL_DISK_BYTES);
  if (missing !== undefined) return missing;
  const ballast = join(directory, ".ballast");
  fs.writeFileSync(ballast, Buffer.alloc(ballastBytes));
  const tick = (ms: number): void => {
    if (ms > trouble.to) fs.rmSync(ballast, { force: true });
  };
  return { tick, end: () => unmount(directory) };
}

function stalledDisk(): Scene | string {
  const disk = StallingDisk.make(directory, join(bench.directory, "image"), STALLING_DISK_BYTES);
  if (typeof disk === "string") return disk;
  const tick = (ms: number): void => {
    if (ms > trouble.to) disk.goOn();
    else if (ms > trouble.from) disk.stall();
  };
  return { tick, end: () => disk.remove() };
}
