/**
 * The parts of a syslog message: RFC 5424, RFC 3164 as it is spoken (its section 4.1, syslog(3), logger(1)),
 * and whatever else somebody sends.
 *
 * Every message has parts: what cannot be told apart is text, and no byte of it is left out but the priority,
 * the sender's time, and NULs and line ends behind it. Bounds are offsets into the memory that was read; a
 * part that is missing is empty. Nothing is allocated: one Message is filled again and again.
 */
import { HIGHEST_PRIORITY, NO_PRIORITY } from "./priority.ts";
import { endOfStructure } from "./structure.ts";
import { isDigit, skipDigits, skipTime } from "./time.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const LESS = 0x3c;
const GREATER = 0x3e;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const DELETE = 0x7f;
const ONE = 0x31;
/** Longer words are no tags: RFC 5424 allows 48, RFC 3164 32. */
const MOST_TAG_BYTES = 128;
const MOST_PID_BYTES = 128;
const MOST_PRIORITY_DIGITS = 3;

export interface Message {
  priority: number;
  hostAt: number;
  hostEnd: number;
  tagAt: number;
  tagEnd: number;
  pidAt: number;
  pidEnd: number;
  /** RFC 5424: message id and structured data; either can be missing. */
  idAt: number;
  idEnd: number;
  dataAt: number;
  dataEnd: number;
  textAt: number;
  textEnd: number;
}

export function newMessage(): Message {
  const [hostAt, hostEnd, tagAt, tagEnd, pidAt, pidEnd] = [0, 0, 0, 0, 0, 0];
  const [idAt, idEnd, dataAt, dataEnd, textAt, textEnd] = [0, 0, 0, 0, 0, 0];
  const head = { priority: NO_PRIORITY, hostAt, hostEnd, tagAt, tagEnd, pidAt, pidEnd };
  return { ...head, idAt, idEnd, dataAt, dataEnd, textAt, textEnd };
}

/**
 * Finds the parts of the message in memory[at, end).
 *
 * @returns whether they are the same in every message that begins with what stands in front of this text
 *   and has any text (heads.ts)
 * @param ownHost  for a message of this machine: the one name that counts as a host's. syslog(3) sends
 *   none, and any other word there is a tag or text. Undefined for one from a network.
 */
export function readMessage(
  into: Message,
  memory: Uint8Array,
  at: number,
  end: number,
  ownHost?: Uint8Array,
): boolean {
  const stop = endOfMessage(memory, at, end);
  const from = skipPriority(into, memory, at, stop);
  clear(into, from, stop);
  if (from === at) return false;
  if (memory[from] === ONE && memory[from + 1] === SPACE && readNew(into, memory, from + 2, stop))
    return false;
  clear(into, from, stop);
  // Where `1 ` stands, there is no tag: it would not be the same.
  return readOld(into, memory, from, stop, ownHost);
}

/** Leaves out NULs and line ends behind a message. */
export function endOfMessage(memory: Uint8Array, at: number, end: number): number {
  let stop = end;
  while (stop > at && isEnding(memory[stop - 1])) stop--;
  return stop;
}

function isEnding(byte: number | undefined): boolean {
  return byte === NEWLINE || byte === 0 || byte === RETURN;
}

function clear(into: Message, at: number, end: number): void {
  into.hostAt = into.hostEnd = into.tagAt = into.tagEnd = into.pidAt = into.pidEnd = at;
  into.idAt = into.idEnd = into.dataAt = into.dataEnd = into.textAt = at;
  into.textEnd = end;
}

/** @returns the place behind `<N>`; `at` where there is none */
function skipPriority(into: Message, memory: Uint8Array, at: number, end: number): number {
  into.priority = NO_PRIORITY;
  if (at >= end || memory[at] !== LESS) return at;
  const stop = skipDigits(memory, at + 1, Math.min(end, at + 1 + MOST_PRIORITY_DIGITS));
  if (stop === at + 1 || stop >= end || memory[stop] !== GREATER) return at;
  let priority = 0;
  for (let i = at + 1; i < stop; i++) priority = priority * 10 + (memory[i] ?? 0) - 0x30;
  if (priority > HIGHEST_PRIORITY) return at;
  into.priority = priority;
  return stop + 1;
}

/** RFC 5424 behind its version: `TIME HOST APP PROCID MSGID DATA[ TEXT]`. @returns whether it is that */
function readNew(into: Message, memory: Uint8Array, at: number, end: number): boolean {
  const time = endOfWord(memory, at, end);
  const isTime = isNil(memory, at, time) || isDigit(memory[at]);
  if (!isTime) return false;
  const host = endOfWord(memory, time + 1, end);
  const tag = endOfWord(memory, host + 1, end);
  const pid = endOfWord(memory, tag + 1, end);
  const id = endOfWord(memory, pid + 1, end);
  if (id >= end || time === at) return false;
  // Each is one word with one blank behind it.
  if (host === time + 1 || tag === host + 1 || pid === tag + 1 || id === pid + 1) return false;
  if (tag - host > MOST_TAG_BYTES || pid - tag > MOST_PID_BYTES) return false;
  const data = id + 1;
  const dataEnd = isNil(memory, data, endOfWord(memory, data, end))
    ? data + 1
    : endOfStructure(memory, data, end);
  if (dataEnd < 0) return false;
  [into.hostAt, into.hostEnd] = bounds(memory, time + 1, host);
  [into.tagAt, into.tagEnd] = bounds(memory, host + 1, tag);
  [into.pidAt, into.pidEnd] = bounds(memory, tag + 1, pid);
  [into.idAt, into.idEnd] = bounds(memory, pid + 1, id);
  [into.dataAt, into.dataEnd] = bounds(memory, data, dataEnd);
  into.textAt = skipMark(memory, Math.min(dataEnd + 1, end), end);
  into.textEnd = end;
  return true;
}

/** A byte order mark says only that UTF-8 follows. */
function skipMark(memory: Uint8Array, at: number, end: number): number {
  const has = at + 2 < end && memory[at] === 0xef && memory[at + 1] === 0xbb;
  return has && memory[at + 2] === 0xbf ? at + 3 : at;
}

function bounds(memory: Uint8Array, at: number, end: number): [number, number] {
  return isNil(memory, at, end) ? [at, at] : [at, end];
}

function isNil(memory: Uint8Array, at: number, end: number): boolean {
  return end === at + 1 && memory[at] === HYPHEN;
}

/** The end of a word of visible ASCII; `at` where there is none, and where something else ends it than a blank or the end. */
function endOfWord(memory: Uint8Array, at: number, end: number): number {
  let stop = at;
  while (stop < end && isVisible(memory[stop])) stop++;
  return stop < end && memory[stop] !== SPACE ? at : stop;
}

function isVisible(byte: number | undefined): boolean {
  return byte !== undefined && byte > SPACE && byte < DELETE;
}

/**
 * RFC 3164 behind its priority: `[TIME [HOST ]]TAG[PID]: TEXT`, as much of it as there is.
 *
 * @returns as `readMessage` does. A digit may begin a time, of which the rest would stand in the text
 */
function readOld(
  into: Message,
  memory: Uint8Array,
  at: number,
  end: number,
  ownHost: Uint8Array | undefined,
): boolean {
  let next = skipTime(memory, at, end);
  const hasTime = next > at;
  if (hasTime) {
    const host = endOfHost(memory, next, end, ownHost);
    if (host > next) {
      into.hostAt = next;
      into.hostEnd = host;
      next = host + 1;
    }
  }
  into.textAt = next;
  return readTag(into, memory, next, end) && (hasTime || !isDigit(memory[at]));
}

/** A word, a blank and something behind it, where the word is no tag. @returns `at` where there is none */
function endOfHost(
  memory: Uint8Array,
  at: number,
  end: number,
  ownHost: Uint8Array | undefined,
): number {
  let stop = at;
  while (stop < end && isVisible(memory[stop]) && memory[stop] !== OPEN) stop++;
  if (stop === at || stop >= end - 1 || memory[stop] !== SPACE) return at;
  if (memory[stop - 1] === COLON) return at;
  if (ownHost === undefined) return stop;
  if (stop - at !== ownHost.length) return at;
  for (let i = at; i < stop; i++) if (memory[i] !== ownHost[i - at]) return at;
  return stop;
}

/** `TAG: ` or `TAG[PID]: `; nothing is set where there is none. @returns whether a blank and a text are behind it */
function readTag(into: Message, memory: Uint8Array, at: number, end: number): boolean {
  const limit = Math.min(end, at + MOST_TAG_BYTES + 1);
  let stop = at;
  while (stop < limit) {
    const byte = memory[stop] ?? 0;
    if (byte <= SPACE || byte >= DELETE || byte === COLON || byte === OPEN) break;
    stop++;
  }
  if (stop === at || stop >= limit) return false;
  let next = stop;
  let pidEnd = stop;
  if (memory[stop] === OPEN) {
    pidEnd = endOfPid(memory, stop + 1, end);
    if (pidEnd < 0) return false;
    next = pidEnd + 1;
  }
  if (next < end && memory[next] === COLON) next++;
  else if (memory[stop] !== OPEN || (next < end && memory[next] !== SPACE)) return false;
  into.tagAt = at;
  into.tagEnd = stop;
  into.pidAt = Math.min(stop + 1, pidEnd);
  into.pidEnd = pidEnd;
  const hasBlank = next < end && memory[next] === SPACE;
  into.textAt = hasBlank ? next + 1 : next;
  return hasBlank && next + 1 < end;
}

/** @returns the place of the `]`; -1 where there is none soon */
function endOfPid(memory: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end, at + MOST_PID_BYTES + 1);
  let stop = at;
  while (stop < limit && isVisible(memory[stop]) && memory[stop] !== CLOSE) stop++;
  return stop < limit && memory[stop] === CLOSE ? stop : -1;
}
