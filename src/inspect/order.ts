/**
 * Whether labels ascend, as far as a few looks tell. A clock that was set back leaves a file whose name is
 * before its own first label, or before the end of the file before it; or, inside a file, a
 * later place with an earlier label.
 */

import type { Content } from "./content.ts";
import { compressionIn } from "./content.ts";
import { compareKeys, type Key, LabelEye } from "./label-key.ts";
import { type Found, labelsIn, lastLabel, nextLabel } from "./search.ts";

/** Between two looks; further apart in a file that is larger than so many of them. */
const APART_BYTES = 64 * 1024;
const MOST_LOOKS = 4096;
const LOOK_BYTES = 512;
const REACH_BYTES = 4096;
const MOST_MISSES = 8;
const LF = 0x0a;

/** How far the looks at a file are apart: a clock that was set back by less than it was written in is overlooked. */
export function looksApart(sizeBytes: number, mostLooks: number = MOST_LOOKS): number {
  return Math.max(APART_BYTES, Math.ceil(sizeBytes / mostLooks));
}

/**
 * Whether the labels of a plain file ascend: each of a small one, some of a large one.
 *
 * @param end  what none may be behind
 * @param mostLooks  at a large one
 */
export function ascends(content: Content, end: Key | undefined, mostLooks?: number): boolean {
  const size = content.sizeBytes;
  let last: Key | undefined;
  for (const { key } of size <= APART_BYTES ? labelsIn(content) : looks(content, size, mostLooks)) {
    if (last !== undefined && compareKeys(key, last) < 0) return false;
    last = key;
  }
  return last === undefined || end === undefined || compareKeys(last, end) <= 0;
}

function* looks(content: Content, size: number, most?: number): Generator<Found, void> {
  const apart = looksApart(size, most);
  let misses = 0;
  for (let at = 0; at < size; at += apart) {
    const near = nextLabel(content, at, Math.min(size, at + LOOK_BYTES), LOOK_BYTES);
    // Lines may be long, or hold no labels: a few times it is looked further.
    const isFar = near === undefined && misses++ < MOST_MISSES;
    const found = isFar ? nextLabel(content, at, Math.min(size, at + REACH_BYTES)) : near;
    if (found !== undefined) yield found;
  }
  const last = lastLabel(content, size);
  if (last !== undefined) yield last;
}

/** What names and beginnings tell of a file. */
export interface Ends {
  readonly first: Key | undefined;
  /** By its name; undefined of a file without one. */
  readonly last: Key | undefined;
}

/** Whether the files follow one another, as far as what is known of them tells. */
export function endsAscend(files: Iterable<Ends>): boolean {
  let latest: Key | undefined;
  for (const { first, last } of files) {
    if (first !== undefined && latest !== undefined && compareKeys(first, latest) < 0) return false;
    if (first !== undefined && last !== undefined && compareKeys(last, first) < 0) return false;
    latest = last ?? first ?? latest;
  }
  return true;
}

/** The first label in the beginning of a file; undefined in compressed ones. */
export function firstIn(head: Buffer): Key | undefined {
  if (compressionIn(head) !== undefined) return undefined;
  const eye = new LabelEye();
  for (let at = 0; at < head.length; ) {
    if (eye.read(head, at, head.length)) return { seconds: eye.seconds, nanos: eye.nanos };
    at = head.indexOf(LF, at) + 1 || head.length;
  }
  return undefined;
}
