/**
 * Local time, asked of the system seldom and never wrongly.
 *
 * Time is cut into blocks of a quarter of an hour. A block whose first and last second have the same
 * shift (civil time, as the fields say it, minus Unix time) is taken to have it throughout; in any
 * other block every second is asked for. The shift is computed from the fields and not taken from
 * `offset`, because in a zone with leap seconds ("right/…") they differ by the leap seconds, and the
 * shift changes where one is inserted. A zone that changes to and fro within one block would deceive
 * this; in the tz database no two changes lie closer than 95 hours. Beyond 2^51 seconds (71 million
 * years) every second is asked for.
 */
import { civilOfDays, DAY_SECONDS, daysOfCivil } from "./civil.ts";

/** Broken-down local time in civil units: month 1 to 12, `offset` in seconds east of UTC. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 0 to 60. */
  readonly second: number;
  readonly offset: number;
}

/** Asks the system; undefined where it cannot tell. */
export type AskLocalTime = (unixSeconds: bigint) => LocalTime | undefined;

/** A stretch of Unix time in which local time runs evenly; all in seconds. */
export interface Block {
  readonly start: number;
  /** The first second that is not in it. */
  readonly end: number;
  /** Civil time minus Unix time. */
  readonly shift: number;
  readonly offset: number;
}

const BLOCK_SECONDS = 900;
/** A day of blocks, and some: logs are read in order, mostly. */
const SLOTS = 128;
/** Up to here numbers count all seconds, with room for a shift. */
const MOST_SECONDS = 2 ** 51;

interface Slot {
  readonly start: number;
  readonly block: Block | undefined;
}

/** Converts Unix seconds to local time, remembering what it was told. */
export class LocalClock {
  readonly #ask: AskLocalTime;
  readonly #slots: (Slot | undefined)[] = Array.from({ length: SLOTS });

  constructor(ask: AskLocalTime) {
    this.#ask = ask;
  }

  /** @returns undefined where the system has no answer, as for years beyond 32 bits */
  at(unixSeconds: bigint): LocalTime | undefined {
    const block = this.blockAt(unixSeconds);
    return block === undefined ? this.#ask(unixSeconds) : inBlock(block, Number(unixSeconds));
  }

  /** @returns the block around a second; undefined where every second has to be asked for */
  blockAt(unixSeconds: bigint): Block | undefined {
    const seconds = Number(unixSeconds);
    if (Math.abs(seconds) > MOST_SECONDS) return undefined;
    const number = Math.floor(seconds / BLOCK_SECONDS);
    const start = number * BLOCK_SECONDS;
    const index = modulo(number, SLOTS);
    let slot = this.#slots[index];
    if (slot?.start !== start) {
      slot = { start, block: this.#askForBlock(start) };
      this.#slots[index] = slot;
    }
    return slot.block;
  }

  #askForBlock(start: number): Block | undefined {
    const last = start + BLOCK_SECONDS - 1;
    const atStart = this.#ask(BigInt(start));
    const atLast = this.#ask(BigInt(last));
    if (atStart === undefined || atStart.offset !== atLast?.offset) return undefined;
    const shift = civilSeconds(atStart) - start;
    if (civilSeconds(atLast) - last !== shift) return undefined;
    return { start, end: last + 1, shift, offset: atStart.offset };
  }
}

const UNIVERSAL: Block = { start: -MOST_SECONDS, end: MOST_SECONDS, shift: 0, offset: 0 };
/** The Gregorian calendar repeats itself, weekdays included. */
const CYCLE_YEARS = 400;
const CYCLE_SECONDS = 146_097 * DAY_SECONDS;

/** Universal time, without asking anybody. The range is that of the C library: 32-bit years. */
export function universalTime(unixSeconds: bigint): LocalTime | undefined {
  const cycles = unixSeconds / BigInt(CYCLE_SECONDS);
  const rest = Number(unixSeconds - cycles * BigInt(CYCLE_SECONDS));
  const inCycle = inBlock(UNIVERSAL, rest);
  const year = inCycle.year + Number(cycles) * CYCLE_YEARS;
  const yearsSince1900 = year - 1900;
  return yearsSince1900 === (yearsSince1900 | 0) ? { ...inCycle, year } : undefined;
}

/** The local time of a second in a block. */
export function inBlock(block: Block, unixSeconds: number): LocalTime {
  const civil = unixSeconds + block.shift;
  const days = Math.floor(civil / DAY_SECONDS);
  const time = civil - days * DAY_SECONDS;
  const minutes = Math.floor(time / 60);
  const { year, month, day } = civilOfDays(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(minutes / 60),
    minute: minutes % 60,
    second: time % 60,
    offset: block.offset,
  };
}

/** The fields as one count: what Unix time would be if they were universal time. */
function civilSeconds(local: LocalTime): number {
  const days = daysOfCivil(local.year, local.month, local.day);
  return days * DAY_SECONDS + (local.hour * 60 + local.minute) * 60 + local.second;
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}
