/**
 * The clock of one engine: every reading is later than every earlier one, whatever the system's
 * clock does. Line labels and archive names both come from it.
 */

export class LabelClock {
  private readonly now: () => bigint;
  /** The latest nanosecond that was given out. */
  private last = 0n;

  /** @param now  wall clock, nanoseconds since 1970 */
  constructor(now: () => bigint) {
    this.now = now;
  }

  /** The latest reading that was given out, nanoseconds since 1970. */
  get latest(): bigint {
    return this.last;
  }

  /** A reading that nobody has yet; call `advance` with the last one that was used. */
  read(): bigint {
    const now = this.now();
    return now > this.last ? now : this.last + 1n;
  }

  /** A reading for one thing, such as an archive's name. */
  take(): bigint {
    const reading = this.read();
    this.last = reading;
    return reading;
  }

  /** Nothing up to `reading` will be given out again. */
  advance(reading: bigint): void {
    if (reading > this.last) this.last = reading;
  }
}
