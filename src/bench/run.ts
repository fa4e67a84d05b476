/**
 * `timberline bench`: what this machine and this disk can take with a logging script.
 *
 * Three trials one after the other, all in a directory that is removed at the end: how fast, how long a
 * service waits, and whether a line is lost when the logger is killed.
 */
import { SYSTEM_TROUBLE, USAGE } from "../posix/exit-codes.ts";
import { leave } from "../posix/leave.ts";
import { Fatal } from "../posix/message.ts";
import { Scratch } from "../posix/scratch.ts";
import type { Posix } from "../posix/types.ts";
import { type Kills, measureKills } from "./kills.ts";
import { Logger } from "./logger.ts";
import { SampleLines } from "./sample-lines.ts";
import { measureSpeed, type Speed } from "./speed.ts";
import { makeTrialScript, type TrialScript } from "./trial-script.ts";
import { killWords, leftOutWords, speedWords, waitWords } from "./verdict.ts";
import { measureWaits } from "./waits.ts";

const MB = 1e6;
const LEAST_FREE_BYTES = 256 * MB;
/** Of what is free: a trial leaves room for those who live here. */
const MOST_OF_FREE = 1 / 4;
const MOST_BYTES = 4e9;
/** Of what it takes at most: what a service that is not alone may ask of it. */
const PACE = 1 / 5;
const MOST_LINES_PER_SECOND = 50_000;

export interface BenchOptions {
  /** Where logs would be. */
  readonly directory: string;
  readonly seconds: number;
  /** Lines to log; our own unless given. */
  readonly lines: Buffer | undefined;
  readonly script: readonly Buffer[];
  /** The command multilog. */
  readonly program: string;
}

/**
 * @param say  is told each line of the verdict as soon as it is known
 * @returns whether no line was lost
 * @throws Fatal, SystemFailure
 */
export async function runBench(
  posix: Posix,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<boolean> {
  const script = makeTrialScript(options.script);
  const lines = new SampleLines(options.lines);
  if (lines.isEmpty) throw new Fatal(USAGE, Buffer.from("--lines names a file without lines"));
  const scratch = new Scratch(options.directory, ".timberline-bench");
  const tell = (words: readonly string[]): void => words.forEach(say);
  const tidy = (): void => {
    Logger.killAll();
    scratch.remove();
  };
  const stop = (): void => {
    tidy();
    leave(SYSTEM_TROUBLE);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  try {
    const { freeBytes } = scratch;
    if (freeBytes < LEAST_FREE_BYTES) throw new Fatal(SYSTEM_TROUBLE, noRoom(options, freeBytes));
    tell(heading(options, lines, freeBytes));
    tell(leftOutWords(script));
    return await runTrials(posix, options, { script, lines, scratch, freeBytes }, tell);
  } finally {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, stop);
    tidy();
  }
}

interface Trials {
  readonly script: TrialScript;
  readonly lines: SampleLines;
  readonly scratch: Scratch;
  readonly freeBytes: number;
}

async function runTrials(
  posix: Posix,
  { program, seconds }: BenchOptions,
  { script, lines, scratch, freeBytes }: Trials,
  tell: (words: readonly string[]) => void,
): Promise<boolean> {
  const { path } = scratch;
  const logger = new Logger(posix, program, script.words, path);
  const mostBytes = Math.min(MOST_BYTES, freeBytes * MOST_OF_FREE);
  const speed = await measureSpeed(logger, lines, posix, seconds, mostBytes);
  if (speed !== undefined || logger.hasEnded) await logger.finish();
  else await logger.kill();
  tell(speedWords(speed, script));
  if (speed === undefined) return false;
  const linesPerSecond = paceOf(speed, lines, seconds, mostBytes);
  const second = new Logger(posix, program, script.words, path);
  const pace = { seconds, linesPerSecond, fileBytes: script.fileBytes };
  const waits = await measureWaits(second, lines, posix, pace);
  await second.finish();
  tell(waitWords(waits, script));
  const kills: Kills = await measureKills(posix, program, script, lines, {
    path,
    seconds,
    linesPerSecond,
  });
  tell(killWords(kills));
  return kills.lost === 0;
}

/** What the log keeps up with, and what fits on the disk twice. */
function paceOf(
  { linesPerSecond }: Speed,
  lines: SampleLines,
  seconds: number,
  mostBytes: number,
): number {
  const room = mostBytes / 2 / lines.meanBytes / seconds;
  return Math.max(1, Math.min(linesPerSecond * PACE, MOST_LINES_PER_SECOND, room));
}

function noRoom({ directory }: BenchOptions, freeBytes: number): Buffer {
  const megabytes = (bytes: number): number => Math.floor(bytes / MB);
  return Buffer.from(
    `${directory} has ${megabytes(freeBytes)} MB free, and ${megabytes(LEAST_FREE_BYTES)} MB are needed: name another directory with --dir`,
  );
}

function heading(
  { directory, script, seconds }: BenchOptions,
  lines: SampleLines,
  freeBytes: number,
): string[] {
  const words = script.map(String).join(" ");
  return [
    `script: ${words}`,
    `in ${directory}, ${Math.floor(freeBytes / MB).toLocaleString("en-US")} MB free; lines of ${Math.round(lines.meanBytes)} bytes on average; three trials of ${seconds} s`,
  ];
}
