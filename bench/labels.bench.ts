/**
 * What do labels and local time cost, beside the plain way of doing the same?
 *
 * Each pair does the same work on the same instants or lines, and its answers are compared first.
 */
import assert from "node:assert/strict";
import { posix, readFile } from "../src/posix/index.ts";
import {
  addNanos,
  type ByteFilter,
  daemontoolsStyle,
  formatLabel,
  fromUnixNanos,
  isLabel,
  LocalClock,
  Localiser,
  localiseUrl,
  makeKernel,
  parseLabel,
  Stamper,
} from "../src/tai64/index.ts";
import { localised } from "../test/tai64/oracle.ts";
import { timeFunction } from "./functions.ts";
import { Bench, OURS } from "./harness.ts";

const COUNT = 1000;
const PLAIN = "plainly";
const TIMES = "ns each";
const SPEED = "MB/s";
const START_NANOS = 1_700_000_000_123_456_789n;

const bench = new Bench("labels", "What do labels and local time cost, beside the plain way?");
bench.input["every case"] = `${COUNT} instants a millisecond apart, or as many lines of 100 bytes`;
const instants = Array.from({ length: COUNT }, (_, index) =>
  addNanos(fromUnixNanos(START_NANOS), BigInt(index) * 1_000_000n),
);
const labels = instants.map(formatLabel);
const text = "a line of a service, as it comes ".padEnd(73, ".");
const stampedLines = labels.map((label) => `${label} ${text}\n`).join("");

compareLocalTime();
compareLocaliser();
compareStamper();
timeLabels();
bench.finish();

/** The clock that asks the system once for a quarter of an hour, and asking it each time. */
function compareLocalTime(): void {
  const name = "local time of a second";
  const seconds = Array.from({ length: COUNT }, (_, index) => 1_700_000_000n + BigInt(index));
  const clock = new LocalClock((second) => posix.localTime(second));
  for (const second of seconds) assert.deepEqual(clock.at(second), posix.localTime(second));
  const nanosEach = (time: number): Record<string, number> => ({ [TIMES]: (time / COUNT) * 1e9 });
  timeFunction(bench, name, OURS, () => seconds.map((one) => clock.at(one)), nanosEach);
  const ask = (): unknown => seconds.map((one) => posix.localTime(one));
  timeFunction(bench, name, "localtime_r(3)", ask, nanosEach);
  const dates = (): unknown => seconds.map((one) => new Date(Number(one) * 1000).getHours());
  timeFunction(bench, name, "Date, its hour alone", dates, nanosEach);
  bench.show(name);
}

function compareLocaliser(): void {
  const name = "lines to local time";
  const clock = new LocalClock((second) => posix.localTime(second));
  const ask = (second: bigint): ReturnType<LocalClock["at"]> => clock.at(second);
  const localiser = new Localiser(makeKernel(readFile(localiseUrl)), clock, daemontoolsStyle);
  const plain = (): string => localised(stampedLines, ask, daemontoolsStyle);
  assert.equal(throughFilter(localiser, Buffer.from(stampedLines)), plain());
  compareSpeed(name, localiser, Buffer.from(stampedLines), plain);
}

function compareStamper(): void {
  const name = "lines to stamped lines";
  const lines = `${text}\n`.repeat(COUNT);
  const plain = (): string => {
    let instant = fromUnixNanos(START_NANOS);
    return lines.replaceAll(/^.*\n/gm, (line) => {
      const out = `${formatLabel(instant)} ${line}`;
      instant = addNanos(instant, 1n);
      return out;
    });
  };
  const makeStamper = (): Stamper =>
    new Stamper(makeKernel(readFile(localiseUrl)), () => START_NANOS);
  assert.equal(throughFilter(makeStamper(), Buffer.from(lines)), plain());
  compareSpeed(name, makeStamper(), Buffer.from(lines), plain);
}

function timeLabels(): void {
  const name = "one label";
  const nanosEach = (time: number): Record<string, number> => ({ [TIMES]: (time / COUNT) * 1e9 });
  timeFunction(bench, name, "formatLabel", () => instants.map(formatLabel), nanosEach);
  timeFunction(bench, name, "parseLabel", () => labels.map((one) => parseLabel(one)), nanosEach);
  timeFunction(bench, name, "isLabel", () => labels.map((one) => isLabel(one)), nanosEach);
  bench.show(name);
}

function compareSpeed(name: string, filter: ByteFilter, input: Buffer, plain: () => string): void {
  const speed = (time: number): Record<string, number> => ({ [SPEED]: input.length / time / 1e6 });
  timeFunction(bench, name, OURS, () => takeAll(filter, input), speed);
  timeFunction(bench, name, PLAIN, plain, speed);
  bench.show(name);
}

function takeAll(filter: ByteFilter, input: Buffer, keep?: (bytes: Uint8Array) => void): void {
  for (let at = 0; at < input.length; ) {
    const piece = input.subarray(at, at + filter.inputRoom);
    filter.memory.set(piece, filter.inputAt);
    filter.take(piece.length, (memory, from, to) => keep?.(memory.slice(from, to)));
    at += piece.length;
  }
}

function throughFilter(filter: ByteFilter, input: Buffer): string {
  const pieces: Uint8Array[] = [];
  takeAll(filter, input, (bytes) => pieces.push(bytes));
  return Buffer.concat(pieces).toString("latin1");
}
