// Does a text match a pattern? The pattern is a chain of segments, laid out by program.ts; djb's
// patterns and fnmatch's differ only in where a segment may stand.
import {
  CHUNK_BYTES,
  PLACE_LAST,
  PLACE_SEARCH,
  PLACE_SKIP,
  SEGMENT_BYTES,
  SEGMENT_FIRST,
  SEGMENT_LENGTH,
  SEGMENT_NEXT,
  SEGMENT_PLACE,
  SEGMENT_SECOND,
  SEGMENT_SETS,
  SEGMENT_THEN,
  SET_BYTES,
  THEN_END,
  THEN_SEGMENT,
} from "../layout";
import { find64, findByte } from "./text";

/** Whether the text [at, end) matches the chain that begins with `segment`. */
export function matches(segment: usize, at: usize, end: usize): bool {
  while (true) {
    const place = load<u32>(segment, SEGMENT_PLACE);
    const length = <usize>load<u32>(segment, SEGMENT_LENGTH);
    if (place == PLACE_SKIP) {
      at = findByte(at, end, load<i32>(segment, SEGMENT_FIRST));
      if (at == end) return false;
    } else if (place == PLACE_SEARCH) {
      at = search(segment, at, end);
    } else if (place == PLACE_LAST) {
      if (at + length > end) return false;
      at = end - length;
    }
    if (at + length > end || !fits(segment, at)) return false;
    at += length;
    const then = load<u32>(segment, SEGMENT_THEN);
    if (then != THEN_SEGMENT) return then != THEN_END || at == end;
    segment = load<u32>(segment, SEGMENT_NEXT);
  }
}

/** The first place where the segment fits, or `end`. */
function search(segment: usize, at: usize, end: usize): usize {
  const first = load<i32>(segment, SEGMENT_FIRST);
  const second = load<i32>(segment, SEGMENT_SECOND);
  const length = <usize>load<u32>(segment, SEGMENT_LENGTH);
  while (at + length <= end) {
    let places: u64 = first < 0 ? -1 : find64(at, first);
    if (second >= 0) places &= find64(at + 1, second);
    while (places) {
      const place = at + <usize>ctz(places);
      if (place + length > end) return end;
      if (fits(segment, place)) return place;
      places &= places - 1;
    }
    at += 64;
  }
  return end;
}

/** Whether the bytes at `at` are the segment's; its length stands there. */
function fits(segment: usize, at: usize): bool {
  const length = <usize>load<u32>(segment, SEGMENT_LENGTH);
  let chunk = segment + SEGMENT_BYTES;
  let place = at;
  const end = at + length;
  while (place < end) {
    const different = v128.xor(v128.load(place), v128.load(chunk));
    if (v128.any_true(v128.and(different, v128.load(chunk, 16)))) return false;
    chunk += CHUNK_BYTES;
    place += 16;
  }
  let sets = load<u32>(segment, SEGMENT_SETS);
  while (sets > 0) {
    const byte = <u32>load<u8>(at + load<u32>(chunk));
    if (!((load<u8>(chunk + (byte >> 3), 4) >> (byte & 7)) & 1)) return false;
    chunk += SET_BYTES;
    sets -= 1;
  }
  return true;
}
