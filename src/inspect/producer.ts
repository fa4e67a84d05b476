/**
 * Who wrote the labels. daemontools, runit and Timberline write Unix time in other digits; s6 writes
 * true TAI, which is ahead of it by the leap seconds: 27 since 2017.
 */
import { type Key, UNIX_OFFSET } from "./label-key.ts";

/** `auto`: as the newest label and the time of the file's last change tell. */
export type Producer = "auto" | "daemontools" | "s6";

/** From label seconds (minus 2^62) to Unix seconds. */
export type ToUnix = (seconds: number) => number;

/** Unix seconds at which a leap second was over, the first in July 1972. */
const LEAPS = [
  78796800, 94694400, 126230400, 157766400, 189302400, 220924800, 252460800, 283996800, 315532800,
  362793600, 394329600, 425865600, 489024000, 567993600, 631152000, 662688000, 709948800, 741484800,
  773020800, 820454400, 867715200, 915148800, 1136073600, 1230768000, 1341100800, 1435708800,
  1483228800,
];

export const daemontoolsTime: ToUnix = (seconds) => seconds - UNIX_OFFSET;

export const s6Time: ToUnix = (seconds) => {
  let count = LEAPS.length;
  while (count > 0 && seconds - UNIX_OFFSET - count < LEAPS[count - 1]!) count--;
  return seconds - UNIX_OFFSET - count;
};

/** A label is never written before its time: one that is so far ahead of the file's own is s6's. */
const AHEAD_SECONDS = 20;
const FAR_AHEAD_SECONDS = 40;

/**
 * Finds the producer of a file.
 *
 * @param label  of the last line that has one
 * @param modifiedSeconds  when the file was written last, by the system's clock
 */
export function guessTime(label: Key, modifiedSeconds: number): ToUnix {
  const ahead = daemontoolsTime(label.seconds) + label.nanos / 1e9 - modifiedSeconds;
  return ahead > AHEAD_SECONDS && ahead < FAR_AHEAD_SECONDS ? s6Time : daemontoolsTime;
}
