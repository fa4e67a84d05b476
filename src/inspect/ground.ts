/** The files of one log as they are when its reading begins, each opened when it is looked at. */
import type { Posix } from "../posix/index.ts";
import { Content } from "./content.ts";
import { compareKeys, type Key } from "./label-key.ts";
import { closeAll, endOf } from "./listing.ts";
import { ascendTo, endsAscend, firstIn } from "./order.ts";
import { daemontoolsTime, guessTime, type Producer, s6Time, type ToUnix } from "./producer.ts";
import { firstLabel, lastLabel } from "./search.ts";

/** An archive by its name, or a file that is open. */
export type File = Buffer | Content;

/** How archives are looked at. */
export interface Door {
  open(name: Buffer): Content | undefined;
  /** The same, but what cannot be read is not complained of. */
  glance(name: Buffer): Content | undefined;
  head(name: Buffer): Buffer | undefined;
}

const MOST_LOOKS = 3;
const BEFORE_FILES = 4;
const NEAR_FILES = 2;
const FAR_LOOKS = 16;

export class Ground {
  readonly files: readonly File[];
  readonly posix: Posix;
  private readonly door: Door;
  private readonly opened = new Map<File, Content | undefined>();
  private newest: { readonly key: Key; readonly file: Content } | undefined;

  constructor(posix: Posix, files: readonly File[], door: Door) {
    this.posix = posix;
    this.files = files;
    this.door = door;
  }

  /** @returns undefined for a file that is gone, or that cannot be read */
  open(file: File): Content | undefined {
    if (!this.opened.has(file))
      this.opened.set(file, file instanceof Content ? file : this.door.open(file));
    return this.opened.get(file);
  }

  /** A file by its number; undefined too where there is none. */
  at(index: number): Content | undefined {
    const file = this.files[index];
    return file && this.open(file);
  }

  /** What was opened for a look at it alone is closed: it is opened again by its name when its turn comes. */
  close(kept: readonly File[]): void {
    const contents = [...this.opened.values(), ...this.files];
    closeAll(
      [...new Set(contents)].filter(
        (one): one is Content => one instanceof Content && !kept.includes(one),
      ),
    );
  }

  forget(file: File): void {
    if (file instanceof Content) return;
    this.opened.get(file)?.close();
    this.opened.delete(file);
  }

  /** Whether the newest of its plain files has labels. */
  get hasLabels(): boolean {
    return this.newestLabel !== undefined;
  }

  /** The newest label tells whose labels they are; undefined: there is none yet. */
  timeBy(producer: Producer): ToUnix | undefined {
    if (producer !== "auto") return producer === "s6" ? s6Time : daemontoolsTime;
    const newest = this.newestLabel;
    if (newest === undefined) return undefined;
    return guessTime(newest.key, this.posix.status(newest.file.fd).modifiedSeconds);
  }

  private get newestLabel(): { readonly key: Key; readonly file: Content } | undefined {
    if (this.newest !== undefined) return this.newest;
    for (const one of this.files.slice(-MOST_LOOKS).reverse()) {
      const file = this.open(one);
      if (file === undefined || file.compression !== undefined) continue;
      const key = lastLabel(file, file.sizeBytes)?.key;
      if (key === undefined) continue;
      this.newest = { key, file };
      return this.newest;
    }
    return undefined;
  }

  /**
   * Whether labels ascend, so that places can be found by halving: by the ends of all files, and by looks
   * into those around the beginning and the end of what is wanted. Further away only a clock that went
   * back far can have left what is wanted, and a few looks tell of that.
   *
   * @param from  the file in which what is wanted begins
   * @param isBehind  whether a file begins behind the end of what is wanted; undefined: it has none
   */
  isAscending(from: number, isBehind: ((first: Key) => boolean) | undefined): boolean {
    const ends = this.files.map((file) => ({ first: this.firstOf(file), last: lastOf(file) }));
    if (!endsAscend(ends, (index, first) => this.endsBehind(index, first))) return false;
    const behind = ends.findIndex(
      ({ first }, index) => index >= from && first !== undefined && isBehind?.(first),
    );
    const end = isBehind === undefined ? from + NEAR_FILES : behind < 0 ? ends.length : behind;
    let latest: Key | undefined;
    for (const [index, file] of this.files.entries()) {
      if (index < from - BEFORE_FILES || index > end) continue;
      const first = ends[index]?.first;
      if (first !== undefined && latest !== undefined && compareKeys(first, latest) < 0)
        return false;
      if (index === end) return true;
      const isNear = Math.abs(index - from) < NEAR_FILES || end - index <= NEAR_FILES;
      const last = this.glanceAt(file, (content) =>
        ascendTo(content, lastOf(file), isNear ? undefined : FAR_LOOKS),
      );
      if (last === false) return false;
      latest = last ?? latest;
    }
    return true;
  }

  private endsBehind(index: number, first: Key): boolean {
    const last = this.glanceAt(this.files[index]!, (content) =>
      lastLabel(content, content.sizeBytes),
    );
    return last === undefined || compareKeys(last.key, first) > 0;
  }

  /** Looks at a plain file; undefined where there is none. */
  private glanceAt<T>(file: File, look: (content: Content) => T): T | undefined {
    const open = file instanceof Content ? file : this.opened.get(file);
    const content = open ?? this.door.glance(file as Buffer);
    if (content === undefined) return undefined;
    const seen = content.compression === undefined ? look(content) : undefined;
    if (open === undefined) content.close();
    return seen;
  }

  private firstOf(file: File): Key | undefined {
    if (file instanceof Content)
      return file.compression === undefined ? firstLabel(file) : undefined;
    const head = this.door.head(file);
    return head && firstIn(head);
  }
}

function lastOf(file: File): Key | undefined {
  return file instanceof Content ? undefined : endOf(file);
}
