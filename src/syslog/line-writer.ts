/**
 * A message as a line: `FACILITY.SEVERITY HOST TAG[PID]: TEXT`.
 *
 * HOST is whom the kernel names, or, where that is wanted, whom the message names. A process that the
 * kernel names stands in the brackets; another one that the message claims to be stands behind it, with
 * a question mark. Missing parts are `-`, a missing process has no brackets.
 */
import type { Message } from "./message.ts";
import { PRIORITY_NAMES } from "./priority.ts";
import { copyVisible, MOST_GROWTH } from "./visible.ts";

const NEWLINE = 0x0a;
const SPACE = 0x20;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const ZERO = 0x30;
const USER = Buffer.from(" uid ");

/** What a line has beyond the bytes of its message: names of priority and host, two numbers, marks. */
export const FRAME_BYTES = 512;

/** The room that the line of a message takes at most. */
export function mostLineBytes(messageBytes: number): number {
  return MOST_GROWTH * messageBytes + FRAME_BYTES;
}

/** Who sent a message, by the kernel. */
export interface Sender {
  host: Uint8Array;
  /** 0: it does not say. */
  pid: number;
  /** -1: it does not say, or nobody asked. */
  uid: number;
  /** The host that the message names counts. */
  hostIsTrusted: boolean;
}

/**
 * Writes everything in front of the text.
 *
 * @param into  has room for `mostLineBytes` of the message from `to` on
 * @returns the place behind it
 */
export function writeHead(
  message: Message,
  memory: Uint8Array,
  sender: Sender,
  into: Uint8Array,
  to: number,
): number {
  let out = put(PRIORITY_NAMES[message.priority] ?? USER, into, to);
  if (sender.hostIsTrusted && message.hostEnd > message.hostAt)
    out = copyVisible(memory, message.hostAt, message.hostEnd, into, out);
  else out = put(sender.host, into, out);
  into[out++] = SPACE;
  if (message.tagEnd > message.tagAt)
    out = copyVisible(memory, message.tagAt, message.tagEnd, into, out);
  else into[out++] = HYPHEN;
  out = writeProcess(message, memory, sender, into, out);
  into[out++] = COLON;
  into[out++] = SPACE;
  return out;
}

/** Writes the text, and in front of it what RFC 5424 has there: message id, structured data. */
export function writeText(
  message: Message,
  memory: Uint8Array,
  into: Uint8Array,
  to: number,
): number {
  const { idAt, idEnd, dataAt, dataEnd, textAt, textEnd } = message;
  let out = to;
  if (idEnd > idAt) {
    out = copyVisible(memory, idAt, idEnd, into, out);
    into[out++] = SPACE;
  }
  if (dataEnd > dataAt) {
    out = copyVisible(memory, dataAt, dataEnd, into, out);
    into[out++] = SPACE;
  }
  return copyVisible(memory, textAt, textEnd, into, out);
}

export function endLine(into: Uint8Array, to: number): number {
  into[to] = NEWLINE;
  return to + 1;
}

function writeProcess(
  message: Message,
  memory: Uint8Array,
  { pid, uid }: Sender,
  into: Uint8Array,
  to: number,
): number {
  const { pidAt, pidEnd } = message;
  let out = to;
  const claims = pidEnd > pidAt;
  if (pid === 0 && !claims) return out;
  into[out++] = OPEN;
  if (pid === 0) {
    out = copyVisible(memory, pidAt, pidEnd, into, out);
  } else {
    out = putNumber(pid, into, out);
    if (claims && !isNumber(pid, memory, pidAt, pidEnd)) {
      into[out++] = SPACE;
      out = copyVisible(memory, pidAt, pidEnd, into, out);
      into[out++] = QUESTION;
    }
    if (uid >= 0) out = putNumber(uid, into, put(USER, into, out));
  }
  into[out++] = CLOSE;
  return out;
}

function put(bytes: Uint8Array, into: Uint8Array, to: number): number {
  return copyBytes(bytes, 0, bytes.length, into, to);
}

/** Copies from[at, end); of a few bytes, which a call of `set` takes longer for. @returns the place behind them */
export function copyBytes(
  from: Uint8Array,
  at: number,
  end: number,
  into: Uint8Array,
  to: number,
): number {
  const by = to - at;
  for (let i = at; i < end; i++) into[by + i] = from[i] ?? 0;
  return by + end;
}

function putNumber(number: number, into: Uint8Array, to: number): number {
  const end = to + digitsOf(number);
  for (let at = end - 1, rest = number; at >= to; at--, rest = Math.floor(rest / 10))
    into[at] = ZERO + (rest % 10);
  return end;
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let limit = 10; number >= limit; limit *= 10) digits++;
  return digits;
}

/** Whether memory[at, end) is that number, in decimal. */
function isNumber(number: number, memory: Uint8Array, at: number, end: number): boolean {
  if (end - at !== digitsOf(number)) return false;
  for (let i = end - 1, rest = number; i >= at; i--, rest = Math.floor(rest / 10))
    if (memory[i] !== ZERO + (rest % 10)) return false;
  return true;
}
