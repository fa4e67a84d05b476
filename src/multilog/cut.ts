/**
 * Where a file ends: at the first line end at or beyond size - 2000, and at exactly size when no
 * line ends there (multilog.c, fullcurrent() and buffer_pwrite(), for lines that come one at a time).
 */

/** How near its size a file may end. */
export const WINDOW_BYTES = 2000;
const LF = 0x0a;

export interface Cut {
  /** How much of the piece goes into this file; 0 when the file is full already. */
  readonly length: number;
  /** Whether the file ends behind it. */
  readonly ends: boolean;
}

/**
 * @param filled  bytes in the file
 * @param size  the directory's size
 * @param memory  holds the piece at `at`, `length` bytes
 */
export function findCut(
  filled: number,
  size: number,
  memory: Buffer,
  at: number,
  length: number,
): Cut {
  if (filled >= size) return { length: 0, ends: true };
  const most = Math.min(length, size - filled);
  const threshold = size - WINDOW_BYTES;
  if (filled + most < threshold) return { length: most, ends: false };
  // The line end itself is counted: it may be the byte that reaches the threshold.
  const from = Math.max(0, threshold - filled - 1);
  const lineEnd = memory.subarray(at + from, at + most).indexOf(LF);
  if (lineEnd === -1) return { length: most, ends: false };
  return { length: from + lineEnd + 1, ends: true };
}
