/**
 * Which lines of a log are shown: those in a stretch of time that patterns and a search select, and
 * lines around them.
 */
import { LABEL_BYTES } from "../tai64/label.ts";
import { ALWAYS, type Span } from "./bound.ts";
import { Grep, type GrepOptions } from "./grep.ts";
import { compareKeys } from "./label-key.ts";
import { LineSource } from "./line-source.ts";
import { Patterns } from "./patterns.ts";

export interface Wanted {
  /** `-PATTERN` and `+PATTERN` in order, as bytes. */
  readonly patterns?: readonly Uint8Array[];
  readonly grep?: GrepOptions;
  /** Lines that do not match the search. */
  readonly invert?: boolean;
  /** Lines before and behind each that is found. */
  readonly before?: number;
  readonly after?: number;
}

/** A line that was kept, in case one behind it is found. */
interface Kept {
  readonly memory: Buffer;
  readonly labelled: boolean;
  readonly ended: boolean;
  readonly seconds: number;
  readonly nanos: number;
}

export class Selection extends LineSource {
  /** The line that was given out is line[from, to), until something is read. */
  line: Buffer = this.memory;
  from = 0;
  to = 0;
  span: Span = ALWAYS;
  /** Lines before the first label belong to a line that is not in the span. */
  skipsUnlabelled = false;
  /** Every line of the span was given out. */
  isOver = false;
  /** The line was found, and does not only stand near one that was. */
  found = false;
  /** Lines between this one and the one before it were left out, where lines around are shown. */
  apart = false;
  wanted: Wanted = {};
  private patterns: Patterns | undefined;
  grep: Grep | undefined;
  private keptBefore: Kept[] = [];
  private ready: Kept[] = [];
  private following = 0;
  private leftOut = false;
  private shownAny = false;
  private quick = false;

  want(wanted: Wanted): void {
    this.wanted = wanted;
    const { patterns, grep, invert, before, after } = wanted;
    this.patterns = patterns?.length ? new Patterns(patterns) : undefined;
    this.grep = grep === undefined ? undefined : new Grep(grep);
    this.quick = this.grep?.literal !== undefined && !invert && !before && !after;
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
    if (this.isOver) return false;
    if (this.ready.length > 0) return this.giveKept();
    for (;;) {
      if (this.quick && !this.leap()) return false;
      if (!super.advance()) return false;
      if (this.choose()) return true;
      if (this.isOver) return false;
    }
  }

  override takeRest(): boolean {
    if (this.isOver) return false;
    if (this.ready.length > 0) return this.giveKept();
    return super.takeRest() && this.choose();
  }

  /** Goes to the line of the next place where the literal stands; false when it stands nowhere here. */
  private leap(): boolean {
    const { memory, next, filled } = this;
    if (this.mayRepeat || this.grep === undefined) return true;
    const at = next >= filled ? -1 : this.grep.find(memory, next, filled);
    const target = at < 0 ? filled : at;
    const newline = target === next ? -1 : memory.lastIndexOf(LF, target - 1);
    if (newline >= next) {
      if (this.span.to !== ALWAYS.to || at >= 0) this.readTimeBefore(next, newline + 1);
      this.jump(newline + 1);
      if (this.isPastEnd()) {
        this.isOver = true;
        return false;
      }
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

  private isPastEnd(): boolean {
    return this.hasLabels && compareKeys(this, this.span.to) > 0;
  }

  private choose(): boolean {
    const { span, hasLabels } = this;
    if (span !== ALWAYS) {
      if (!hasLabels) {
        if (this.skipsUnlabelled) return false;
      } else if (this.isPastEnd()) {
        this.isOver = true;
        return false;
      } else if (compareKeys(this, span.from) < 0) return false;
    }
    this.line = this.memory;
    this.from = this.start;
    this.to = this.end;
    this.found = true;
    return this.takesAll || this.chooseByText();
  }

  private chooseByText(): boolean {
    const { memory, start, end, wanted } = this;
    if (this.patterns?.selects(memory, start, end) === false) return false;
    const from = this.labelled ? textAt(memory, start, end) : start;
    this.found =
      this.grep === undefined || this.grep.test(memory, from, end) !== (wanted.invert ?? false);
    if (this.found) return this.give();
    if (this.following > 0) {
      this.following--;
      this.apart = false;
      return true;
    }
    if (wanted.before) {
      this.keptBefore.push(this.copyLine());
      if (this.keptBefore.length > wanted.before) {
        this.keptBefore.shift();
        this.leftOut = true;
      }
    } else this.leftOut = true;
    return false;
  }

  private give(): boolean {
    const { before = 0, after = 0 } = this.wanted;
    this.apart = this.leftOut && this.shownAny && before + after > 0;
    this.shownAny = true;
    this.leftOut = false;
    this.following = after;
    if (this.keptBefore.length === 0) return true;
    this.ready = [...this.keptBefore, this.copyLine()];
    this.keptBefore = [];
    const { apart } = this;
    this.giveKept();
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
