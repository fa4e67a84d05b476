/**
 * Places in plain files: by label, through halving, and by lines from the end. Each look reads a few
 * kilobytes; the file's size does not matter.
 */

import { LABEL_BYTES } from "../tai64/label.ts";
import type { Content } from "./content.ts";
import { compareKeys, type Key, LabelEye } from "./label-key.ts";
import type { ToUnix } from "./producer.ts";

const LF = 0x0a;
const LOOK_BYTES = 4096;
/** What is shorter than this is read from its beginning, line by line. */
const NEAR_BYTES = 16 * 1024;
const BACK_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** What is looked at of a file's beginning. */
export const HEAD_BYTES: number = LOOK_BYTES;
/** One look is done before the next one begins. */
const look = Buffer.alloc(LOOK_BYTES);
const back = Buffer.alloc(BACK_BYTES);

export interface Found {
  /** Where the line begins; the file's end when there is none. */
  readonly offset: number;
  readonly key: Key;
}

/** The first line with a label that begins at or behind `from` and before `to`. `from`: any place. */
export function nextLabel(
  content: Content,
  from: number,
  to: number,
  lookBytes: number = LOOK_BYTES,
): Found | undefined {
  const eye = new LabelEye();
  const memory = look;
  // A line begins where a newline stands before it.
  let place = Math.max(0, from - 1);
  let atLine = from === 0;
  while (place < to) {
    const bytes = memory.subarray(0, content.peek(memory, lookBytes, place));
    if (bytes.length === 0) return undefined;
    let at = atLine ? 0 : afterLine(bytes, 0);
    for (; at >= 0 && at < bytes.length; at = afterLine(bytes, at)) {
      if (place + at >= to) return undefined;
      if (eye.read(bytes, at, bytes.length))
        return { offset: place + at, key: { seconds: eye.seconds, nanos: eye.nanos } };
      // What was read may end inside a label: the next look begins with it.
      if (at > 0 && bytes.length === lookBytes && bytes.length - at <= LABEL_BYTES) break;
    }
    atLine = at >= 0;
    place += atLine ? at : bytes.length;
  }
  return undefined;
}

/** The first label of a plain file, if it stands near its beginning. */
export function firstLabel(content: Content): Key | undefined {
  return nextLabel(content, 0, HEAD_BYTES)?.key;
}

/** Where the next line begins; -1 when the bytes end first. */
function afterLine(bytes: Buffer, at: number): number {
  return bytes.indexOf(LF, at) + 1 || -1;
}

/**
 * The first line whose label is not before `wanted`, where labels never go backwards.
 *
 * @returns undefined when no line of the file has a label
 */
export function lowerBound(content: Content, wanted: Key, toUnix: ToUnix): number | undefined {
  const size = content.sizeBytes;
  const isBefore = ({ key }: Found): boolean =>
    compareKeys({ seconds: toUnix(key.seconds), nanos: key.nanos }, wanted) < 0;
  const first = nextLabel(content, 0, size);
  if (first === undefined) return undefined;
  if (!isBefore(first)) return first.offset;
  // Before `wanted` at `low`; not before it, or the end, at `high`.
  let low = first.offset;
  let high = size;
  while (high - low > NEAR_BYTES) {
    const middle = low + Math.floor((high - low) / 2);
    const found = nextLabel(content, middle, high);
    if (found !== undefined && isBefore(found)) low = found.offset;
    else high = middle;
  }
  for (const found of labelsIn(content, low + 1, size, NEAR_BYTES + LOOK_BYTES))
    if (!isBefore(found)) return found.offset;
  return size;
}

/** The last line with a label before `size`, if it begins not too far before it. */
export function lastLabel(content: Content, size: number): Found | undefined {
  for (let far = BACK_BYTES / 16; ; far *= 16) {
    const from = Math.max(0, size - far);
    const last = [...labelsIn(content, from, size)].at(-1);
    if (last !== undefined || from === 0 || far >= BACK_BYTES) return last;
  }
}

/**
 * Where the last `count` lines before `size` begin.
 *
 * @returns and how many of them the file has
 */
export function lastLines(
  content: Content,
  count: number,
  size: number,
): { offset: number; lines: number } {
  const memory = back;
  let lines = 0;
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - BACK_BYTES);
    const filled = content.peek(memory, end - from, from);
    for (let at = filled; ; ) {
      const newline = at === 0 ? -1 : memory.lastIndexOf(LF, at - 1);
      if (newline < 0) break;
      // The newline at the very end ends the last line and begins none.
      if (from + newline + 1 < size && ++lines === count)
        return { offset: from + newline + 1, lines };
      at = newline;
    }
    end = from;
  }
  return { offset: 0, lines: size > 0 ? lines + 1 : 0 };
}

/** The lines of a plain file that have a label, and begin at or behind `from` and before `to`. */
export function* labelsIn(
  content: Content,
  from: number = 0,
  to: number = Number.POSITIVE_INFINITY,
  mostBytes: number = CHUNK_BYTES,
): Generator<Found, void> {
  const eye = new LabelEye();
  // A line begins where a newline stands before it.
  let place = Math.max(0, from - 1);
  let isBeginning = from === 0;
  const memory = Buffer.allocUnsafe(Math.min(mostBytes, to - place + LABEL_BYTES + 1));
  while (place < to) {
    const bytes = memory.subarray(0, content.peek(memory, memory.length, place));
    if (bytes.length === 0) return;
    let at: number = isBeginning ? 0 : afterLine(bytes, 0);
    for (; at >= 0 && at < bytes.length; at = afterLine(bytes, at)) {
      if (place + at >= to) return;
      // What was read may end inside a label: the next look begins with it.
      if (at > 0 && bytes.length === memory.length && bytes.length - at <= LABEL_BYTES) break;
      if (eye.read(bytes, at, bytes.length))
        yield { offset: place + at, key: { seconds: eye.seconds, nanos: eye.nanos } };
    }
    isBeginning = at >= 0;
    place += at >= 0 ? at : bytes.length;
  }
}
