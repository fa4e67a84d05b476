/**
 * Which files follow one another in a log directory.
 *
 * What follows a file is told by its place among the names: it is found there by its inode. Where a
 * processor put another file in its place, or it was pruned, labels tell: whatever is not later than the
 * last label that was read is old.
 */
import { isArchive } from "../multilog/archive.ts";
import { AT_CWD, type Fd, type Posix, SystemFailure } from "../posix/index.ts";
import { ALWAYS } from "./bound.ts";
import { type Content, isSameFile } from "./content.ts";
import { Copies, holdsLabel } from "./copies.ts";
import { KnownNames } from "./known-names.ts";
import { closeAll, type Listing, listLog, openIfThere } from "./listing.ts";
import type { Doubt, Sink } from "./sink.ts";

export class Succession {
  dir: Fd = -1;
  private readonly posix: Posix;
  private readonly path: Buffer;
  private readonly sink: Sink;
  private readonly complain: (name: Buffer, failure: SystemFailure) => void;
  private identity = "";
  /** The archive that the file is which is read, once that is known. */
  private name: Buffer | undefined;
  /** The newest archive when that file was opened without a name. */
  private before: Buffer | undefined;
  private known = new KnownNames();
  /** Its own name is, or will be, this one behind `before`: 1 is the first. */
  private rank = 0;
  /** Files without a name, and which of the names to come each will get. */
  private ranks = new Map<Content, number>();
  /** Whether the files that come may hold what was read: `any` of it, or of the `last` files. */
  private doubtful: "no" | "last" | "any" = "no";
  private readonly copies = new Copies();

  constructor(
    posix: Posix,
    path: Buffer,
    sink: Sink,
    complain: (name: Buffer, failure: SystemFailure) => void,
  ) {
    this.posix = posix;
    this.path = path;
    this.sink = sink;
    this.complain = complain;
  }

  /** @returns false when there is no such directory. @throws SystemFailure when it cannot be read */
  open(): boolean {
    if (this.dir >= 0) return true;
    try {
      this.dir = this.posix.openAt(AT_CWD, this.path, "directory");
    } catch (failure) {
      if (failure instanceof SystemFailure && failure.code === "ENOENT") return false;
      throw failure;
    }
    const { device, inode } = this.posix.status(this.dir);
    this.identity = `${device} ${inode}`;
    return true;
  }

  openNamed(name: Buffer): Content | undefined {
    return openIfThere(this.posix, this.dir, name, this.complain);
  }

  isThere(name: Buffer): boolean {
    return this.posix.statusAt(this.dir, name) !== undefined;
  }

  isCurrent(content: Content): boolean {
    return this.isFile("current", content);
  }

  /** All that there is, oldest first. */
  look(): (Buffer | Content)[] {
    const listing = listLog(this.posix, this.dir, this.complain);
    this.known.remember(listing);
    const kept = this.unread(listing.unnamed, listing.names);
    this.rankAll(kept, 0);
    return [...listing.names, ...kept];
  }

  /** A file has got its name. */
  hasName(content: Content): void {
    this.name = nameOf(content) ?? this.name;
  }

  /** Another file is read from now on. @returns whether it may hold what was read before */
  turn(last: Content | undefined, content: Content): Doubt | undefined {
    if (last !== undefined) this.copies.leave(last);
    this.rank = this.ranks.get(content) ?? 0;
    this.name = nameOf(content);
    this.before = this.known.newest ?? this.before;
    const { doubtful } = this;
    this.doubtful = "no";
    if (doubtful === "no") return undefined;
    const from = doubtful === "any" ? ALWAYS.from : this.copies.from;
    return { from, mayRepeat: this.mayRepeat(content) };
  }

  /** What a processor made has a name. A file without one is a copy only where it holds the very label that was read last. */
  private mayRepeat(content: Content): boolean {
    const { lastLabel } = this.sink;
    if (this.name !== undefined || content.compression !== undefined) return true;
    return lastLabel !== undefined && holdsLabel(content, lastLabel);
  }

  /** What follows the file that was read last; none: nothing yet. */
  following(content: Content | undefined): (Buffer | Content)[] {
    const place = this.posix.statusAt(AT_CWD, this.path);
    // Removed; it may be made again.
    if (place === undefined) return [];
    if (`${place.device} ${place.inode}` !== this.identity) return this.reenter();
    const listing = listLog(this.posix, this.dir, this.complain, this.name ?? this.before);
    const fresh = this.known.fresh(listing);
    const unnamed = this.unread(listing.unnamed, fresh);
    const [names, behind, isSure] = this.after(content, fresh, listing, unnamed);
    const files = behind.filter((one) => content === undefined || !isSameFile(one, content));
    closeAll(unnamed.filter((one) => !files.includes(one)));
    this.doubtful = isSure && !this.mayLack(listing) ? "no" : "last";
    this.known.remember(listing);
    if (names.length + files.length === 0) return [];
    // Ours, or what a processor makes of it, comes first where it still waits for its name.
    this.rankAll(files, this.name === undefined ? unnamed.length - files.length : 0);
    return [...names, ...files];
  }

  private rankAll(unnamed: readonly Content[], older: number): void {
    this.ranks = new Map(unnamed.map((content, index) => [content, older + index + 1]));
  }

  /** Those without a name still: one that has got it while we looked stands among the names already. */
  private unread(unnamed: readonly Content[], names: readonly Buffer[]): Content[] {
    if (!unnamed.some((one) => this.hasMoved(one))) return [...unnamed];
    const named = new Set(names.map((name) => this.posix.statusAt(this.dir, name)?.inode));
    const kept = unnamed.filter(({ inode }) => !named.has(inode));
    closeAll(unnamed.filter((one) => !kept.includes(one)));
    return kept;
  }

  private hasMoved(content: Content): boolean {
    return this.posix.status(content.fd).links > 1 || !this.isFile(content.name, content);
  }

  /** What of it comes behind the file that was read last, and whether that is certain. */
  private after(
    content: Content | undefined,
    fresh: readonly Buffer[],
    { names, older }: Listing,
    unnamed: readonly Content[],
  ): [names: readonly Buffer[], unnamed: readonly Content[], isSure: boolean] {
    const { name, before } = this;
    if (name !== undefined || content === undefined) return [fresh, unnamed, true];
    const own = fresh.findIndex((one) => this.isFile(one, content));
    if (own >= 0) {
      this.name = fresh[own];
      return [fresh.slice(own + 1), unnamed, true];
    }
    // It had no name yet when `current` was opened: all that has come since is that.
    const place = unnamed.findIndex((one) => isSameFile(one, content));
    if (place >= 0) return [[], unnamed.slice(place + 1), true];
    // A processor has put another file in its place, or it was pruned, or removed by somebody.
    const isThere = (one: Buffer): boolean => before?.equals(one) === true;
    const pruned = before !== undefined && !names.some(isThere) && !older.some(isThere);
    if (this.sink.hasLabels || pruned) return [fresh, unnamed, false];
    // One name for each file that had none: those up to ours are nothing new.
    const behind = this.rank - fresh.length;
    return [fresh.slice(this.rank), unnamed.slice(Math.max(0, behind)), true];
  }

  private isFile(name: Buffer | string, content: Content): boolean {
    const status = this.posix.statusAt(this.dir, name);
    return status !== undefined && isSameFile(status, content);
  }

  /** Whether files may have been removed between the one that was read and the first that is left. */
  private mayLack({ names, older }: Listing): boolean {
    const { name } = this;
    const isThere = (one: Buffer): boolean => name?.equals(one) === true;
    return name !== undefined && !names.some(isThere) && !older.some(isThere);
  }

  /** Goes over to the directory that has the name now: all in it is new, except what was copied there. */
  private reenter(): (Buffer | Content)[] {
    this.close();
    if (!this.open()) return [];
    this.name = this.before = undefined;
    this.known = new KnownNames();
    const files = this.look();
    this.doubtful = "any";
    return files;
  }

  close(): void {
    if (this.dir >= 0) this.posix.close(this.dir);
    this.dir = -1;
  }
}

/** Its name if that is its last. */
function nameOf({ name }: Content): Buffer | undefined {
  return isArchive(name) ? name : undefined;
}
