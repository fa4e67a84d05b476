/** How long a service waits for its log, at a pace that the log keeps up with. */
import type { Clock } from "../posix/types.ts";
import type { Logger } from "./logger.ts";
import type { SampleLines } from "./sample-lines.ts";

const STEP_MS = 1;
const WARM_MS = 300;
const GIVE_UP_MS = 20_000;

export interface Waits {
  readonly linesPerSecond: number;
  readonly longestMs: number;
  /** Of the stretches of a file's length, the longest wait in each: 99 of 100 are at most so long. */
  readonly p99Ms: number;
  /** That were full meanwhile. */
  readonly files: number;
}

/** @param fileBytes  after how many bytes a file is full */
export async function measureWaits(
  logger: Logger,
  lines: SampleLines,
  clock: Clock,
  { seconds, linesPerSecond, fileBytes }: Pace,
): Promise<Waits> {
  await clock.sleep(WARM_MS);
  const longest: number[] = [];
  const begun = clock.monotonicMs();
  const count = Math.round(seconds * linesPerSecond);
  const linesPerFile = Math.max(1, Math.round(fileBytes / lines.meanBytes));
  for (let number = 0; number < count; number++) {
    const due = begun + (number * 1000) / linesPerSecond;
    while (clock.monotonicMs() < due) await clock.sleep(STEP_MS);
    const file = Math.floor(number / linesPerFile);
    longest[file] = Math.max(longest[file] ?? 0, writeLine(logger, lines.line(number), clock));
  }
  longest.sort((a, b) => a - b);
  return {
    linesPerSecond,
    longestMs: longest.at(-1) ?? 0,
    p99Ms: longest[Math.floor((longest.length - 1) * 0.99)] ?? 0,
    files: Math.floor((count * lines.meanBytes) / fileBytes),
  };
}

export interface Pace {
  readonly seconds: number;
  readonly linesPerSecond: number;
  readonly fileBytes: number;
}

/** @returns how many milliseconds it took; no more than GIVE_UP_MS, then the line is given up */
export function writeLine(logger: Logger, line: Buffer, clock: Clock): number {
  const begun = clock.monotonicMs();
  for (let at = logger.write(line, 0); at < line.length; at += logger.write(line, at)) {
    if (clock.monotonicMs() - begun > GIVE_UP_MS) break;
    logger.awaitRoom();
  }
  return clock.monotonicMs() - begun;
}
