/** The loggers that are compared: those that are here, and one run of one of them. */
import fs from "node:fs";
import { type Ending, expectSuccess } from "./child.ts";
import type { Bench } from "./harness.ts";
import type { Logger, Task } from "./loggers/logger.ts";
import { multilogAt, ours, s6Log, svlogd } from "./loggers/multilogs.ts";
import { npmLogger } from "./loggers/npm.ts";
import { rsyslog } from "./loggers/rsyslog.ts";
import { bareLoop, cat, rotatelogs } from "./loggers/writers.ts";
import { findProgram } from "./machine.ts";
import * as names from "./names.ts";
import { Running } from "./running.ts";

export { type Logger, logdirsOf, type Task } from "./loggers/logger.ts";
export { ours } from "./loggers/multilogs.ts";

const SVLOGD_BUFFER_BYTES = 65_536;

type Make = (name: string, command: string) => Logger;

/** By name: the program that has to be there, and what makes a logger of it. */
const programs: Readonly<Record<string, readonly [program: string, make: Make]>> = {
  [names.C_MULTILOG]: ["multilog", (name, command) => multilogAt(name, command, "as it comes")],
  [names.S6_LOG]: ["s6-log", s6Log],
  [names.SVLOGD]: ["svlogd", svlogd],
  [names.SVLOGD_BEST]: ["svlogd", (name, at) => svlogd(name, at, SVLOGD_BUFFER_BYTES)],
  [names.ROTATELOGS]: ["rotatelogs", rotatelogs],
  [names.CAT]: ["sh", cat],
  [names.BARE_LOOP]: ["sh", () => bareLoop],
  [names.RSYSLOG_UNIX]: ["rsyslogd", (name, at) => rsyslog(name, at, "unix datagram", false)],
  [names.RSYSLOG_UNIX_BEST]: ["rsyslogd", (name, at) => rsyslog(name, at, "unix datagram", true)],
  [names.RSYSLOG_TCP]: ["rsyslogd", (name, at) => rsyslog(name, at, "TCP", false)],
  [names.RSYSLOG_TCP_BEST]: ["rsyslogd", (name, at) => rsyslog(name, at, "TCP", true)],
  [names.RSYSLOG_UDP]: ["rsyslogd", (name, at) => rsyslog(name, at, "UDP", false)],
  [names.RSYSLOG_UDP_BEST]: ["rsyslogd", (name, at) => rsyslog(name, at, "UDP", true)],
};

/** Ours, and the peers of these names that are installed; the report names those that are not. */
export function oursAnd(bench: Bench, wanted: readonly string[]): Logger[] {
  const found = [ours, ...wanted.flatMap((name) => findPeer(bench, name))];
  for (const { name, settings } of found) bench.settings[name] = settings;
  return found;
}

function findPeer(bench: Bench, name: string): Logger[] {
  const peer = systemLogger(name) ?? npmLogger(name);
  if (peer === undefined) throw new Error(`${name} is no logger`);
  if (!("missing" in peer)) return [peer];
  bench.leave("all", name, `${peer.missing} is not installed (npm run bench:peers)`);
  return [];
}

function systemLogger(name: string): Logger | { readonly missing: string } | undefined {
  const [program, make] = programs[name] ?? [];
  if (program === undefined || make === undefined) return undefined;
  const command = findProgram(program);
  return command === undefined ? { missing: program } : make(name, command);
}

export interface LoggerRun extends Ending {
  readonly wallSeconds: number;
}

/**
 * A whole run: a pipe's logger from its start until it has written everything and is gone; a daemon
 * from the first line, when it already runs, until the last one is in its file.
 */
export function runLogger(logger: Logger, task: Task, input: string, directory: string): LoggerRun {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  const begun = performance.now();
  const running = new Running(logger, task, directory);
  const connected = performance.now();
  running.feed(input);
  const ended = running.end();
  expectSuccess(running.program, ended);
  const from = logger.wayIn === "pipe" ? begun : connected;
  return { ...ended, wallSeconds: (ended.doneAt - from) / 1000 };
}
