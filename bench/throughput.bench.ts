/**
 * How fast do lines get through a pipe into a rotated log?
 *
 * The whole command is timed, from its start until its last line is written and it is gone; beside it,
 * the processor time that it used. Every program gets the same bytes from the same producer.
 */
import fs from "node:fs";
import { join } from "node:path";
import { Bench, OURS } from "./harness.ts";
import { copyLines, type Input, writeLines } from "./lines.ts";
import {
  BARE_LOOP,
  bareLoop,
  C_MULTILOG,
  findPeers,
  type Logger,
  ours,
  runLogger,
  S6_LOG,
  SVLOGD,
  type Task,
} from "./loggers.ts";
import { checkLogs } from "./logs.ts";
import { measureProducers } from "./producer-speed.ts";

const SPEED = "MB/s";
const CPU = "CPU seconds";
const CHECKED_BYTES = 40e6;

/** What a mail system's ten-pattern script leaves out of ./alert; behind it, =status is kept. */
const MAIL_CHATTER = [
  "new msg",
  "info msg",
  "end msg",
  "starting delivery",
  "delivery",
  "status:",
  "bounce msg",
  "triple bounce:",
  "running",
  "exiting",
];

interface Case {
  readonly name: string;
  readonly megabytes: number;
  readonly rounds: number;
  readonly lines: "services" | "mail" | number;
  readonly task: Task;
  readonly peers: readonly string[];
  readonly overC?: number;
  readonly overS6?: number;
}

const plain: Task = { stamp: false, logdirs: 1 };
const stamped: Task = { stamp: true, logdirs: 1 };
const mailScript: Task = { stamp: true, logdirs: 1, dropped: MAIL_CHATTER };
const two: readonly string[] = [C_MULTILOG, S6_LOG];
const all: readonly string[] = [...two, SVLOGD, BARE_LOOP];
const main = { megabytes: 800, rounds: 5, lines: "services", peers: all } as const;
const side = { megabytes: 400, rounds: 3, peers: two } as const;

const cases: readonly Case[] = [
  { ...main, name: "no stamp", task: plain, overC: 8 },
  { ...main, name: "t", task: stamped, overC: 8, overS6: 5 },
  {
    ...side,
    name: "t, mail script, lines of services",
    lines: "services",
    task: mailScript,
    overC: 6,
  },
  // Not s6-log: its regular expressions take half a minute for what the others do in two seconds.
  {
    ...side,
    name: "t, mail script, mail lines",
    lines: "mail",
    task: mailScript,
    peers: [C_MULTILOG],
  },
  { ...side, name: "t, 20-byte lines", lines: 20, task: stamped, overC: 6 },
  { ...side, name: "t, 300-byte lines", lines: 300, task: stamped },
  { ...side, name: "t, 2000-byte lines", lines: 2000, task: { ...stamped, lineBytes: 4000 } },
  {
    ...side,
    name: "t, 16 directories",
    megabytes: 32,
    lines: "services",
    task: { stamp: true, logdirs: 16 },
  },
];

const bench = new Bench("throughput", "How fast do lines get through a pipe into a log?", 2e9);
bench.headlines.push(SPEED);
const loggers = [ours, ...findPeers([C_MULTILOG, S6_LOG, SVLOGD]), bareLoop];
const directory = join(bench.directory, "logs");

for (const [index, one] of cases.entries()) {
  const input = makeInput(one);
  if (index === 0) await measureProducers(bench, input);
  await compare(one, input);
}
bench.targetRatio("no stamp", SPEED, BARE_LOOP, OURS, { atMost: 1.3 });
bench.finish();

function makeInput({ name, megabytes, lines }: Case): Input {
  const path = join(bench.directory, "input");
  const bytes = bench.pick(megabytes, megabytes / 40) * 1e6;
  const own = bench.lines !== undefined && lines === "services";
  const input = own ? copyLines(path, bytes, bench.lines ?? "") : writeLines(path, bytes, lines);
  bench.input[name] = input.shape;
  return input;
}

async function compare(one: Case, input: Input): Promise<void> {
  const { name, task, rounds, peers, overC, overS6 } = one;
  const able = loggers.filter(
    (logger) =>
      (logger === ours || peers.includes(logger.name)) &&
      logger.canDo(task) &&
      isRight(logger, task, input),
  );
  await bench.rounds(name, bench.pick(rounds, 1), able, (logger) => {
    const { wallSeconds, cpuSeconds } = runLogger(logger, task, input.path, directory);
    return { [SPEED]: input.bytes / wallSeconds / 1e6, [CPU]: cpuSeconds };
  });
  if (overC !== undefined) bench.targetRatio(name, SPEED, OURS, C_MULTILOG, { atLeast: overC });
  if (overS6 !== undefined) bench.targetRatio(name, SPEED, OURS, S6_LOG, { atLeast: overS6 });
}

/** Ours has to be, on all of the input; another program that writes something else is left out. */
function isRight(logger: Logger, task: Task, input: Input): boolean {
  bench.progress(`checking what ${logger.name} writes`);
  const path = logger === ours ? input.path : beginningOf(input);
  runLogger(logger, task, path, directory);
  try {
    checkLogs(task, path, directory);
    return true;
  } catch (error) {
    if (logger === ours || !(error instanceof Error)) throw error;
    console.log(`  ${logger.name}: left out, ${error.message}`);
    return false;
  }
}

/** A few files' worth: enough to see whether a slow program does the same. */
function beginningOf({ path, bytes }: Input): string {
  const beginning = `${path}.beginning`;
  const text = Buffer.alloc(Math.min(bytes, CHECKED_BYTES));
  const fd = fs.openSync(path, "r");
  fs.readSync(fd, text);
  fs.closeSync(fd);
  fs.writeFileSync(beginning, text.subarray(0, text.lastIndexOf("\n") + 1));
  return beginning;
}
