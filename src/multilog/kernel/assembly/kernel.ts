// One call, one batch: splits the input into lines, stamps them, selects by patterns, and lays out
// what goes to every log directory, to stderr and to the status files. layout.ts says where all of
// it stands; kernel.ts (the loader) says what the caller must keep.
//
// A line begins with its prefix. Once line i has been copied out, the bytes before line i+1 are dead:
// the prefix is written right there, so that the text that patterns see is one piece.
//
// A line is decided in two passes over its outputs: first all must have room for it, then it goes to
// each. So a run can stop before any line without having done a part of it.
import {
  CHOICE_MASKS_BYTES,
  GROUP_BYTES,
  GROUPS_AT,
  HEADER_ALIAS,
  HEADER_AREA_BYTES,
  HEADER_FIRST_STEP,
  HEADER_GROUPS,
  HEADER_MODE,
  HEADER_STATUS_SLOTS,
  HITS_AT,
  KIND_CHOICE,
  KIND_END,
  KIND_GROUP,
  KIND_STATUS,
  KIND_TEST,
  MODE_COUNT,
  MODE_JUDGE,
  NANOS_PER_SECOND,
  OUTPUT_AT,
  PAIRS_AT,
  RESULTS_AT,
  SLACK_BYTES,
  STATE_AT,
  STATUS_AT,
  STATUS_LENGTHS_AT,
  STATUS_SLOT_BYTES,
  STDERR_AT,
  STDERR_BYTES,
  STDERR_LINE_BYTES,
  STEP_BYTES,
  STEP_CUT,
  STEP_FIRST,
  STEP_NEXT,
  STEP_NUMBER,
  STEP_OBJECT,
  STEP_OTHERWISE,
  TABLE_AT,
  WINDOW_BYTES,
} from "../layout";
import { matches } from "./pattern";
import {
  divisor,
  loadStampForm,
  pairAt,
  pairs,
  putStamp,
  putStampBefore,
  stampBytes,
  writeCounter,
} from "./stamp";
import { copy, countNewlines, findByte, newlines } from "./text";

// Addresses and sizes of layout.ts that take part in unsigned sums and comparisons.
const STDERR_END: usize = STDERR_AT + STDERR_BYTES;
const STDERR_LINE: usize = STDERR_LINE_BYTES;
const WINDOW: usize = WINDOW_BYTES;
const SECOND: u32 = NANOS_PER_SECOND;

let firstStep: usize = 0;
let groups: u32 = 0;
let alias: u32 = 0;
let areaBytes: usize = 0;
let mode: u32 = 0;
let statusSlots: u32 = 0;

let nanos: u32 = 0;
let lines: u32 = 0;
/** Where the next line for stderr goes. */
let stderrCursor: usize = STDERR_AT;

/** Takes over the table that the loader has written; the next run begins at the start of a line. */
export function loadTable(): void {
  firstStep = load<u32>(TABLE_AT + HEADER_FIRST_STEP);
  groups = load<u32>(TABLE_AT + HEADER_GROUPS);
  alias = load<u32>(TABLE_AT + HEADER_ALIAS);
  areaBytes = load<u32>(TABLE_AT + HEADER_AREA_BYTES);
  mode = load<u32>(TABLE_AT + HEADER_MODE);
  statusSlots = load<u32>(TABLE_AT + HEADER_STATUS_SLOTS);
  loadStampForm();
  memory.fill(STATE_AT, 0, 1 + groups);
}

/** The next line's nanoseconds; the loader has written the prefix. */
export function setNanos(value: u32): void {
  nanos = value;
}

/** Handles [at, at + length) and returns how many bytes of it are done with. */
export function run(at: usize, length: usize): usize {
  const end = at + length;
  clearResults();
  let done = at;
  if (mode == MODE_COUNT) {
    const inLine = <u32>load<u8>(STATE_AT);
    lines = countNewlines(at, end - 1) + 1 - inLine;
    store<u8>(STATE_AT, load<u8>(end - 1) != 10);
    nanos += lines;
    done = end;
  } else {
    if (load<u8>(STATE_AT)) done = goOn(at, end);
    if (!load<u8>(STATE_AT) && done < end) done = runLines(done, end, done > at);
  }
  if (alias) {
    store<u32>(GROUPS_AT, at);
    store<u32>(GROUPS_AT, done, 4);
    store<u32>(GROUPS_AT, lines, 12);
  }
  store<u32>(RESULTS_AT, lines);
  store<u32>(RESULTS_AT, nanos, 4);
  store<u32>(RESULTS_AT, stderrCursor - STDERR_AT, 8);
  return done - at;
}

function clearResults(): void {
  lines = 0;
  stderrCursor = STDERR_AT;
  for (let slot: u32 = 0; slot < statusSlots; slot++) {
    store<i32>(STATUS_LENGTHS_AT + 4 * slot, -1);
  }
  let record: usize = GROUPS_AT + alias * GROUP_BYTES;
  const last: usize = GROUPS_AT + groups * GROUP_BYTES;
  for (let area: usize = OUTPUT_AT; record < last; area += areaBytes, record += GROUP_BYTES) {
    store<u32>(record, area);
    store<u32>(record, area, 4);
    store<u32>(record, area + areaBytes - SLACK_BYTES, 8);
    store<u32>(record, 0, 12);
  }
}

/** Takes the rest of a line whose head an earlier run gave out, as much as there is room for. */
function goOn(at: usize, end: usize): usize {
  const newline = findByte(at, end, 10);
  let size = (newline < end ? newline + 1 : end) - at;
  const room = areaBytes - SLACK_BYTES;
  for (let group = alias; group < groups; group++) {
    if (!load<u8>(STATE_AT + 1 + group)) continue;
    if (size > room) size = room;
    const record: usize = GROUPS_AT + group * GROUP_BYTES;
    memory.copy(load<u32>(record), at, size);
    store<u32>(record, <u32>(<usize>load<u32>(record) + size), 4);
  }
  // Groups before the one that cut the size short have room for more, but then all have as much.
  if (at + size > newline) store<u8>(STATE_AT, 0);
  return at + size;
}

/** The main story: line after line. `done` is whether this run has done something before. */
function runLines(at: usize, end: usize, done: bool): usize {
  const judged = mode == MODE_JUDGE;
  const stamped = stampBytes > 0;
  const prefix = stampBytes;

  let count: u32 = nanos / divisor;
  let part: u32 = nanos % divisor;
  let low: u32 = count % pairs;
  let pair: u16 = load<u16>(PAIRS_AT + 2 * low);
  if (stamped) writeCounter(count);

  // In MODE_COPY the hits are the same for every line.
  let hits: usize = HITS_AT;
  if (!judged) {
    store<u32>(hits, firstStep);
    hits += 4;
  }

  let block = at - 64;
  let mask: u64 = 0;
  while (at < end) {
    if (stamped && nanos >= SECOND) break;
    while (mask == 0 && block + 64 < end) {
      block += 64;
      mask = newlines(block);
    }
    let newline = mask ? block + <usize>ctz(mask) : end;
    mask &= mask - 1;
    const whole = newline < end;
    if (!whole) newline = end;
    const size = newline - at + <usize>whole;
    const text = at - prefix;

    if (judged) {
      if (stamped) putStampBefore(at, pair);
      const limit = text + WINDOW;
      hits = judge(text, newline < limit ? newline : limit);
    }
    if (!haveRoom(hits, prefix + size, newline - text)) {
      if (!done) at = giveHead(hits, at, end, newline, pair);
      break;
    }

    let hit: usize = HITS_AT;
    while (hit < hits) {
      const step = <usize>load<u32>(hit);
      hit += 4;
      if (load<u32>(step) == KIND_GROUP) {
        const record = <usize>load<u32>(step, STEP_OBJECT);
        const cursor = <usize>load<u32>(record, 4);
        if (stamped) putStamp(cursor, pair);
        copy(cursor + prefix, at, size);
        store<u32>(record, cursor + prefix + size, 4);
        store<u32>(record, load<u32>(record, 12) + 1, 12);
      } else {
        show(step, text, newline - text);
      }
    }
    done = true;
    at += size;
    lines += 1;
    nanos += 1;
    if (!whole) keepSelection(hits);

    part += 1;
    if (part == divisor) {
      part = 0;
      low += 1;
      count += 1;
      if (low == pairs) {
        low = 0;
        if (stamped) writeCounter(count);
      }
      pair = load<u16>(PAIRS_AT + 2 * low);
    }
  }
  return at;
}

/** Walks the steps for one text; returns the end of the hits. */
function judge(text: usize, end: usize): usize {
  let step = firstStep;
  let hits: usize = HITS_AT;
  // Where the text ends for fnmatch: at its first NUL, once that is known.
  let cut: usize = 0;
  while (true) {
    const kind = load<u32>(step);
    if (kind == KIND_TEST) {
      let textEnd = end;
      if (load<u32>(step, STEP_CUT)) {
        if (!cut) cut = findByte(text, end, 0);
        textEnd = cut;
      }
      const matched = matches(step + STEP_BYTES, text, textEnd);
      step = matched ? load<u32>(step, STEP_NEXT) : load<u32>(step, STEP_OTHERWISE);
    } else if (kind == KIND_CHOICE) {
      step = choose(step, text, end);
    } else {
      if (kind == KIND_END) return hits;
      store<u32>(hits, step);
      hits += 4;
      step = load<u32>(step, STEP_NEXT);
    }
  }
}

/** The step after a choice: of its first test that matches, or the one behind them all. */
function choose(step: usize, text: usize, end: usize): usize {
  const first = load<i32>(step, STEP_FIRST);
  // The byte that tells the tests apart: the one after the byte that they skip to, or the text's first.
  const place = first < 0 ? text : findByte(text, end, first);
  const telling = <usize>load<u8>(place + <usize>(first >= 0));
  const masks = step + STEP_BYTES;
  let mask = load<u32>(masks + 4 * telling);
  while (mask) {
    const test = <usize>load<u32>(masks + CHOICE_MASKS_BYTES + 4 * <usize>ctz(mask));
    if (matches(test + STEP_BYTES, place, end)) return load<u32>(test, STEP_NEXT);
    mask &= mask - 1;
  }
  return load<u32>(step, STEP_NEXT);
}

/** Whether a line of `size` bytes, prefix and LF included, has room wherever it is to go. */
function haveRoom(hits: usize, size: usize, textBytes: usize): bool {
  let onStderr = stderrCursor;
  for (let hit: usize = HITS_AT; hit < hits; hit += 4) {
    const step = <usize>load<u32>(hit);
    const kind = load<u32>(step);
    if (kind == KIND_GROUP) {
      const record = <usize>load<u32>(step, STEP_OBJECT);
      if (<usize>load<u32>(record, 4) + size > <usize>load<u32>(record, 8)) return false;
    } else if (kind != KIND_STATUS) {
      onStderr += stderrBytes(textBytes);
      if (onStderr > STDERR_END) return false;
    }
  }
  return true;
}

function stderrBytes(textBytes: usize): usize {
  return textBytes > STDERR_LINE ? STDERR_LINE + 4 : textBytes + 1;
}

/** Puts a text on stderr or into a status slot. */
function show(step: usize, text: usize, textBytes: usize): void {
  if (load<u32>(step) == KIND_STATUS) {
    const slot = <usize>load<u32>(step, STEP_OBJECT);
    const kept = textBytes < WINDOW ? textBytes : WINDOW;
    copy(<usize>STATUS_AT + slot * STATUS_SLOT_BYTES, text, kept);
    store<u32>(<usize>STATUS_LENGTHS_AT + 4 * slot, <u32>kept);
    return;
  }
  const cursor = stderrCursor;
  const size = stderrBytes(textBytes);
  const long = textBytes > STDERR_LINE;
  memory.copy(cursor, text, long ? STDERR_LINE : textBytes);
  if (long) store<u32>(cursor, 0x0a2e2e2e, STDERR_LINE_BYTES);
  else store<u8>(cursor + textBytes, 10);
  stderrCursor = cursor + size;
}

/** Gives out as much of a line that fits no area as an empty area takes; the line goes on. */
function giveHead(hits: usize, at: usize, end: usize, newline: usize, pair: u16): usize {
  const prefix = stampBytes;
  const size = areaBytes - SLACK_BYTES - prefix;
  for (let hit: usize = HITS_AT; hit < hits; hit += 4) {
    const step = <usize>load<u32>(hit);
    if (load<u32>(step) == KIND_GROUP) {
      const record = <usize>load<u32>(step, STEP_OBJECT);
      const area = <usize>load<u32>(record);
      if (prefix) putStamp(area, pair);
      memory.copy(area + prefix, at, size);
      store<u32>(record, area + prefix + size, 4);
      store<u32>(record, 1, 12);
    } else {
      show(step, at - prefix, newline - at + prefix);
    }
  }
  lines += 1;
  nanos += 1;
  keepSelection(hits);
  return at + size;
}

/** Remembers where the rest of the line at hand goes. */
function keepSelection(hits: usize): void {
  memory.fill(STATE_AT, 0, 1 + groups);
  store<u8>(STATE_AT, 1);
  for (let hit: usize = HITS_AT; hit < hits; hit += 4) {
    const step = <usize>load<u32>(hit);
    if (load<u32>(step) == KIND_GROUP) store<u8>(STATE_AT + 1 + load<u32>(step, STEP_NUMBER), 1);
  }
}
