// Looking through bytes by vectors of 16. Loads may reach past the end that was given: the memory
// behind it is ours, and what is found there is not counted.

/** Where LF stands in the 64 bytes at `at`: bit 0 is the first byte. */
export function newlines(at: usize): u64 {
  const lf = i8x16.splat(10);
  const a = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at), lf)));
  const b = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 16), lf)));
  const c = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 32), lf)));
  const d = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 48), lf)));
  return a | (b << 16) | (c << 32) | (d << 48);
}

/** The first `byte` in [at, end), or `end`. */
export function findByte(at: usize, end: usize, byte: i32): usize {
  const wanted = i8x16.splat(<i8>byte);
  while (at < end) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (mask) {
      const found = at + ctz(mask);
      return found < end ? found : end;
    }
    at += 16;
  }
  return end;
}

/** How many LF stand in [at, end). */
export function countNewlines(at: usize, end: usize): i32 {
  let count: i32 = 0;
  while (at + 64 <= end) {
    count += <i32>popcnt(newlines(at));
    at += 64;
  }
  if (at < end) count += <i32>popcnt(newlines(at) & (((<u64>1) << (end - at)) - 1));
  return count;
}

/** Copies `size` bytes, and up to 31 more. */
export function copy(to: usize, from: usize, size: usize): void {
  const end = from + size;
  do {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    to += 32;
    from += 32;
  } while (from < end);
}
