/**
 * Stamps for people: a TAI64N label of 25 characters becomes `2026-11-20 08:44:17.12345`, local time in 25
 * characters as well, so that every other byte of a log stays at its place.
 */
import type { Posix } from "../../posix/index.ts";
import { clockText, dateText } from "../../tai64/format.ts";
import {
  type Instant,
  LABEL_BYTES,
  LocalClock,
  readLabel,
  toUnixSeconds,
} from "../../tai64/index.ts";

const LF = 0x0a;
const AT = 0x40;
const NANOS_PER_SHOWN = 10_000;
const SHOWN_DIGITS = 5;
const FIRST_YEAR = 1000;
const LAST_YEAR = 9999;

export class LabelText {
  private readonly clock: LocalClock;

  constructor(posix: Pick<Posix, "localTime">) {
    this.clock = new LocalClock((at) => posix.localTime(at));
  }

  /**
   * Shows every label that stands at the beginning of a line, in its place.
   *
   * @param starts  where lines begin beside those behind a newline
   */
  show(bytes: Buffer, starts: readonly number[]): void {
    for (const at of starts) if (at >= 0) this.showAt(bytes, at);
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1))
      this.showAt(bytes, at + 1);
  }

  private showAt(bytes: Buffer, at: number): void {
    if (bytes[at] !== AT) return;
    const instant = readLabel(bytes, at);
    const text = instant && this.text(instant);
    if (text !== undefined) bytes.write(text, at, LABEL_BYTES, "latin1");
  }

  /** @returns undefined for a time that does not fit */
  text(instant: Instant): string | undefined {
    const local = this.clock.at(toUnixSeconds(instant));
    if (local === undefined || local.year < FIRST_YEAR || local.year > LAST_YEAR) return undefined;
    const part = String(Math.floor(instant.nanos / NANOS_PER_SHOWN)).padStart(SHOWN_DIGITS, "0");
    return `${dateText(local)} ${clockText(local)}.${part}`;
  }
}
