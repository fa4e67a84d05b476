/**
 * Instants on the TAI64N scale.
 *
 * The scale is daemontools': seconds = 2^62 + 10 + Unix seconds, with no table of leap seconds. So an
 * instant here is Unix time in other digits, and the difference of two instants is what the system's
 * clock counted between them. True TAI is ahead of it by the leap seconds since 1972 (27 in 2024).
 *
 * @see daemontools 0.76, timestamp.c; libtai, tai64nfull
 */

/** The label seconds of 1970-01-01 00:00:00 UTC: 2^62 + 10. */
export const UNIX_EPOCH_SECONDS: bigint = (1n << 62n) + 10n;
/** Seconds of 2^63 and above are reserved by the format. */
export const SECONDS_END: bigint = 1n << 63n;
export const NANOS_PER_SECOND = 1_000_000_000;

const BILLION = 1_000_000_000n;

export interface Instant {
  /** 2^62 + 10 + Unix seconds; 0 to 2^63 - 1. */
  readonly seconds: bigint;
  /** 0 to 999,999,999. */
  readonly nanos: number;
}

/**
 * An instant of its two parts.
 *
 * @throws RangeError when a part is outside its range
 */
export function makeInstant(seconds: bigint, nanos: number): Instant {
  if (seconds < 0n || seconds >= SECONDS_END) {
    throw new RangeError(`TAI64 seconds ${seconds} are not from 0 to 2^63 - 1`);
  }
  if (!Number.isInteger(nanos) || nanos < 0 || nanos >= NANOS_PER_SECOND) {
    throw new RangeError(`${nanos} nanoseconds are not from 0 to 999999999`);
  }
  return { seconds, nanos };
}

/**
 * The instant of a Unix time.
 *
 * @param unixNanos  nanoseconds since 1970-01-01 00:00:00 UTC, negative before
 * @throws RangeError beyond the scale, some 146 thousand million years away
 */
export function fromUnixNanos(unixNanos: bigint): Instant {
  const sinceOrigin = unixNanos + UNIX_EPOCH_SECONDS * BILLION;
  if (sinceOrigin < 0n) throw new RangeError(`${unixNanos} ns is before the TAI64 scale begins`);
  return makeInstant(sinceOrigin / BILLION, Number(sinceOrigin % BILLION));
}

/** @returns nanoseconds since 1970-01-01 00:00:00 UTC, negative before */
export function toUnixNanos(instant: Instant): bigint {
  return (instant.seconds - UNIX_EPOCH_SECONDS) * BILLION + BigInt(instant.nanos);
}

/** @returns seconds since 1970-01-01 00:00:00 UTC, rounded down */
export function toUnixSeconds(instant: Instant): bigint {
  return instant.seconds - UNIX_EPOCH_SECONDS;
}

/**
 * The instant `nanos` nanoseconds later, or earlier where negative.
 *
 * @throws RangeError when it lies beyond the scale
 */
export function addNanos(instant: Instant, nanos: bigint): Instant {
  return fromUnixNanos(toUnixNanos(instant) + nanos);
}

/** @returns the nanoseconds from `earlier` to `later`, negative when they are the other way round */
export function nanosBetween(earlier: Instant, later: Instant): bigint {
  return toUnixNanos(later) - toUnixNanos(earlier);
}

/** @returns below 0 when `a` is earlier, 0 when they are the same, above 0 when `a` is later */
export function compareInstants(a: Instant, b: Instant): number {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return a.nanos - b.nanos;
}
