/** Times of lines as text. */
import type { LocalClock } from "../tai64/local-time.ts";
import type { Style } from "../tai64/styles.ts";
import type { Output } from "./output.ts";

const ZERO = 0x30;
/** The fraction's digits are written for each line, the rest once a second. */
const FRACTION_DIGITS = 9;

/** The text of a moment; that of a second is made once. */
export class Moments {
  private readonly clock: LocalClock;
  private readonly style: Style;
  private seconds = Number.NaN;
  /** The text with nanoseconds 0, and where they stand in it; -1: the second has none. */
  private text: Buffer = Buffer.alloc(0);
  private fractionAt = -1;
  /** What stands before and behind them. */
  private head = "";
  private tail = "";

  constructor(clock: LocalClock, style: Style) {
    this.clock = clock;
    this.style = style;
  }

  /** Writes a moment; false where the clock has no answer. */
  write(output: Output, seconds: number, nanos: number): boolean {
    if (seconds !== this.seconds) this.turnTo(seconds);
    const { text, fractionAt } = this;
    if (fractionAt < 0) return false;
    const { filled, memory } = output;
    for (let i = 0; i < text.length; i++) memory[filled + i] = text[i]!;
    let rest = nanos;
    for (let i = FRACTION_DIGITS - 1; i >= 0; i--) {
      const tenth = Math.floor(rest / 10);
      memory[filled + fractionAt + i] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
    output.filled += text.length;
    return true;
  }

  /** A moment as text; undefined where the clock has no answer. */
  textOf(seconds: number, nanos: number): string | undefined {
    if (seconds !== this.seconds) this.turnTo(seconds);
    if (this.fractionAt < 0) return undefined;
    return `${this.head}${String(nanos).padStart(FRACTION_DIGITS, "0")}${this.tail}`;
  }

  private render(seconds: number): string {
    const unixSeconds = BigInt(seconds);
    const local = this.clock.at(unixSeconds);
    return local === undefined ? "" : this.style.render({ unixSeconds, nanos: 0, local });
  }

  private turnTo(seconds: number): void {
    this.seconds = seconds;
    const text = this.render(seconds);
    this.text = Buffer.from(text);
    this.fractionAt = text.lastIndexOf(".000000000") + 1 || -1;
    this.head = text.slice(0, this.fractionAt);
    this.tail = text.slice(this.fractionAt + FRACTION_DIGITS);
  }
}
