/**
 * Reads a log from a place in it to its end, file after file, and on as it grows.
 *
 * A file stays open until its end was read after it had lost the name `current`, so that its last
 * bytes are not missed. What follows it is told by its place among the names: it is found there by
 * its inode. Where a processor put another file in its place, or it was pruned, labels tell: whatever
 * is not later than the last label that was read is old.
 */

import { isArchive } from "../multilog/archive.ts";
import { AT_CWD, type Fd, type Posix, SystemFailure } from "../posix/index.ts";
import { Content } from "./content.ts";
import { closeAll, listLog, openIfThere } from "./listing.ts";
import type { Sink } from "./sink.ts";

export class LogReader {
  readonly path: string;
  private readonly posix: Posix;
  private readonly sink: Sink;
  private dir: Fd = -1;
  private identity = "";
  private content: Content | undefined;
  /** The archive that `content` is, once that is known. */
  private name: Buffer | undefined;
  /** The newest archive when `content` was opened without a name. */
  private before: Buffer | undefined;
  private waiting: (Buffer | Content)[] = [];
  /** The names of the last look, to tell what was removed since. */
  private seen: readonly Buffer[] = [];
  /** Its own name is, or will be, this one behind `before`: 1 is the first. */
  private rank = 0;
  /** Files without a name, and which of the names to come each will get. */
  private ranks = new Map<Content, number>();
  private inDoubt = false;
  private begun = false;
  private only = false;
  private broken = false;

  constructor(posix: Posix, path: string, sink: Sink) {
    this.posix = posix;
    this.path = path;
    this.sink = sink;
  }

  /** The file that is being read. */
  get file(): Content | undefined {
    return this.content;
  }

  /**
   * Opens the directory.
   *
   * @returns false when there is none
   * @throws SystemFailure when it cannot be read
   */
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

  /** All that there is, oldest first: archives by name, the others open. To be given to `startWith`. */
  look(): (Buffer | Content)[] {
    const { names, unnamed } = listLog(this.posix, this.dir, this.complain);
    this.seen = names;
    const kept = this.unread(unnamed, names);
    this.rankAll(kept, 0);
    return [...names, ...kept];
  }

  openNamed(name: Buffer): Content | undefined {
    return openIfThere(this.posix, this.dir, name, this.complain);
  }

  /**
   * Begins with the first of some files, at its own offset if it is open.
   *
   * @param only  these files and no others: what comes after them is not looked for
   */
  startWith(files: readonly (Buffer | Content)[], only: boolean = false): void {
    this.begun = true;
    this.only = only;
    this.waiting = [...files];
    this.turn();
  }

  private readonly complain = (name: Buffer, failure: SystemFailure): void => {
    this.sink.trouble(`${this.path}/${name.toString()}`, failure);
  };

  /** Reads on: 0 when there is nothing more now. */
  read(memory: Uint8Array, at: number, length: number): number | Promise<number> {
    if (this.content === undefined) return this.goOn() ? this.read(memory, at, length) : 0;
    try {
      const count = this.broken ? 0 : this.content.read(memory, at, length);
      if (typeof count !== "number") return this.readLater(count, memory, at, length);
      if (count > 0) return count;
    } catch (failure) {
      this.failed(failure);
    }
    return this.goOn() ? this.read(memory, at, length) : 0;
  }

  private async readLater(
    pending: Promise<number>,
    memory: Uint8Array,
    at: number,
    length: number,
  ): Promise<number> {
    try {
      const count = await pending;
      if (count > 0) return count;
    } catch (failure) {
      this.failed(failure);
    }
    return this.goOn() ? this.read(memory, at, length) : 0;
  }

  private failed(failure: unknown): void {
    if (!(failure instanceof SystemFailure) || this.content === undefined) throw failure;
    this.complain(this.content.name, failure);
    this.broken = true;
  }

  /** At the end of a file: whether there is more to read, in this one or in the next. */
  private goOn(): boolean {
    if (this.dir < 0 && !this.open()) return false;
    if (!this.begun) {
      this.startWith(this.look());
      return this.content !== undefined;
    }
    if (this.waiting.length > 0 || this.only) return this.turn();
    if (this.isCurrent()) return this.hasShrunk();
    if (!this.findFollowing()) return false;
    // It has lost its name: what was written before that is read first.
    if (this.content !== undefined && !this.broken && this.hasMore(this.content)) return true;
    return this.turn();
  }

  private hasMore(content: Content): boolean {
    return content.compression === undefined && content.sizeBytes > content.offset;
  }

  private isCurrent(): boolean {
    const { content } = this;
    if (content === undefined) return false;
    const named = this.posix.statusAt(this.dir, "current");
    return named?.device === content.device && named.inode === content.inode;
  }

  private hasShrunk(): boolean {
    const { content } = this;
    if (content === undefined || content.compression !== undefined) return false;
    const { sizeBytes } = content;
    if (sizeBytes >= content.offset) return sizeBytes > content.offset && !this.broken;
    this.sink.shrunk(`${this.path}/current`, content.offset, sizeBytes);
    content.offset = sizeBytes;
    return false;
  }

  /** Turns to the next file that waits. */
  private turn(): boolean {
    for (;;) {
      const next = this.waiting.shift();
      if (next === undefined) return false;
      const content = next instanceof Content ? next : this.openWaiting(next);
      if (content === undefined) continue;
      const last = this.content;
      if (last !== undefined && last.inode === content.inode && last.device === content.device) {
        // The same file under another name.
        this.name = nameOf(content) ?? this.name;
        content.close();
        continue;
      }
      this.turnTo(content);
      return true;
    }
  }

  private openWaiting(name: Buffer): Content | undefined {
    const content = this.openNamed(name);
    if (content === undefined && !this.isThere(name)) this.sink.gap(this.path, [name]);
    return content;
  }

  private isThere(name: Buffer): boolean {
    return this.posix.statusAt(this.dir, name) !== undefined;
  }

  private turnTo(content: Content): void {
    this.content?.close();
    this.content = content;
    this.rank = this.ranks.get(content) ?? 0;
    this.name = nameOf(content);
    this.broken = false;
    this.before = this.seen.at(-1) ?? this.before;
    const { inDoubt } = this;
    this.inDoubt = false;
    this.sink.nextFile(content, inDoubt);
  }

  /** Looks for what follows the file that was read last. */
  private findFollowing(): boolean {
    const place = this.posix.statusAt(AT_CWD, this.path);
    // Removed; it may be made again.
    if (place === undefined) return false;
    if (`${place.device} ${place.inode}` !== this.identity) return this.reenter();
    const { content } = this;
    const floor = this.name ?? this.before;
    const { names, unnamed: opened } = listLog(this.posix, this.dir, this.complain, floor);
    const unnamed = this.unread(opened, names);
    const [following, behind, sure] = this.after(names, unnamed);
    const fresh = behind.filter((one) => content === undefined || !isSame(one, content));
    closeAll(unnamed.filter((one) => !fresh.includes(one)));
    const doubtful = !sure || this.mayLack(names, following);
    this.seen = names;
    if (following.length + fresh.length === 0) return false;
    this.inDoubt = doubtful;
    this.waiting = [...following, ...fresh];
    // Ours, or what a processor makes of it, comes first where it still waits for its name.
    const older = this.name === undefined ? unnamed.length - fresh.length : 0;
    this.rankAll(fresh, older);
    return true;
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

  /** The names behind the file that was read last, and whether that is certain. */
  private after(
    names: readonly Buffer[],
    unnamed: readonly Content[],
  ): [names: readonly Buffer[], unnamed: readonly Content[], isSure: boolean] {
    const { content, name } = this;
    if (name !== undefined)
      return [names.filter((one) => Buffer.compare(one, name) > 0), unnamed, true];
    const { before } = this;
    const newer = names.filter((one) => before === undefined || Buffer.compare(one, before) > 0);
    if (content === undefined) return [newer, unnamed, true];
    const own = newer.findIndex((one) => this.isFile(one, content));
    if (own >= 0) {
      this.name = newer[own];
      return [newer.slice(own + 1), unnamed, true];
    }
    // It had no name yet when `current` was opened: all that has come since is that.
    const place = unnamed.findIndex((one) => isSame(one, content));
    if (place >= 0) return [[], unnamed.slice(place + 1), true];
    // A processor has put another file in its place, or it was pruned, or removed by somebody.
    const pruned = before !== undefined && !names.some((one) => one.equals(before));
    if (this.sink.hasLabels || pruned) return [newer, unnamed, false];
    // One name for each file that had none: those up to ours are nothing new.
    const behind = this.rank - newer.length;
    return [newer.slice(this.rank), unnamed.slice(Math.max(0, behind)), true];
  }

  private isFile(name: Buffer, content: Content): boolean {
    const status = this.posix.statusAt(this.dir, name);
    return status?.inode === content.inode && status.device === content.device;
  }

  /** Whether files may have been removed between the last one that was read and the first that is left. */
  private mayLack(names: readonly Buffer[], following: readonly Buffer[]): boolean {
    const { name } = this;
    if (name === undefined || names.some((one) => one.equals(name))) return false;
    const next = this.seen.find((one) => Buffer.compare(one, name) > 0);
    return next === undefined || following[0] === undefined || !next.equals(following[0]);
  }

  /** Goes over to the directory that has the name now: all in it is new, except what was copied there. */
  private reenter(): boolean {
    this.posix.close(this.dir);
    this.dir = -1;
    if (!this.open()) return false;
    this.name = this.before = undefined;
    this.waiting = this.look();
    this.inDoubt = true;
    return this.waiting.length > 0;
  }

  close(): void {
    this.content?.close();
    closeAll(this.waiting.filter((one) => one instanceof Content));
    this.waiting = [];
    if (this.dir >= 0) this.posix.close(this.dir);
    this.dir = -1;
    this.content = undefined;
  }
}

function isSame(a: Content, b: Content): boolean {
  return a.inode === b.inode && a.device === b.device;
}

/** Its name if that is its last. */
function nameOf({ name }: Content): Buffer | undefined {
  return isArchive(name) ? name : undefined;
}
