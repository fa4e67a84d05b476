/**
 * Where the reading of a log begins: at a time, behind a place that an earlier run reached, or so many
 * lines before the end. Archives are chosen by their names, the place in a file by halving; where a
 * clock was set back, every line is looked at.
 */
import type { Posix } from "../posix/index.ts";
import { ALWAYS, type Bound, type Range, type Span, spanOf, unixOf } from "./bound.ts";
import { Content } from "./content.ts";
import { type File, Ground } from "./ground.ts";
import { compareKeys, type Key } from "./label-key.ts";
import type { Place } from "./line-buffer.ts";
import { findLine, nearest } from "./linear.ts";
import type { LogReader } from "./log-reader.ts";
import { looksApart } from "./order.ts";
import { atPlace, atTime, before, type Spot } from "./places.ts";
import { daemontoolsTime, guessTime, type Producer, type ToUnix } from "./producer.ts";
import type { Selection } from "./selection.ts";

export interface Start {
  readonly range: Range;
  readonly producer: Producer;
  /** So many lines before the end, or before `around`; undefined: all of them. */
  readonly lines?: number | undefined;
  /** Lines are counted back from this time. */
  readonly around?: Bound | undefined;
  /** Where an earlier run stopped, and the label that it read last. */
  readonly place?: (Place & { readonly label?: Bound | undefined }) | undefined;
  /** Read what is there now, and no more. */
  readonly only: boolean;
}

/** Begins to read a log directory that is open. @returns whether `lines` are exactly those that will be read */
export function beginLog(
  posix: Posix,
  reader: LogReader,
  source: Selection,
  start: Start,
): boolean {
  const door = {
    open: (name: Buffer) => reader.openNamed(name),
    glance: (name: Buffer) => reader.glance(name),
    head: (name: Buffer) => reader.headOf(name),
  };
  const ground = new Ground(posix, reader.look(), door);
  const { files, isExact } = new Beginning(ground, source, start).choose();
  ground.close(files);
  reader.startWith(files, start.only);
  return isExact;
}

/** Begins to read a single file. @returns as `beginLog` */
export function beginFile(
  posix: Posix,
  content: Content,
  source: Selection,
  start: Start,
): boolean {
  const none = (): undefined => undefined;
  const door = { open: none, glance: none, head: none };
  const ground = new Ground(posix, [content], door);
  return new Beginning(ground, source, start).choose().isExact;
}

interface Choice {
  /** What is to be read, the first of it at its offset. */
  readonly files: readonly File[];
  readonly isExact: boolean;
}

class Beginning {
  private readonly ground: Ground;
  private readonly source: Selection;
  private readonly start: Start;
  private readonly toUnix: ToUnix;

  constructor(ground: Ground, source: Selection, start: Start) {
    this.ground = ground;
    this.source = source;
    this.start = start;
    const known = ground.timeBy(start.producer);
    if (known === undefined) source.findTime = (label) => this.timeOf(label);
    this.toUnix = source.toUnix = known ?? daemontoolsTime;
  }

  choose(): Choice {
    const { ground, start, toUnix } = this;
    const { place, lines } = start;
    const found = place && atPlace(ground, place);
    const range = place?.label && !found ? { ...start.range, after: place.label } : start.range;
    const span = spanOf(found ? withoutAfter(range) : range, toUnix);
    const around = start.around && unixOf(start.around, toUnix);
    const isTimed = span.from !== ALWAYS.from || span.to !== ALWAYS.to || around !== undefined;
    if (isTimed && ground.hasLabels) return this.byTime(range, around, found);
    this.source.stretch.set(span, false, 0);
    if (found) return this.cut(found);
    if (isTimed && span.from !== ALWAYS.from) return this.cut(atTime(ground, span.from, toUnix));
    if (lines === undefined) return { files: [...ground.files], isExact: false };
    return this.cut(before(ground, { index: ground.files.length, offset: 0 }, lines));
  }

  private byTime(range: Range, around: Key | undefined, found: Spot | undefined): Choice {
    const { ground, toUnix, source } = this;
    const span = spanOf(range, toUnix);
    const begin = found ?? atTime(ground, around ?? span.from, toUnix);
    const spot = around === undefined ? this.lastOf(begin, span) : begin;
    const end = around ?? span.to;
    const isBehind = ({ seconds, nanos }: Key): boolean =>
      compareKeys({ seconds: toUnix(seconds), nanos }, end) > 0;
    if (!ground.isAscending(spot.index, end === ALWAYS.to ? undefined : isBehind))
      return this.inDisorder(range, around, found);
    const skips = spot === begin && span.from !== ALWAYS.from;
    source.stretch.set(span, skips, this.patienceBytes);
    return around === undefined ? this.cut(spot) : this.around(spot);
  }

  /** Of a stretch of time only the last lines are wanted: they may begin later than it does. */
  private lastOf(begin: Spot, { to }: Span): Spot {
    const { ground, toUnix } = this;
    const { lines } = this.start;
    if (lines === undefined) return begin;
    const behind = { seconds: to.seconds, nanos: to.nanos + 1 };
    const end =
      to === ALWAYS.to ? { index: ground.files.length, offset: 0 } : atTime(ground, behind, toUnix);
    const { index, offset } = before(ground, end, lines);
    const isLater = index === begin.index ? offset > begin.offset : index > begin.index;
    return isLater ? { index, offset } : begin;
  }

  private around(spot: Spot): Choice {
    const { lines } = this.start;
    if (lines === undefined) return { files: [...this.ground.files], isExact: false };
    return this.cut(before(this.ground, spot, lines));
  }

  /** A step back between two looks is met within this. */
  private get patienceBytes(): number {
    const sizes = this.ground.files.map((file) => (file instanceof Content ? file.sizeBytes : 0));
    return looksApart(Math.max(0, ...sizes));
  }

  /** The clock was set back: every line is looked at, and the place behind a label is that of the very line. */
  private inDisorder(range: Range, around: Key | undefined, found: Spot | undefined): Choice {
    const { ground, toUnix, source } = this;
    const behind = found ?? (range.after && findLine(ground, range.after));
    const span = spanOf(behind ? withoutAfter(range) : range, toUnix);
    const skips = behind === undefined && span.from !== ALWAYS.from;
    source.stretch.set(span, skips, Number.POSITIVE_INFINITY);
    if (around !== undefined) {
      source.say("its clock was set back: of several places at that time this is the nearest");
      return this.around(nearest(ground, around, toUnix));
    }
    return behind ? this.cut(behind) : { files: [...ground.files], isExact: false };
  }

  /** The files from a place on, the first of them open and at its offset. */
  private cut({ index, offset, isExact = false }: Spot): Choice {
    const { ground } = this;
    const first = ground.files[index];
    if (first === undefined) return { files: [], isExact };
    const content = ground.open(first);
    if (content === undefined) return { files: ground.files.slice(index + 1), isExact };
    if (content.compression === undefined) content.offset = offset;
    // An archive keeps its name in the reader's eyes: it is found again by its inode.
    return { files: [content, ...ground.files.slice(index + 1)], isExact };
  }

  /** Of the first label that comes: its file was written just now, or tells when it was. */
  private timeOf(label: Key): ToUnix {
    const { file } = this.source.bytes;
    if (file === undefined || file.compression !== undefined) return daemontoolsTime;
    return guessTime(label, this.ground.posix.status(file.fd).modifiedSeconds);
  }
}

function withoutAfter({ since, until }: Range): Range {
  return { ...(since && { since }), ...(until && { until }) };
}
