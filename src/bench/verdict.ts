/** What was measured, in words that somebody who keeps a machine running can act on. */
import type { Kills } from "./kills.ts";
import type { Speed } from "./speed.ts";
import type { TrialScript } from "./trial-script.ts";
import type { Waits } from "./waits.ts";

const SLOW_BYTES_PER_SECOND = 10e6;
const LONG_WAIT_MS = 100;
/** What a busy service writes. */
const BUSY_LINES_PER_SECOND = 1000;
const MB = 1e6;

export function speedWords(speed: Speed | undefined, script: TrialScript): string[] {
  if (speed === undefined)
    return [
      "speed: the log took nothing for 10 seconds.",
      "  The disk does not answer, or is full: look at dmesg and df.",
    ];
  const { bytesPerSecond, linesPerSecond } = speed;
  const share = (100 * BUSY_LINES_PER_SECOND) / linesPerSecond;
  const rate = `${round(bytesPerSecond / MB)} MB/s, ${lines(linesPerSecond)} a second`;
  return [
    `speed: ${rate}, when a service writes as fast as it can.`,
    `  A service that writes ${lines(BUSY_LINES_PER_SECOND)} a second needs ${round(share)} % of that.`,
    ...(bytesPerSecond < SLOW_BYTES_PER_SECOND ? slowAdvice(script) : []),
  ];
}

function slowAdvice({ words }: TrialScript): string[] {
  const sync = words.find((word) => word.startsWith(":sync="));
  if (sync !== undefined)
    return [
      `  That is slow: ${sync} waits for the disk each time. A longer time (:sync=5s) costs less,`,
      "  and risks the lines of that time in a power cut.",
    ];
  return [
    "  That is slow. Try another disk with --dir; with --dir /dev/shm, in memory, you see what the",
    "  processor alone can do.",
  ];
}

export function waitWords(waits: Waits, script: TrialScript): string[] {
  const { linesPerSecond, longestMs, p99Ms, files } = waits;
  return [
    `waiting: at ${lines(linesPerSecond)} a second the longest wait of a write was ${round(longestMs)} ms.`,
    files === 0
      ? "  No file was full meanwhile: a longer trial (--seconds) would tell of that too."
      : `  Files that were full meanwhile: ${round(files)}; in 99 of 100 no write waited longer than ${round(p99Ms)} ms.`,
    ...(longestMs > LONG_WAIT_MS ? waitAdvice(script) : []),
  ];
}

function waitAdvice({ words, fileBytes }: TrialScript): string[] {
  if (words.some((word) => word.startsWith(":sync=")))
    return [
      "  A service stands still for so long: it waits for the fsync that :sync asks for. A longer time",
      "  makes that rarer, a faster disk shorter.",
    ];
  return [
    "  A service stands still for so long: something else writes to this disk, or it is slow to sync",
    `  a file of ${round(fileBytes / MB)} MB. Put logs on a disk of their own, or make files smaller (s).`,
  ];
}

export function killWords({ kills, lines: count, lost, repeated }: Kills): string[] {
  const written = `killed ${kills} times with SIGKILL: ${lines(count)} written`;
  if (lost > 0)
    return [
      `${written}, ${lost} LOST.`,
      "  None should be: please report it with this output, the file system and `uname -a`.",
    ];
  const twice = repeated === 0 ? "none twice" : `${repeated} twice`;
  return [`${written}, none lost, ${twice}.`];
}

export function leftOutWords({ leftOut }: TrialScript): string[] {
  if (leftOut.length === 0) return [];
  return [`not tried, as it acts outside of the log: ${leftOut.join(" ")}`];
}

function lines(count: number): string {
  return `${Math.round(count).toLocaleString("en-US")} lines`;
}

/** Two digits that mean something. */
function round(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(2)));
}
