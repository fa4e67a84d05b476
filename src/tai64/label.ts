/**
 * Labels: an instant as 25 characters, `@` and 24 lower-case hex digits (16 of seconds, 8 of
 * nanoseconds), big end first, so that labels sort as their instants do.
 *
 * @see daemontools 0.76, timestamp.c; spec section 1.9
 */
import { addNanos, type Instant, makeInstant } from "./instant.ts";

/** The length of a label. */
export const LABEL_BYTES = 25;

const AT = 0x40;
const SECONDS_DIGITS = 16;
const NANOS_DIGITS = 8;
const LABEL = /^@[0-7][0-9a-f]{15}[0-3][0-9a-f]{7}$/;

/**
 * Writes the label of an instant.
 *
 * @param out  receives LABEL_BYTES (25) bytes from offset `at` on
 * @returns the offset just past the label
 * @throws RangeError when fewer than 25 bytes remain, or a part of the instant is out of range
 */
export function writeLabel(out: Uint8Array, at: number, instant: Instant): number {
  if (at < 0 || at + LABEL_BYTES > out.length) {
    throw new RangeError(`no room for a label at offset ${at} of ${out.length} bytes`);
  }
  const text = formatLabel(instant);
  for (let i = 0; i < LABEL_BYTES; i++) out[at + i] = text.charCodeAt(i);
  return at + LABEL_BYTES;
}

/**
 * The label of an instant, as text.
 *
 * @throws RangeError when a part of the instant is out of range
 */
export function formatLabel(instant: Instant): string {
  const { seconds, nanos } = makeInstant(instant.seconds, instant.nanos);
  const high = seconds.toString(16).padStart(SECONDS_DIGITS, "0");
  return `@${high}${nanos.toString(16).padStart(NANOS_DIGITS, "0")}`;
}

/**
 * Reads the label that stands at an offset; what follows it does not matter.
 *
 * @returns undefined when no valid label stands there
 */
export function readLabel(bytes: Uint8Array, at: number = 0): Instant | undefined {
  if (bytes[at] !== AT || at + LABEL_BYTES > bytes.length) return undefined;
  let text = "";
  for (let i = 0; i < LABEL_BYTES; i++) text += String.fromCharCode(bytes[at + i]!);
  return isLabel(text) ? digitsToInstant(text) : undefined;
}

/**
 * The instant of a label.
 *
 * @param text  a label and nothing else
 * @throws RangeError when it is not a valid label
 */
export function parseLabel(text: string): Instant {
  if (!isLabel(text)) throw new RangeError(`not a TAI64N label: ${JSON.stringify(text)}`);
  return digitsToInstant(text);
}

/**
 * Is this text a valid label: 25 characters, lower-case digits, seconds below 2^63, nanoseconds below
 * 1,000,000,000?
 */
export function isLabel(text: string): boolean {
  return LABEL.test(text) && Number.parseInt(text.slice(-NANOS_DIGITS), 16) < 1_000_000_000;
}

/**
 * Compares two valid labels by their instants.
 *
 * @returns below 0 when `a` is earlier, 0 when they are the same, above 0 when `a` is later
 */
export function compareLabels(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * The label `nanos` nanoseconds later, or earlier where negative.
 *
 * @throws RangeError when `label` is not valid or the result lies beyond the scale
 */
export function addNanosToLabel(label: string, nanos: bigint): string {
  return formatLabel(addNanos(parseLabel(label), nanos));
}

/** Is this byte one of 0 to 9 and a to f? */
export function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}

function digitsToInstant(text: string): Instant {
  return {
    seconds: BigInt(`0x${text.slice(1, 1 + SECONDS_DIGITS)}`),
    nanos: Number.parseInt(text.slice(1 + SECONDS_DIGITS), 16),
  };
}
