/**
 * Where the reading of a log begins: at a time, behind a place that an earlier run reached, or so many
 * lines before the end. Archives are chosen by their names, the place in a file by halving.
 */
import type { Posix } from "../posix/index.ts";
import { type Bound, type Range, spanOf, unixOf } from "./bound.ts";
import { Content } from "./content.ts";
import { compareKeys, type Key } from "./label-key.ts";
import type { Place } from "./line-source.ts";
import { closeAll, endOf } from "./listing.ts";
import type { LogReader } from "./log-reader.ts";
import { daemontoolsTime, guessTime, type Producer, s6Time, type ToUnix } from "./producer.ts";
import { lastLabel, lastLines, lowerBound } from "./search.ts";
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

type File = Buffer | Content;

/** Begins to read a log directory that is open. */
export function beginLog(posix: Posix, reader: LogReader, source: Selection, start: Start): void {
  const files = reader.look();
  const opener = (file: File): Content | undefined =>
    file instanceof Content ? file : reader.openNamed(file);
  const ground = new Ground(posix, files, opener);
  const wanted = ground.choose(source, start);
  // What was opened to look at it, and is not read now, is opened again by its name when its turn comes.
  ground.close(wanted);
  reader.startWith(wanted, start.only);
}

/** Begins to read a single file. */
export function beginFile(posix: Posix, content: Content, source: Selection, start: Start): void {
  new Ground(posix, [content], () => content).choose(source, start);
}

class Ground {
  private readonly posix: Posix;
  private readonly files: readonly File[];
  private readonly opener: (file: File) => Content | undefined;
  private readonly opened = new Map<File, Content | undefined>();
  private toUnix: ToUnix = daemontoolsTime;
  private hasLabels = false;

  constructor(posix: Posix, files: readonly File[], opener: (file: File) => Content | undefined) {
    this.posix = posix;
    this.files = files;
    this.opener = opener;
  }

  /** The files to be read, the first of them at its offset. */
  choose(source: Selection, start: Start): File[] {
    this.findTime(start.producer, source);
    source.toUnix = this.toUnix;
    source.span = spanOf(start.range, this.toUnix);
    const place = start.place && this.atPlace(start.place);
    if (place !== undefined) return place;
    if (start.place?.label !== undefined) {
      const range = { ...start.range, after: start.place.label };
      source.span = spanOf(range, this.toUnix);
    }
    const { from } = source.span;
    const around = start.around && unixOf(start.around, this.toUnix);
    if (from.seconds !== Number.NEGATIVE_INFINITY) {
      source.skipsUnlabelled = this.hasLabels;
      return this.cut(...this.atTime(from));
    }
    if (start.lines === undefined) return [...this.files];
    const [index, offset] = around === undefined ? [this.files.length, 0] : this.atTime(around);
    return this.cut(...this.back(index, offset, start.lines));
  }

  private open(file: File): Content | undefined {
    if (!this.opened.has(file)) this.opened.set(file, this.opener(file));
    return this.opened.get(file);
  }

  /** The files from one on, that one open and at an offset. */
  private cut(index: number, offset: number): File[] {
    const first = this.files[index];
    if (first === undefined) return [];
    const content = this.open(first);
    if (content === undefined) return this.files.slice(index + 1);
    if (content.compression === undefined) content.offset = offset;
    // An archive keeps its name in the reader's eyes: it is found again by its inode.
    return [content, ...this.files.slice(index + 1)];
  }

  close(kept: readonly File[]): void {
    const contents = [...this.opened.values(), ...this.files];
    closeAll(
      [...new Set(contents)].filter(
        (one): one is Content => one instanceof Content && !kept.includes(one),
      ),
    );
  }

  /** The newest label tells whose labels they are. */
  private findTime(producer: Producer, source: Selection): void {
    const newest = this.files.slice(-MOST_LOOKS).reverse();
    for (const file of newest) {
      const content = this.open(file);
      if (content === undefined || content.compression !== undefined) continue;
      const last = lastLabel(content, content.sizeBytes);
      if (last === undefined) continue;
      this.hasLabels = true;
      this.toUnix = guessTime(last.key, this.posix.status(content.fd).modifiedSeconds);
      break;
    }
    if (producer !== "auto") this.toUnix = producer === "s6" ? s6Time : daemontoolsTime;
    else if (!this.hasLabels) source.findTime = (label) => this.timeOf(label, source);
  }

  /** Of the first label that comes: its file was written just now, or tells when it was. */
  private timeOf(label: Key, { bytes }: Selection): ToUnix {
    const { file } = bytes;
    if (file === undefined || file.compression !== undefined) return daemontoolsTime;
    return guessTime(label, this.posix.status(file.fd).modifiedSeconds);
  }

  private atPlace(place: Place & { readonly label?: Bound | undefined }): File[] | undefined {
    for (const [index, file] of this.files.entries()) {
      const content = this.open(file);
      if (content === undefined || !isSame(content, place)) {
        if (!(file instanceof Content)) this.forget(file);
        continue;
      }
      if (isThere(content, place)) return this.cut(index, place.offset);
    }
    return undefined;
  }

  private forget(file: File): void {
    this.opened.get(file)?.close();
    this.opened.delete(file);
  }

  /** The first line that is not before a time. */
  private atTime(time: Key): [index: number, offset: number] {
    let index = this.files.findIndex((file) => this.endsBehind(file, time));
    if (index < 0) index = this.files.length;
    for (; index < this.files.length; index++) {
      const content = this.open(this.files[index]!);
      if (content === undefined) continue;
      if (content.compression !== undefined) return [index, 0];
      const offset = lowerBound(content, time, this.toUnix);
      if (offset === undefined && !this.hasLabels) return [index, 0];
      if (offset !== undefined && offset < content.sizeBytes) return [index, offset];
      if (index === this.files.length - 1) return [index, content.sizeBytes];
    }
    return [this.files.length, 0];
  }

  private endsBehind(file: File, time: Key): boolean {
    if (file instanceof Content) return true;
    const end = endOf(file);
    if (end === undefined) return true;
    return compareKeys({ seconds: this.toUnix(end.seconds), nanos: end.nanos }, time) >= 0;
  }

  /** Behind the last whole line. */
  private atEnd(): [index: number, offset: number] {
    const index = this.files.length - 1;
    const last = this.files[index];
    const content = last && this.open(last);
    if (content === undefined || content.compression !== undefined) return [index + 1, 0];
    const size = content.sizeBytes;
    const begun = lastLines(content, 1, size).offset;
    return [index, endsLine(content, size) ? size : begun];
  }

  /** So many lines before a place. */
  private back(toIndex: number, toOffset: number, lines: number): [index: number, offset: number] {
    if (lines === 0 && toIndex >= this.files.length) return this.atEnd();
    let missing = lines;
    let index = toIndex;
    let end: number | undefined = toOffset;
    if (end === 0 || index >= this.files.length) {
      index--;
      end = undefined;
    }
    for (; index >= 0; index--, end = undefined) {
      const content = this.open(this.files[index]!);
      if (content === undefined) continue;
      if (content.compression !== undefined) return [index, 0];
      const found = lastLines(content, missing, end ?? content.sizeBytes);
      missing -= found.lines;
      if (missing <= 0 && found.offset > 0) return [index, found.offset];
      // What a file begins with may be the rest of a line that was cut.
      missing = Math.max(missing, 1);
    }
    return [0, 0];
  }
}

const MOST_LOOKS = 3;
const LF = 0x0a;

function isSame(content: Content, place: Place): boolean {
  return content.inode === place.inode && content.device === place.device;
}

/** Whether the label that was read last stands before that place: inodes are used again. */
function isThere(content: Content, place: Place & { readonly label?: Bound | undefined }): boolean {
  if (content.compression !== undefined || content.sizeBytes < place.offset) return false;
  const found = lastLabel(content, place.offset);
  if (found === undefined || place.label === undefined) return found === place.label;
  return compareKeys(found.key, place.label) === 0;
}

function endsLine(content: Content, size: number): boolean {
  const last = Buffer.alloc(1);
  return size === 0 || (content.peek(last, 1, size - 1) === 1 && last[0] === LF);
}
