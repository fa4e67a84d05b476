/** Where the files of a log end, said as plainly as possible. */

const LF = 0x0a;
const WINDOW_BYTES = 2000;

/**
 * @param log  all bytes of a log, in order
 * @returns the size of each file: it ends behind the first line end at or beyond size - 2000, and at
 *   size where there is none; the last one is `current`, which may be empty
 */
export function cutSizes(log: Uint8Array, size: number): number[] {
  const sizes: number[] = [];
  let start = 0;
  for (let at = 0; at < log.length; at++) {
    if (at - start === size) {
      sizes.push(size);
      start = at;
    }
    const length = at + 1 - start;
    if (log[at] === LF && length >= size - WINDOW_BYTES) {
      sizes.push(length);
      start = at + 1;
    }
  }
  return [...sizes, log.length - start];
}
