/**
 * Local time, asked of the system seldom and never wrongly.
 *
 * Time is cut into blocks of a quarter of an hour. A block whose first and last second have the same
 * shift (civil time, as the fields say it, minus Unix time) is taken to have it throughout; in any
 * other block every second is asked for. The shift is computed from the fields and not taken from
 * `offset`, because in a zone with leap seconds ("right/…") they differ by the leap seconds, and the
 * shift changes where one is inserted. A zone that changes to and fro within one block would deceive
 * this; in the tz database no two changes lie closer than 95 hours.
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

/** A stretch of Unix time in which local time runs evenly. */
export interface Block {
  readonly start: bigint;
  /** The first second that is not in it. */
  readonly end: bigint;
  /** Civil seconds minus Unix seconds. */
  readonly shift: bigint;
  readonly offset: number;
}

const BLOCK_SECONDS = 900n;
/** A day of blocks, and some: logs are read in order, mostly. */
const SLOTS = 128n;

const DAY = BigInt(DAY_SECONDS);

interface Slot {
  readonly number: bigint;
  readonly block: Block | undefined;
}

/** Converts Unix seconds to local time, remembering what it was told. */
export class LocalClock {
  readonly #ask: AskLocalTime;
  readonly #slots: (Slot | undefined)[] = Array.from({ length: Number(SLOTS) });

  constructor(ask: AskLocalTime) {
    this.#ask = ask;
  }

  /** @returns undefined where the system has no answer, as for years beyond 32 bits */
  at(unixSeconds: bigint): LocalTime | undefined {
    const block = this.blockAt(unixSeconds);
    return block === undefined ? this.#ask(unixSeconds) : inBlock(block, unixSeconds);
  }

  /** @returns the block around a second; undefined where every second has to be asked for */
  blockAt(unixSeconds: bigint): Block | undefined {
    const number = floorDivide(unixSeconds, BLOCK_SECONDS);
    const index = Number(((number % SLOTS) + SLOTS) % SLOTS);
    let slot = this.#slots[index];
    if (slot?.number !== number) {
      slot = { number, block: this.#askForBlock(number * BLOCK_SECONDS) };
      this.#slots[index] = slot;
    }
    return slot.block;
  }

  #askForBlock(start: bigint): Block | undefined {
    const end = start + BLOCK_SECONDS;
    const first = this.#ask(start);
    const last = this.#ask(end - 1n);
    if (first === undefined || last === undefined || first.offset !== last.offset) return undefined;
    const shift = civilSeconds(first) - start;
    if (civilSeconds(last) - (end - 1n) !== shift) return undefined;
    return { start, end, shift, offset: first.offset };
  }
}

/** Universal time, without asking anybody. The range is that of the C library: 32-bit years. */
export function universalTime(unixSeconds: bigint): LocalTime | undefined {
  const local = inBlock({ start: 0n, end: 0n, shift: 0n, offset: 0 }, unixSeconds);
  const yearsSince1900 = local.year - 1900;
  return yearsSince1900 === (yearsSince1900 | 0) ? local : undefined;
}

function inBlock(block: Block, unixSeconds: bigint): LocalTime {
  const civil = unixSeconds + block.shift;
  const days = floorDivide(civil, DAY);
  const time = Number(civil - days * DAY);
  const minutes = Math.floor(time / 60);
  return {
    ...civilOfDays(Number(days)),
    hour: Math.floor(minutes / 60),
    minute: minutes % 60,
    second: time % 60,
    offset: block.offset,
  };
}

/** The fields as one count: what Unix time would be if they were universal time. */
function civilSeconds(local: LocalTime): bigint {
  const days = BigInt(daysOfCivil(local.year, local.month, local.day));
  return days * DAY + BigInt((local.hour * 60 + local.minute) * 60 + local.second);
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return quotient * b > a ? quotient - 1n : quotient;
}
