/**
 * What does a tree of services cost, each with its log?
 *
 * Ours with hosted logs, beside the C svscan with a supervise and a multilog for each: until every
 * service's first line stands in its log, in memory (all processes but the services; and the whole system's,
 * in which what the kernel holds for them counts), in processor time while nothing happens and while every service
 * writes a hundred lines a second, and until a service that was killed is there again.
 */
import fs from "node:fs";
import { join } from "node:path";
import { inSession, type Program, reap, startOnNothing } from "./child.ts";
import { sleep } from "./feed.ts";
import { Bench, OURS } from "./harness.ts";
import { builtCommand, findProgram } from "./machine.ts";
import { makeServices } from "./service-tree.ts";
import { availableMemory, cpuNanos, pssMegabytes } from "./usage.ts";

const START = "ms to the last first line";
const PSS = "MB of processes (PSS)";
const SYSTEM = "MB of the system";
const IDLE = "% of a core when idle";
const RESTART = "ms from death to restart";
const FLOW = "CPU seconds, 100 lines/s each";
const C = "daemontools";
const LOOK_EVERY_MS = 20;
const GIVE_UP_MS = 60_000;
const LINES_PER_SECOND = 100;
const LINE = Buffer.from(
  "a line of a service, of quite an ordinary length, with a few words in it\n",
);
/** Place of the process id in a status record. */
const PID_AT = 12;
const RESTARTS = 3;
/** What a start leaves behind is cleaned up by then: V8 collects it in some fifteen seconds. */
const SETTLE_MS = 20_000;
/** A tree of C programs was no other after 20 s: 0.05 % of a core, 585 to 691 MB of the system. */
const C_SETTLE_MS = 5000;

interface Contender {
  readonly name: string;
  readonly program: Program;
  readonly log: Readonly<Record<string, string>>;
  readonly settleMs: number;
  /** Ends it and all that it started. */
  end(pid: number): void;
}

const bench = new Bench("tree", "What does a tree of services cost, each with its log?", 64e6);
bench.headlines.push(START, PSS);
const directory = join(bench.directory, "service");
/** So many services, and a start counts, the system's memory, rest, and what it takes to write. */
const JUDGED = bench.pick(1000, 10);
const idleMs = bench.pick(5000, 500);
const flowSeconds = bench.pick(5, 1);

for (const services of bench.pick([200, 1000], [10])) {
  const name = `${services} services`;
  bench.input[name] =
    `a line each, silence, then ${LINES_PER_SECOND} lines/s each for ${flowSeconds} s`;
  await bench.rounds(name, bench.pick(services >= JUDGED ? 3 : 2, 1), contenders(), (one) =>
    measure(one, services),
  );
  bench.targetRatio(name, PSS, OURS, C, { atMost: 1 });
  if (services >= JUDGED) {
    bench.targetRatio(name, SYSTEM, OURS, C, { atMost: 1 });
    bench.targetRatio(name, START, OURS, C, { atMost: 1 });
    bench.targetRatio(name, FLOW, OURS, C, { atMost: 0.5 });
    bench.targetValue(name, IDLE, { atMost: 1 });
  }
  bench.targetValue(name, RESTART, { atMost: 1050 });
}
bench.finish();

function contenders(): Contender[] {
  const found: Contender[] = [
    {
      name: OURS,
      program: inSession({ command: builtCommand("svscan"), args: [directory] }),
      log: { script: "t\n./main\n" },
      settleMs: SETTLE_MS,
      end: (pid) => {
        process.kill(pid, "SIGTERM");
        reap(pid);
      },
    },
  ];
  const theirs = ["svscan", "supervise", "multilog"].map(findProgram);
  if (theirs.includes(undefined)) return found;
  const [svscan = "", , multilog = ""] = theirs;
  found.push({
    name: C,
    program: inSession({ command: svscan, args: [directory] }),
    log: { run: `#!/bin/sh\nexec ${multilog} t ./main\n` },
    settleMs: C_SETTLE_MS,
    end: (pid) => {
      process.kill(-pid, "SIGKILL");
      reap(pid);
    },
  });
  return found;
}

function measure(contender: Contender, services: number): Record<string, number> {
  const logs = makeTree(contender, services);
  const before = availableMemory();
  const begun = performance.now();
  const pid = startOnNothing(contender.program);
  awaitLines(logs);
  const startMs = performance.now() - begun;
  const isJudged = services >= JUDGED;
  if (isJudged) sleep(bench.pick(contender.settleMs, 100));
  const measured = {
    [START]: startMs,
    [PSS]: keepers(pid).reduce((sum, one) => sum + pssMegabytes(one), 0),
    ...(isJudged ? { [SYSTEM]: (before - availableMemory()) / 1e6, [IDLE]: idlePercent(pid) } : {}),
    [RESTART]: longestRestart(),
    [FLOW]: flowSecondsOf(pid, logs),
  };
  contender.end(pid);
  awaitEnd(pid);
  return measured;
}

/** @returns the files in which the first lines are to be found */
function makeTree({ log }: Contender, services: number): string[] {
  bench.clear(directory);
  return makeServices(directory, services, log).map((service) => join(service, "log/main/current"));
}

function awaitLines(logs: readonly string[]): void {
  const deadline = performance.now() + GIVE_UP_MS;
  const left = [...logs];
  while (left.length > 0) {
    while (left.length > 0 && hasLine(left.at(-1) ?? "")) left.pop();
    if (performance.now() > deadline) throw new Error(`${left.length} services have no line`);
    if (left.length > 0) sleep(LOOK_EVERY_MS);
  }
}

function hasLine(file: string): boolean {
  return (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** A process of the session, unless it is gone. */
function fieldsOf(pid: number): { readonly name: string; readonly fields: string[] } | undefined {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    const [name = "", rest = ""] = text.slice(text.indexOf("(") + 1).split(") ");
    return { name, fields: rest.split(" ") };
  } catch {
    return undefined;
  }
}

/** All processes of a session but the services. */
function keepers(session: number): number[] {
  return members(session).filter((pid) => fieldsOf(pid)?.name !== "sleep");
}

function members(session: number): number[] {
  const all = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => fieldsOf(pid)?.fields[3] === String(session));
}

function idlePercent(session: number): number {
  const before = usedSeconds(session);
  sleep(idleMs);
  const seconds = usedSeconds(session) - before;
  return (seconds * 100) / (idleMs / 1000);
}

function runOf(at: number): number {
  return fs.readFileSync(join(directory, `s${at}`, "supervise/status")).readUInt32LE(PID_AT);
}

/** Kills some of them, one after the other. */
function longestRestart(): number {
  const times = Array.from({ length: RESTARTS }, (_, at) => {
    const before = runOf(at);
    const begun = performance.now();
    process.kill(before, "SIGKILL");
    while ([0, before].includes(runOf(at))) sleep(2);
    return performance.now() - begun;
  });
  return Math.max(...times);
}

/**
 * Writes into the pipe of every service, in its place: a hundred ticks a second, a line each.
 *
 * @returns processor time of all but the services
 * @throws Error when a line is missing
 */
function flowSecondsOf(session: number, logs: readonly string[]): number {
  const pipes = logs.map((_, at) => fs.openSync(`/proc/${runOf(at)}/fd/1`, "w"));
  const before = usedSeconds(session);
  const begun = performance.now();
  const rounds = LINES_PER_SECOND * flowSeconds;
  for (let round = 0; round < rounds; round++) {
    for (const pipe of pipes) fs.writeSync(pipe, LINE);
    const due = begun + ((round + 1) * 1000) / LINES_PER_SECOND;
    sleep(Math.max(0, due - performance.now()));
  }
  const wanted = rounds * logs.length;
  const deadline = performance.now() + GIVE_UP_MS;
  while (linesIn(logs) < wanted && performance.now() < deadline) sleep(LOOK_EVERY_MS);
  const used = usedSeconds(session) - before;
  for (const pipe of pipes) fs.closeSync(pipe);
  if (linesIn(logs) !== wanted) throw new Error(`${linesIn(logs)} lines instead of ${wanted}`);
  return used;
}

/** Lines of the flow that stand in the logs; none of these is large enough for a rotation. */
function linesIn(logs: readonly string[]): number {
  return logs.reduce((sum, file) => {
    const bytes = fs.readFileSync(file);
    let lines = 0;
    for (let at = bytes.indexOf(LINE); at !== -1; at = bytes.indexOf(LINE, at + 1)) lines++;
    return sum + lines;
  }, 0);
}

/** Processor seconds, to the nanosecond: ticks of a hundredth would hide a thousand that use a little each. */
function usedSeconds(session: number): number {
  return keepers(session).reduce((sum, pid) => sum + cpuNanos(pid), 0) / 1e9;
}

/** Zombies of a first process that leaves them are no members of anything that matters. */
function awaitEnd(session: number): void {
  const isAlive = (pid: number): boolean => fieldsOf(pid)?.fields[0] !== "Z";
  while (members(session).some(isAlive)) sleep(LOOK_EVERY_MS);
}
