/**
 * Which lines of a log are shown: those in a stretch of time that patterns and a search select, and
 * lines around them.
 */
import { LABEL_BYTES } from "../tai64/label.ts";
import { Context, type Kept } from "./context.ts";
import { Grep, type GrepOptions } from "./grep.ts";
import type { Key } from "./label-key.ts";
import { LineSource } from "./line-source.ts";
import { Patterns } from "./patterns.ts";
import { Stretch } from "./stretch.ts";

export interface Wanted {
  /** `-PATTERN` and `+PATTERN` in order, as bytes; `F` and `S` before those that they are for. */
  readonly patterns?: readonly Uint8Array[];
  readonly grep?: GrepOptions;
  /** Lines that do not match the search. */
  readonly invert?: boolean;
  /** Lines before and behind each that is found. */
  readonly before?: number;
  readonly after?: number;
  /** Of lines that are held for what comes behind them, no more than this is kept; the older ones are left out then. */
  readonly mostHeldBytes?: number;
}

export class Selection extends LineSource {
  /** The line that was given out is line[from, to), until something is read. */
  line: Buffer = this.memory;
  from = 0;
  to = 0;
  readonly stretch: Stretch = new Stretch();
  /** The line was found, and does not only stand near one that was. */
  found = false;
  /** Lines between this one and the one before it were left out, where lines around are shown. */
  apart = false;
  wanted: Wanted = {};
  grep: Grep | undefined;
  private patterns: Patterns | undefined;
  private context = new Context();
  private ready: Kept[] = [];
  private quick = false;

  want(wanted: Wanted): void {
    this.wanted = wanted;
    const { patterns, grep, invert, before, after, mostHeldBytes } = wanted;
    this.patterns = patterns?.length ? new Patterns(patterns) : undefined;
    this.grep = grep === undefined ? undefined : new Grep(grep);
    this.context = new Context(before, after, mostHeldBytes);
    this.quick = this.grep?.literal !== undefined && !invert && this.context.isNone;
  }

  /** Every line that is wanted was given out. */
  get isOver(): boolean {
    return this.stretch.isOver;
  }

  /** Whether more lines that were read already are about to be given out. */
  get holdsBack(): boolean {
    return this.ready.length > 0;
  }

  /** Whether every line is wanted, whatever is in it. */
  get takesAll(): boolean {
    return this.patterns === undefined && this.grep === undefined;
  }

  override advance(): boolean {
    if (this.stretch.isOver) return false;
    if (this.ready.length > 0) return this.giveKept();
    for (;;) {
      if (this.quick && !this.leap()) return false;
      if (!super.advance()) return false;
      if (this.choose()) return true;
      if (this.stretch.isOver) return false;
    }
  }

  override takeRest(): boolean {
    if (this.stretch.isOver) return false;
    if (this.ready.length > 0) return this.giveKept();
    return super.takeRest() && this.choose();
  }

  /** Goes to the line of the next place where the literal stands; false when it stands nowhere here. */
  private leap(): boolean {
    const { memory, next, filled, stretch } = this;
    if (this.mayRepeat || this.inPieces || this.grep === undefined) return true;
    const at = next >= filled ? -1 : this.grep.find(memory, next, filled);
    const target = at < 0 ? filled : at;
    const newline = target === next ? -1 : memory.lastIndexOf(LF, target - 1);
    if (newline >= next) {
      if (stretch.hasEnd || at >= 0) this.readTimeBefore(next, newline + 1);
      this.jump(newline + 1);
      if (this.hasLabels && stretch.hasEnd) stretch.isBehind(this, newline + 1 - next);
      if (stretch.isOver) return false;
    }
    return at >= 0;
  }

  /** The time of the last line that was leapt over: it is that of lines without labels behind it. */
  private readTimeBefore(from: number, to: number): void {
    for (let end = to - 1; end >= from; ) {
      const start = end === 0 ? 0 : Math.max(from, this.memory.lastIndexOf(LF, end - 1) + 1);
      if (this.readTime(start, end)) return;
      end = start - 1;
    }
  }

  private choose(): boolean {
    const { stretch } = this;
    if (!stretch.isEverything) {
      const time: Key | undefined = this.hasLabels ? this : undefined;
      if (!stretch.holds(time, this.end - this.start)) return false;
    }
    this.line = this.memory;
    this.from = this.start;
    this.to = this.end;
    this.found = true;
    return this.takesAll || this.chooseByText();
  }

  private chooseByText(): boolean {
    const { memory, start, end, wanted, context } = this;
    if (this.patterns?.selects(memory, start, end) === false) return false;
    const from = this.labelled ? textAt(memory, start, end) : start;
    this.found =
      this.grep === undefined || this.grep.test(memory, from, end) !== (wanted.invert ?? false);
    if (!this.found) {
      this.apart = false;
      return context.miss(() => this.copyLine());
    }
    const { kept, apart } = context.find();
    if (kept.length > 0) {
      this.ready = [...kept, this.copyLine()];
      this.giveKept();
    }
    this.apart = apart;
    return true;
  }

  private copyLine(): Kept {
    const { labelled, ended, seconds, nanos } = this;
    const memory = Buffer.from(this.memory.subarray(this.start, this.end));
    return { memory, labelled, ended, seconds, nanos };
  }

  /** The line that was found is the last of those that are ready. */
  private giveKept(): boolean {
    const kept = this.ready.shift() as Kept;
    this.line = kept.memory;
    this.from = 0;
    this.to = kept.memory.length;
    this.labelled = kept.labelled;
    this.ended = kept.ended;
    this.seconds = kept.seconds;
    this.nanos = kept.nanos;
    this.continues = this.goesOn = false;
    this.found = this.ready.length === 0;
    this.apart = false;
    return true;
  }
}

const LF = 0x0a;
const BLANK = 0x20;

/** Where the text of a line with a label begins: behind the label, and the blank if there is one. */
export function textAt(line: Uint8Array, from: number, to: number): number {
  const at = from + LABEL_BYTES;
  return at < to && line[at] === BLANK ? at + 1 : at;
}
