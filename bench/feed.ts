/**
 * Producers: in bulk, so fast that the logger is what is measured, and line by line at a pace.
 */
import fs from "node:fs";
import { clock } from "../src/posix/clock.ts";
import { bind, call } from "../src/posix/libc.ts";
import { reap, start } from "./child.ts";
import { findProgram } from "./machine.ts";

const CHUNK_BYTES = 2 ** 20;
const STREAM_BYTES = 64 * 1024;
const SLEEP_ABOVE_MS = 2;
const WAKE_BEFORE_MS = 1;

const splice = bind(
  "int64_t splice(int from, void *a, int to, void *b, size_t length, unsigned int flags)",
);
const write = bind("int64_t write(int fd, const void *bytes, size_t length)");

/** Puts a file into a pipe; returns when all of it is in. */
export type BulkProducer = (file: string, writeEnd: number) => void;

/** `cat FILE |`: what everybody would type. */
const byCat: BulkProducer = (file, writeEnd) => {
  const from = fs.openSync(file, "r");
  const pid = start({ command: findProgram("cat") ?? "/bin/cat", args: [] }, [from, writeEnd, 2]);
  fs.closeSync(from);
  reap(pid);
};

/** This process writes a mebibyte at a time. */
const byWrite: BulkProducer = (file, writeEnd) => {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const from = fs.openSync(file, "r");
  for (let read = 0; (read = fs.readSync(from, chunk)) > 0; ) {
    for (let at = 0; at < read; ) at += fs.writeSync(writeEnd, chunk, at, read - at);
  }
  fs.closeSync(from);
};

/** The file's own pages are lent to the pipe: the least that a producer can cost. */
const bySplice: BulkProducer = (file, writeEnd) => {
  const from = fs.openSync(file, "r");
  for (let moved = 1; moved > 0; ) {
    moved = call("splice", file, () => splice(from, null, writeEnd, null, CHUNK_BYTES, 0));
  }
  fs.closeSync(from);
};

export const producers: Readonly<Record<"cat" | "write" | "splice", BulkProducer>> = {
  cat: byCat,
  write: byWrite,
  splice: bySplice,
};

/** Who feeds every program of a comparison. */
export const feed: BulkProducer = producers.cat;

interface Framing {
  readonly fd: number;
  readonly isStream: boolean;
  frame(line: Buffer): Buffer;
}

/**
 * Sends every line of a file to a syslog, as the way there wants it: a datagram each, or many at once.
 *
 * @returns how many lines
 */
export function feedFramed(path: string, way: Framing): number {
  const text = fs.readFileSync(path);
  let [lines, gathered, held] = [0, [] as Buffer[], 0];
  const send = (): void => {
    const all = Buffer.concat(gathered);
    for (let at = 0; at < all.length; ) at += fs.writeSync(way.fd, all, at);
    [gathered, held] = [[], 0];
  };
  for (let at = 0; at < text.length; lines++) {
    const end = text.indexOf("\n", at) + 1;
    const message = way.frame(text.subarray(at, end));
    gathered.push(message);
    held += message.length;
    if (!way.isStream || held >= STREAM_BYTES) send();
    at = end;
  }
  if (held > 0) send();
  return lines;
}

export interface Paced {
  readonly fd: number;
  readonly line: Buffer;
  readonly perSecond: number;
  readonly seconds: number;
  /** Is told how many milliseconds each write took; of `perSecond * seconds` places. */
  readonly waits?: Float64Array;
}

/**
 * Writes single lines, each by its own write(2), evenly as far as one thread can: a line that is late
 * is written at once.
 *
 * @param between  called while the next line is not due yet, again and again; instead of sleeping
 * @param written  called after each write, with the line's number from 0
 * @returns how many seconds it took
 */
export function writePaced(
  { fd, line, perSecond, seconds, waits }: Paced,
  between?: () => void,
  written?: (number: number) => void,
): number {
  const begun = performance.now();
  const count = Math.round(perSecond * seconds);
  for (let number = 0; number < count; number++) {
    awaitMoment(begun + (number * 1000) / perSecond, between);
    const before = waits && performance.now();
    call("write", undefined, () => write(fd, line, line.length));
    if (before !== undefined && waits !== undefined) waits[number] = performance.now() - before;
    written?.(number);
  }
  return (performance.now() - begun) / 1000;
}

/** Stands still, without using the processor. */
export function sleep(ms: number): void {
  clock.standStill(ms);
}

function awaitMoment(due: number, between: (() => void) | undefined): void {
  for (let left = due - performance.now(); left > 0; left = due - performance.now()) {
    if (between !== undefined) between();
    else if (left > SLEEP_ABOVE_MS) sleep(left - WAKE_BEFORE_MS);
  }
}
