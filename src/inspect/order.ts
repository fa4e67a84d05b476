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
/** Between the stamp of a line and the name of its file, as a rule. */
const NAMING_SECONDS = 1;
const LF = 0x0a;

/** How far the looks at a file are apart: a clock that was set back by less than it was written in is overlooked. */
export function looksApart(sizeBytes: number, mostLooks: number = MOST_LOOKS): number {
  return Math.max(APART_BYTES, Math.ceil(sizeBytes / mostLooks));
}

/**
 * The last label of a plain file whose labels ascend: each of a small one is looked at, some of a large one.
 *
 * @param end  what none may be behind
 * @param mostLooks  at a large one
 * @returns false where they do not; undefined where there are none
 */
export function ascendTo(
  content: Content,
  end: Key | undefined,
  mostLooks?: number,
): Key | undefined | false {
  const size = content.sizeBytes;
  let last: Key | undefined;
  for (const { key } of size <= APART_BYTES ? labelsIn(content) : looks(content, size, mostLooks)) {
    if (last !== undefined && compareKeys(key, last) < 0) return false;
    last = key;
  }
  const isBehind = last !== undefined && end !== undefined && compareKeys(last, end) > 0;
  return isBehind ? false : last;
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

/**
 * Whether the files follow one another, as far as what is known of them tells. A file is named a little
 * after its last line was stamped, and the first line of the next one may have been stamped before that.
 *
 * @param isSetBack  whether the file with that number ends behind a label with which the next one begins
 */
export function endsAscend(
  files: readonly Ends[],
  isSetBack: (index: number, first: Key) => boolean,
): boolean {
  let latest: { readonly key: Key; readonly index: number } | undefined;
  for (const [index, { first, last }] of files.entries()) {
    if (first !== undefined && last !== undefined && compareKeys(last, first) < 0) return false;
    const isEarlier =
      first !== undefined &&
      latest !== undefined &&
      latest.key.seconds - first.seconds > NAMING_SECONDS;
    if (isEarlier && isSetBack(latest?.index ?? 0, first)) return false;
    const key = last ?? first;
    if (key !== undefined) latest = { key, index };
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
