/**
 * When a directory is due by the clock: `:every` and `:age`.
 *
 * Turns are at multiples of the interval in local time, so that a restart changes nothing: `:every=1d`
 * is midnight, `:every=1h` the full hour.
 */
import { type LocalTimeOf, NANOS_PER_SECOND } from "./stamp.ts";

/** A clock that is set is noticed this soon. */
const LONGEST_SLEEP_MS = 60_000;

/** Local seconds: what a clock on the wall would count. */
function localSeconds(unixSeconds: number, localTime: LocalTimeOf): number {
  return unixSeconds + (localTime(BigInt(Math.floor(unixSeconds)))?.offset ?? 0);
}

/** @returns the number of the turn in which a moment lies */
export function turnAt(unixSeconds: number, everySeconds: number, localTime: LocalTimeOf): number {
  return Math.floor(localSeconds(unixSeconds, localTime) / everySeconds);
}

/** Calls back at each turn, until it is stopped. */
export class Schedule {
  private timer: NodeJS.Timeout | undefined;

  /** @param now  wall clock, nanoseconds since 1970 */
  constructor(everySeconds: number, now: () => bigint, localTime: LocalTimeOf, onTurn: () => void) {
    const seconds = (): number => Number(now()) / Number(NANOS_PER_SECOND);
    let turn = turnAt(seconds(), everySeconds, localTime);
    const arm = (): void => {
      const untilTurnMs =
        (everySeconds - (localSeconds(seconds(), localTime) % everySeconds)) * 1000;
      this.timer = setTimeout(look, Math.min(untilTurnMs + 1, LONGEST_SLEEP_MS));
      this.timer.unref();
    };
    const look = (): void => {
      const current = turnAt(seconds(), everySeconds, localTime);
      // A clock that was set back makes no turn of its own.
      if (current > turn) onTurn();
      turn = current;
      arm();
    };
    arm();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
