/** The loggers that are compared, and how each is told to do the same. */
import fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ending, expectSuccess, makePipe, type Program, reap, start } from "./child.ts";
import { feed } from "./feed.ts";
import { OURS } from "./harness.ts";
import { findProgram } from "./machine.ts";

/** The largest size that the C program takes. */
const SIZE_BYTES = 16_777_215;
/** So many that nothing is removed: what came out can be looked at. */
const FILES = 1000;

export interface Task {
  readonly stamp: boolean;
  readonly logdirs: number;
  /** A selection of mail lines before one directory: lines that begin with these words are left out. */
  readonly dropped?: readonly string[];
  /** Longer lines than usual. */
  readonly lineBytes?: number;
}

export interface Logger {
  readonly name: string;
  readonly canDo: (task: Task) => boolean;
  /** How to start it; the directory is empty. */
  readonly prepare: (task: Task, directory: string) => Program;
}

export function builtCommand(name: string): string {
  return fileURLToPath(new URL(`../../dist/bin/${name}`, import.meta.url));
}

/** Where the lines of a task go. */
export function logdirsOf(task: Task, directory: string): string[] {
  if (task.dropped !== undefined) return [join(directory, "alert")];
  return Array.from({ length: task.logdirs }, (_, index) => join(directory, `log${index}`));
}

function multilogScript(task: Task, directory: string): string[] {
  const limits = [`s${SIZE_BYTES}`, `n${FILES}`];
  const script = [...(task.stamp ? ["t"] : []), ...limits];
  if (task.dropped === undefined) return [...script, ...logdirsOf(task, directory)];
  const star = task.stamp ? "* " : "";
  const dropped = task.dropped.map((words) => `-${star}${words} *`);
  const status = ["-*", `+${star}status: *`, `=${join(directory, "status")}`];
  return [...script, ...dropped, ...logdirsOf(task, directory), ...status];
}

/** The same for s6-log, whose patterns are regular expressions on the line without its stamp. */
function s6Script(task: Task, directory: string): string[] {
  const limits = [`s${SIZE_BYTES}`, `n${FILES}`];
  const stamp = task.stamp ? ["t"] : [];
  const logs = logdirsOf(task, directory).flatMap((path) => [...stamp, path]);
  if (task.dropped === undefined) return ["--", ...limits, ...logs];
  const dropped = task.dropped.map((words) => `-^${words} `);
  const status = ["-", "+^status: ", ...stamp, `=${join(directory, "status")}`];
  return ["--", ...limits, ...dropped, ...logs, ...status];
}

function svlogdProgram(command: string, task: Task, directory: string): Program {
  const logdirs = logdirsOf(task, directory);
  for (const path of logdirs) {
    fs.mkdirSync(path);
    fs.writeFileSync(join(path, "config"), `s${SIZE_BYTES}\nn${FILES}\n`);
  }
  const stamp = task.stamp ? ["-t"] : [];
  // It cuts longer lines in two, and wants a buffer for a whole one.
  const length =
    task.lineBytes === undefined ? [] : ["-l", task.lineBytes, "-b", task.lineBytes + 1];
  return { command, args: [...stamp, ...length.map(String), ...logdirs] };
}

export const ours: Logger = {
  name: OURS,
  canDo: () => true,
  prepare: (task, directory) => ({
    command: builtCommand("multilog"),
    args: multilogScript(task, directory),
  }),
};

export const C_MULTILOG = "C multilog";
export const S6_LOG = "s6-log";
export const SVLOGD = "svlogd";
export const BARE_LOOP = "bare loop";

/** Node reading and writing and doing nothing else: the floor of any logger written for it. */
export const bareLoop: Logger = {
  name: BARE_LOOP,
  canDo: ({ stamp, logdirs, dropped }) => !stamp && logdirs === 1 && dropped === undefined,
  prepare: (task, directory) => ({
    command: process.execPath,
    args: [
      fileURLToPath(new URL("bare-loop.js", import.meta.url)),
      logdirsOf(task, directory)[0] ?? directory,
      String(SIZE_BYTES),
    ],
  }),
};

/** The peers that are installed; says which are not. */
export function findPeers(names: readonly string[]): Logger[] {
  return peers().filter(({ name, command }) => {
    if (!names.includes(name)) return false;
    if (command === undefined) console.log(`  ${name}: not installed, left out`);
    return command !== undefined;
  });
}

function peers(): (Logger & { readonly command: string | undefined })[] {
  const [c, s6, svlogd] = ["multilog", "s6-log", "svlogd"].map(findProgram);
  const program = (
    command: string | undefined,
    make: (task: Task, directory: string) => string[],
  ): Logger["prepare"] => {
    return (task, directory) => ({ command: command ?? "", args: make(task, directory) });
  };
  return [
    { name: C_MULTILOG, command: c, canDo: () => true, prepare: program(c, multilogScript) },
    { name: S6_LOG, command: s6, canDo: () => true, prepare: program(s6, s6Script) },
    {
      name: SVLOGD,
      command: svlogd,
      canDo: ({ dropped }) => dropped === undefined,
      prepare: (task, directory) => svlogdProgram(svlogd ?? "", task, directory),
    },
  ];
}

export interface LoggerRun extends Ending {
  readonly wallSeconds: number;
}

/** Starts a logger on a pipe of its own. */
export function startLogger(program: Program): { pid: number; writeEnd: number } {
  const [readEnd, writeEnd] = makePipe();
  const silent = fs.openSync("/dev/null", "r+");
  const pid = start(program, [readEnd, silent, 2]);
  fs.closeSync(readEnd);
  fs.closeSync(silent);
  return { pid, writeEnd };
}

/** The whole command: from its start until it has written everything and is gone. */
export function runLogger(logger: Logger, task: Task, input: string, directory: string): LoggerRun {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  const program = logger.prepare(task, directory);
  const begun = performance.now();
  const { pid, writeEnd } = startLogger(program);
  feed(input, writeEnd);
  fs.closeSync(writeEnd);
  const ended = reap(pid);
  const wallSeconds = (performance.now() - begun) / 1000;
  expectSuccess(program, ended);
  return { ...ended, wallSeconds };
}
