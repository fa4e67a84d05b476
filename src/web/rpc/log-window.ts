/** Which bytes of a log are asked for: Supervisor's arithmetic, with its quirks. */

/** From a byte on, so many bytes. */
export interface Window {
  readonly offset: number;
  readonly length: number;
}

/**
 * Of `read…Log`: a negative offset counts from the end and takes no length; length 0 is all that follows.
 *
 * @returns undefined for arguments that do not go together
 */
export function readWindow(total: number, offset: number, length: number): Window | undefined {
  if (length < 0 || (offset < 0 && length !== 0)) return undefined;
  if (offset < 0) {
    const taken = Math.min(total, -offset);
    return { offset: total - taken, length: taken };
  }
  const rest = Math.max(0, total - offset);
  return { offset: Math.min(offset, total), length: length === 0 ? rest : Math.min(length, rest) };
}

/** Of `tail…Log`: `overflow` says that bytes between the caller's offset and the window are passed over. */
export function tailWindow(
  total: number,
  offset: number,
  length: number,
): Window & { readonly overflow: boolean } {
  const overflow = total > offset + length;
  const from = overflow ? total - 1 : offset;
  let taken = length;
  let start = from;
  if (from + length > total) {
    if (from > total - 1) taken = 0;
    start = total - taken;
  }
  taken = Math.max(0, taken);
  start = Math.max(0, start);
  return { offset: start, length: Math.min(taken, total - start), overflow };
}
