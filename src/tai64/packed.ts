/**
 * Packed forms: the bytes of a TAI64N stamp as status files hold them.
 *
 * TAI64N is 12 bytes: seconds (8), nanoseconds (4), big end first. TAI64 is its first 8.
 *
 * @see libtai, tai_pack and taia_pack; spec sections 1.9 and 2.1
 */
import { type Instant, makeInstant } from "./instant.ts";

export const TAI64_BYTES = 8;
export const TAI64N_BYTES = 12;

/**
 * Writes the 12 bytes of an instant.
 *
 * @returns the offset just past them
 * @throws RangeError when fewer than 12 bytes remain, or a part of the instant is out of range
 */
export function writePacked(out: Uint8Array, at: number, instant: Instant): number {
  const { seconds, nanos } = makeInstant(instant.seconds, instant.nanos);
  const view = viewOf(out, at, TAI64N_BYTES);
  view.setBigUint64(0, seconds);
  view.setUint32(TAI64_BYTES, nanos);
  return at + TAI64N_BYTES;
}

/**
 * Reads the 12 bytes of a TAI64N stamp.
 *
 * @throws RangeError when fewer than 12 bytes remain, or they hold no valid instant
 */
export function readPacked(bytes: Uint8Array, at: number = 0): Instant {
  const view = viewOf(bytes, at, TAI64N_BYTES);
  return makeInstant(view.getBigUint64(0), view.getUint32(TAI64_BYTES));
}

/**
 * Reads the 8 bytes of a TAI64 stamp: an instant with no nanoseconds.
 *
 * @throws RangeError when fewer than 8 bytes remain, or they hold no valid instant
 */
export function readPackedSeconds(bytes: Uint8Array, at: number = 0): Instant {
  return makeInstant(viewOf(bytes, at, TAI64_BYTES).getBigUint64(0), 0);
}

function viewOf(bytes: Uint8Array, at: number, length: number): DataView {
  if (at < 0 || at + length > bytes.length) {
    throw new RangeError(`${length} packed bytes do not fit at offset ${at} of ${bytes.length}`);
  }
  return new DataView(bytes.buffer, bytes.byteOffset + at, length);
}
