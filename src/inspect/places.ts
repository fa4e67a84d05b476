/** Places in a log whose labels ascend: by an earlier run's place, by time, and by lines from the end. */
import { LABEL_BYTES } from "../tai64/label.ts";
import type { Bound } from "./bound.ts";
import { type Content, isSameFile } from "./content.ts";
import type { File, Ground } from "./ground.ts";
import { compareKeys, type Key, LabelEye } from "./label-key.ts";
import type { Place } from "./line-buffer.ts";
import { endOf } from "./listing.ts";
import { looksApart } from "./order.ts";
import type { ToUnix } from "./producer.ts";
import { labelsIn, lastLabel, lastLines, lowerBound } from "./search.ts";

/** A place in a file, by its number among the files. */
export interface Spot {
  readonly index: number;
  readonly offset: number;
  /** Exactly the lines that were asked for stand behind it. */
  readonly isExact?: boolean;
}

/** Where an earlier run stopped; undefined where its file is gone, or is another by now. */
export function atPlace(
  ground: Ground,
  place: Place & { readonly label?: Bound | undefined },
): Spot | undefined {
  for (const [index, file] of ground.files.entries()) {
    const content = ground.open(file);
    if (content !== undefined && isSameFile(content, place) && isThere(content, place))
      return { index, offset: place.offset };
    if (content === undefined || !isSameFile(content, place)) ground.forget(file);
  }
  return undefined;
}

/** Whether the label that was read last stands before that place: inodes are used again. */
function isThere(content: Content, place: Place & { readonly label?: Bound | undefined }): boolean {
  if (content.compression !== undefined || content.sizeBytes < place.offset) return false;
  const found = lastLabel(content, place.offset);
  if (found === undefined || place.label === undefined) return found === place.label;
  return compareKeys(found.key, place.label) === 0;
}

/** The first line that is not before a time. */
export function atTime(ground: Ground, time: Key, toUnix: ToUnix): Spot {
  const { files } = ground;
  const isBehind = (file: File): boolean => {
    const end = Buffer.isBuffer(file) ? endOf(file) : undefined;
    if (end === undefined) return true;
    return compareKeys({ seconds: toUnix(end.seconds), nanos: end.nanos }, time) >= 0;
  };
  const first = files.findIndex(isBehind);
  for (let index = first < 0 ? files.length : first; index < files.length; index++) {
    const content = ground.open(files[index]!);
    if (content === undefined) continue;
    if (content.compression !== undefined) return { index, offset: 0 };
    const offset = lowerBound(content, time, toUnix);
    if (offset === undefined && !ground.hasLabels) return { index, offset: 0 };
    if (offset !== undefined && offset < content.sizeBytes)
      return { index, offset: notAfter(content, offset, time, toUnix) };
    if (index === files.length - 1)
      return { index, offset: notAfter(content, content.sizeBytes, time, toUnix) };
  }
  return { index: files.length, offset: 0 };
}

/** The first line not before a time that stands a little before `offset`, where a clock was set back. */
function notAfter(content: Content, offset: number, time: Key, toUnix: ToUnix): number {
  const from = Math.max(0, offset - looksApart(content.sizeBytes));
  for (const found of labelsIn(content, from, offset)) {
    const { seconds, nanos } = found.key;
    if (compareKeys({ seconds: toUnix(seconds), nanos }, time) >= 0) return found.offset;
  }
  return offset;
}

/** So many lines before a place. */
export function before(ground: Ground, spot: Spot, lines: number): Spot {
  if (lines === 0) return spot.index >= ground.files.length ? atEnd(ground) : spot;
  let missing = lines;
  for (let index = spot.index; index >= 0; index--) {
    const content = ground.at(index);
    if (content === undefined) continue;
    const end = index === spot.index ? spot.offset : content.sizeBytes;
    if (end === 0) continue;
    if (content.compression !== undefined) return { index, offset: 0 };
    const found = lastLines(content, missing, end);
    missing -= found.lines;
    if (found.offset === 0 && isTornOff(ground, index)) missing++;
    if (missing <= 0) return { index, offset: found.offset, isExact: true };
  }
  return { index: 0, offset: 0, isExact: true };
}

/** Whether a file begins with the rest of the line that the file before it ends with. */
function isTornOff(ground: Ground, index: number): boolean {
  const [last, own] = [ground.at(index - 1), ground.at(index)];
  if (last === undefined || own === undefined || last.compression !== undefined) return false;
  if (endsLine(last, last.sizeBytes)) return false;
  const head = Buffer.alloc(LABEL_BYTES + 1);
  return !new LabelEye().read(head, 0, own.peek(head, head.length, 0));
}

/** Behind the last whole line. */
function atEnd(ground: Ground): Spot {
  const { files } = ground;
  const index = files.length - 1;
  const content = ground.at(index);
  if (content === undefined || content.compression !== undefined)
    return { index: index + 1, offset: 0 };
  const size = content.sizeBytes;
  return { index, offset: endsLine(content, size) ? size : lastLines(content, 1, size).offset };
}

const LF = 0x0a;

function endsLine(content: Content, size: number): boolean {
  const last = Buffer.alloc(1);
  return size === 0 || (content.peek(last, 1, size - 1) === 1 && last[0] === LF);
}
