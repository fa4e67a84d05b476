/**
 * How fast does what is said by syslog get into a log?
 *
 * syslog-in and multilog beside rsyslog, until the last message stands in the log, with the same sender. What comes
 * out is looked at each time: every message once, ours in order, or the run does not count. The clock
 * starts once a fifth is in the log: a syslog runs for months, and ours is compiled as it begins.
 */
import fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makePipe, type Program, reap, startOnNothing } from "./child.ts";
import { sleep } from "./feed.ts";
import { Bench, OURS } from "./harness.ts";
import { type Logger, logdirsOf, oursAnd, type Task } from "./loggers.ts";
import { filesOf } from "./logs.ts";
import { builtCommand, findProgram } from "./machine.ts";
import * as names from "./names.ts";
import type { SocketKind } from "./sockets.ts";
import { makeWay, socketAddress } from "./way-in.ts";

const SPEED = "lines/s";
const CPU = "CPU seconds for a million";
const MILLION = 1e6;
const LOOK_EVERY_MS = 2;
const GIVE_UP_MS = 30_000;
/** rsyslog's workers overtake each other: the last message may stand far in front of the end. */
const TAIL_BYTES = 64 * 1024;
const LONG_QUEUE = 512;
const task: Task = { stamp: true, logdirs: 1 };
const sender = fileURLToPath(new URL("syslog-sender.js", import.meta.url));

interface Contender {
  readonly name: string;
  /** Starts it. @returns what ends it, and answers the processor time that it has used */
  begin(directory: string): () => number;
}

const bench = new Bench("syslog", "How fast does what is said by syslog get into a log?", 1e9);
bench.headlines.push(SPEED);
bench.remarks.push(
  "What stands in the way of more on a unix socket: by perf(1), 83 % of syslog-in's time is the kernel's, which hands over each datagram with the process that sent it (recvmmsg, 64 at a time); JavaScript takes 9 %, V8 itself 7 %. It, multilog and the sender share the machine's cores: by time(1), on an AMD EPYC, the sender takes 1.2 µs of them for a message, syslog-in 1.5 and multilog 0.5.",
);
const directory = join(bench.directory, "run");
const count = bench.pick(1_000_000, 20_000);
const input = `${count} messages of 115 bytes, 64 with each call of the sender; the first fifth is not timed, its processor time is counted`;
const unixPeers = [names.RSYSLOG_UNIX, names.RSYSLOG_UNIX_BEST];
const tcpPeers = [names.RSYSLOG_TCP, names.RSYSLOG_TCP_BEST];

await compare("unix datagrams, queue as it is", "unix datagram", unixPeers);
await compare("unix datagrams, queue of 512", "unix datagram", unixPeers, LONG_QUEUE);
await compare("TCP", "TCP", tcpPeers);
bench.finish();

async function compare(
  name: string,
  kind: SocketKind,
  peers: readonly string[],
  queue?: number,
): Promise<void> {
  if (queue !== undefined && process.getuid?.() !== 0)
    return bench.leave(name, OURS, "only root can have a queue of its own");
  bench.input[name] = input;
  const contenders = [
    ours(kind, queue),
    ...oursAnd(bench, peers)
      .slice(1)
      .map((one) => theirs(one, queue)),
  ];
  const right = bench.rightOnes(name, contenders, (one) => void measure(one, kind, 1000));
  // The sender and the receiver share a core or do not, as it happens: the most rounds where it tells most.
  const isUsual = kind !== "TCP" && queue === undefined;
  const rounds = bench.pick(isUsual ? 7 : 2, 1);
  await bench.rounds(name, rounds, right, (one) => measure(one, kind, count));
  if (kind === "TCP") return;
  for (const peer of peers) bench.targetRatio(name, SPEED, OURS, peer, { atLeast: 3 });
}

/** In a namespace of its own, where its sockets have longer queues. */
function withQueue({ command, args }: Program, queue: number | undefined): Program {
  if (queue === undefined) return { command, args };
  const script = `echo ${queue} >/proc/sys/net/unix/max_dgram_qlen && exec "$0" "$@"`;
  const unshare = findProgram("unshare") ?? "/usr/bin/unshare";
  return { command: unshare, args: ["-n", "sh", "-c", script, command, ...args] };
}

function ours(kind: SocketKind, queue: number | undefined): Contender {
  const way = kind === "TCP" ? "--tcp" : "--socket";
  return {
    name: OURS,
    begin: (at) => {
      const place = socketAddress(kind, at);
      const args = [way, kind === "TCP" ? `127.0.0.1:${place}` : place];
      const [log] = logdirsOf(task, at);
      const [readEnd, writeEnd] = makePipe();
      const script = ["t", "s16777215", "n1000", log ?? at];
      const multilog = { command: builtCommand("multilog"), args: script };
      const logger = startOnNothing(multilog, [readEnd, undefined, 2]);
      const program = withQueue({ command: builtCommand("syslog-in"), args }, queue);
      const receiver = startOnNothing(program, [undefined, writeEnd, 2]);
      for (const fd of [readEnd, writeEnd]) fs.closeSync(fd);
      return () => {
        process.kill(receiver, "SIGTERM");
        return reap(receiver).cpuSeconds + reap(logger).cpuSeconds;
      };
    },
  };
}

function theirs(logger: Logger, queue: number | undefined): Contender {
  return {
    name: logger.name,
    begin: (at) => {
      const pid = startOnNothing(withQueue(logger.prepare(task, at), queue));
      return () => {
        process.kill(pid, "SIGTERM");
        return reap(pid).cpuSeconds;
      };
    },
  };
}

/** @throws Error when a message is not there, or not in its place */
function measure(contender: Contender, kind: SocketKind, messages: number): Record<string, number> {
  bench.clear(directory);
  fs.mkdirSync(directory, { recursive: true });
  const end = contender.begin(directory);
  const report = join(directory, "begun");
  const warm = Math.round(messages / 5);
  const [doneAt, cpuSeconds] = whileItRuns(end, () => {
    // Whoever connects to it knows that it hears.
    const way = makeWay(kind, directory);
    way.connect();
    way.close();
    send(kind, 0, warm, report);
    return send(kind, warm, messages - warm, report);
  });
  expectAll(messages, contender.name === OURS);
  const seconds = (doneAt - Number(fs.readFileSync(report, "utf8"))) / 1000;
  return { [SPEED]: (messages - warm) / seconds, [CPU]: (cpuSeconds * MILLION) / messages };
}

/** @returns what `action` does, and the processor time of what is ended behind it, whatever happened */
function whileItRuns<T>(end: () => number, action: () => T): [T, number] {
  let result: T;
  try {
    result = action();
  } catch (error) {
    end();
    throw error;
  }
  return [result, end()];
}

/** Sends so many, numbered from `first` on. @returns `awaitLast` */
function send(kind: SocketKind, first: number, messages: number, report: string): number {
  const place = socketAddress(kind, directory);
  const args = [sender, kind, place, String(first), String(messages), report];
  const sending = startOnNothing({ command: process.execPath, args }, [undefined, undefined, 2]);
  try {
    return awaitLast(first + messages);
  } finally {
    reap(sending);
  }
}

/** @returns when the last message stood in the log; milliseconds since 1970 */
function awaitLast(messages: number): number {
  const last = markOf(messages - 1);
  const giveUp = performance.now() + GIVE_UP_MS;
  while (!newest().includes(last)) {
    if (performance.now() > giveUp) throw new Error(`the last message never came: ${newest()}`);
    sleep(LOOK_EVERY_MS);
  }
  return performance.timeOrigin + performance.now();
}

function markOf(number: number): string {
  return `#${String(number).padStart(9, "0")}#`;
}

function files(): string[] {
  return logdirsOf(task, directory).flatMap(filesOf);
}

/** The end of what is written; of two files, as one may just have been begun. */
function newest(): string {
  return files().slice(-2).map(tail).join("");
}

function tail(path: string): string {
  const fd = openIfThere(path);
  if (fd === undefined) return "";
  try {
    const { size } = fs.fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    fs.readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("latin1");
  } finally {
    fs.closeSync(fd);
  }
}

/** @returns undefined for one that was renamed meanwhile: the next look finds it */
function openIfThere(path: string): number | undefined {
  try {
    return fs.openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** @param inOrder  also each in its place: rsyslog's workers overtake each other */
function expectAll(messages: number, inOrder: boolean): void {
  const seen = new Uint8Array(messages);
  let next = 0;
  for (const path of files()) {
    for (const [, digits] of fs.readFileSync(path, "latin1").matchAll(/#([0-9]{9})#/g)) {
      const number = Number(digits);
      if (inOrder && number !== next) throw new Error(`${next} is not there, but ${number}`);
      seen[number] = (seen[number] ?? 0) + 1;
      next++;
    }
  }
  const wrong = seen.findIndex((times) => times !== 1);
  if (wrong >= 0) throw new Error(`message ${wrong} is there ${seen[wrong]} times`);
}
