/** How a line is written: as text, with its time for people; as it is stored; as JSON. */
import { LABEL_BYTES } from "../tai64/label.ts";
import type { LocalClock } from "../tai64/local-time.ts";
import type { Style } from "../tai64/styles.ts";
import type { Output } from "./output.ts";
import { type Selection, textAt } from "./selection.ts";

const LF = 0x0a;
const ZERO = 0x30;
/** Room for the time. */
const HEAD_BYTES = 256;
const LONG_BYTES = 4096;
/** The fraction's digits are written for each line, the rest once a second. */
const FRACTION_DIGITS = 9;

const DIM = "\u001b[2m";
const NAME = "\u001b[36m";
const FOUND = "\u001b[1;31m";
const PLAIN = "\u001b[0m";

export interface Show {
  line(source: Selection): void;
  /** No line comes any more. */
  end?(): void;
}

export interface ShowOptions {
  readonly output: Output;
  readonly clock: LocalClock;
  readonly style: Style;
  /** Whether a line begins with the name of its log. */
  readonly names: boolean;
  readonly colour: boolean;
}

/** The text of a moment; that of a second is made once. */
class Moments {
  private readonly clock: LocalClock;
  private readonly style: Style;
  private seconds = Number.NaN;
  /** The text with nanoseconds 0, and where they stand in it; -1: the second has none. */
  private text: Buffer = Buffer.alloc(0);
  private fractionAt = -1;
  /** What stands before and behind them. */
  private head = "";
  private tail = "";

  constructor({ clock, style }: ShowOptions) {
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

export class TextShow implements Show {
  private readonly output: Output;
  private readonly options: ShowOptions;
  private readonly moments: Moments;
  private readonly prefixes = new Map<string, Buffer>();
  /** The log whose line was begun, and has no end yet. */
  private open: Selection | undefined;

  constructor(options: ShowOptions) {
    this.options = options;
    this.output = options.output;
    this.moments = new Moments(options);
  }

  line(source: Selection): void {
    const { output, options } = this;
    const { line, to } = source;
    let { from } = source;
    const continues = source.continues && this.open === source;
    if (!continues) this.end();
    output.need(Math.min(to - from, LONG_BYTES) + HEAD_BYTES);
    if (source.apart) output.put(options.colour ? `${DIM}--${PLAIN}\n` : "--\n");
    if (options.names && !continues) this.putName(source.name);
    if (source.labelled) {
      if (options.colour) output.put(DIM);
      output.need(HEAD_BYTES);
      if (this.moments.write(output, source.seconds, source.nanos)) from += LABEL_BYTES;
      if (options.colour) output.put(PLAIN);
    }
    if (options.colour && source.found && source.grep && !source.wanted.invert)
      output.put(source.grep.mark(line.toString("utf8", from, to), FOUND, PLAIN));
    else output.putBytes(line, from, to);
    if (source.goesOn) this.open = source;
    else {
      this.open = undefined;
      output.putByte(LF);
    }
  }

  end(): void {
    if (this.open !== undefined) this.output.putByte(LF);
    this.open = undefined;
  }

  private putName(name: string): void {
    let bytes = this.prefixes.get(name);
    if (bytes === undefined) {
      bytes = Buffer.from(this.options.colour ? `${NAME}${name}:${PLAIN} ` : `${name}: `);
      this.prefixes.set(name, bytes);
    }
    const { memory, filled } = this.output;
    if (memory.length - filled < bytes.length) this.output.need(bytes.length);
    for (let i = 0; i < bytes.length; i++) this.output.memory[filled + i] = bytes[i]!;
    this.output.filled += bytes.length;
  }
}

/** Bytes as they are stored. */
export class RawShow implements Show {
  private readonly output: Output;

  constructor({ output }: ShowOptions) {
    this.output = output;
  }

  line({ line, from, to, ended }: Selection): void {
    this.output.putBytes(line, from, to);
    if (ended) this.output.putByte(LF);
  }
}

/**
 * An object a line: `source`, `label` and `time` where it has one, `text`; `bytes`, base64 of the
 * text as it is stored, where that is no UTF-8; and `part` in each piece of a line too long for one.
 */
export class JsonShow implements Show {
  private readonly output: Output;
  private readonly moments: Moments;

  constructor(options: ShowOptions) {
    this.output = options.output;
    this.moments = new Moments(options);
  }

  line(source: Selection): void {
    const { line, from, to, labelled } = source;
    const bytes = line.subarray(labelled ? textAt(line, from, to) : from, to);
    const text = bytes.toString("utf8");
    const object = {
      source: source.name,
      label: labelled ? line.toString("latin1", from, from + LABEL_BYTES) : undefined,
      time: labelled ? this.moments.textOf(source.seconds, source.nanos) : undefined,
      text,
      part: source.continues || source.goesOn ? true : undefined,
      // Text that holds the character that stands for what is no UTF-8 is looked at twice.
      bytes:
        text.includes("\ufffd") && !Buffer.from(text).equals(bytes)
          ? bytes.toString("base64")
          : undefined,
    };
    this.output.put(`${JSON.stringify(object)}\n`);
  }
}
