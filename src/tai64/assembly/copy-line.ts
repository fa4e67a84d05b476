/** Copies a line up to and with its LF, or all there is, 16 bytes at a time. */

const LF: u8 = 0x0a;

/**
 * @param from  first byte of input; up to 15 bytes behind `end` may be read
 * @param to  where it goes; up to 15 bytes behind the copy may be overwritten
 * @returns the number of bytes copied; the last of them is an LF unless the input ended
 */
export function copyLine(from: usize, end: usize, to: usize): usize {
  const lf = i8x16.splat(LF);
  let at = from;
  while (at < end) {
    const bytes = v128.load(at);
    v128.store(to, bytes);
    const hits = i8x16.bitmask(i8x16.eq(bytes, lf));
    if (hits) {
      at += ctz(hits) + 1;
      break;
    }
    at += 16;
    to += 16;
  }
  return min(at, end) - from;
}
