/** The files of one log as they are when its reading begins, each opened when it is looked at. */
import type { Posix } from "../posix/index.ts";
import { Content } from "./content.ts";
import type { Key } from "./label-key.ts";
import { closeAll, endOf } from "./listing.ts";
import { ascends, endsAscend, firstIn } from "./order.ts";
import { daemontoolsTime, guessTime, type Producer, s6Time, type ToUnix } from "./producer.ts";
import { firstLabel, lastLabel } from "./search.ts";

/** An archive by its name, or a file that is open. */
export type File = Buffer | Content;

/** How archives are looked at. */
export interface Door {
  open(name: Buffer): Content | undefined;
  head(name: Buffer): Buffer | undefined;
}

const MOST_LOOKS = 3;
const BEFORE_FILES = 4;
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
   * into those from one of them on, and a few before: where the clock went back inside a file, that file
   * goes on behind its name by no more than it took to be written.
   *
   * @param isBehind  whether a file begins behind the end of what is wanted
   */
  isAscending(from: number, isBehind: (first: Key) => boolean): boolean {
    const ends = this.files.map((file) => ({ first: this.firstOf(file), last: lastOf(file) }));
    if (!endsAscend(ends)) return false;
    for (const [index, file] of this.files.entries()) {
      if (index < from - BEFORE_FILES) continue;
      const first = ends[index]?.first;
      if (first !== undefined && isBehind(first)) return true;
      // Further before only a clock that went back far can have left what is wanted.
      if (!this.isOrdered(file, index < from - 1 ? FAR_LOOKS : undefined)) return false;
    }
    return true;
  }

  private isOrdered(file: File, mostLooks: number | undefined): boolean {
    const wasOpen = this.opened.has(file);
    const content = this.open(file);
    const isPlain = content !== undefined && content.compression === undefined;
    const isOrdered = !isPlain || ascends(content, lastOf(file), mostLooks);
    if (!wasOpen) this.forget(file);
    return isOrdered;
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
