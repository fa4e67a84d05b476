/**
 * Reads a log from a place in it to its end, file after file, and on as it grows.
 *
 * A file stays open until its end was read after it had lost the name `current`, so that its last
 * bytes are not missed. What follows it: succession.ts.
 */
import { joined, type Posix, SystemFailure } from "../posix/index.ts";
import { Content, isSameFile } from "./content.ts";
import { closeAll, openIfThere } from "./listing.ts";
import type { Sink } from "./sink.ts";
import { Succession } from "./succession.ts";

/** A label, and a little more. */
const HEAD_BYTES = 64;

export class LogReader {
  readonly path: Buffer;
  private readonly posix: Posix;
  private readonly sink: Sink;
  private readonly succession: Succession;
  private content: Content | undefined;
  private waiting: (Buffer | Content)[] = [];
  private begun = false;
  private only = false;
  private broken = false;
  private readonly head = Buffer.alloc(HEAD_BYTES);

  constructor(posix: Posix, path: Buffer, sink: Sink) {
    this.posix = posix;
    this.path = path;
    this.sink = sink;
    const complain = (name: Buffer, failure: SystemFailure): void =>
      sink.trouble(this.pathOf(name), failure);
    this.succession = new Succession(posix, path, sink, complain);
  }

  private pathOf(name: Buffer | string): string {
    return joined([this.path, "/", name]).toString();
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
    return this.succession.open();
  }

  /** All that there is, oldest first: archives by name, the others open. To be given to `startWith`. */
  look(): (Buffer | Content)[] {
    return this.succession.look();
  }

  openNamed(name: Buffer): Content | undefined {
    return this.succession.openNamed(name);
  }

  /** A file that is looked at and no more: what cannot be read is passed over. */
  glance(name: Buffer): Content | undefined {
    return openIfThere(this.posix, this.succession.dir, name, () => undefined);
  }

  /** The beginning of a file, until it is asked for the next one; undefined when it cannot be read. */
  headOf(name: Buffer): Buffer | undefined {
    const { posix, head } = this;
    try {
      const fd = posix.openAt(this.succession.dir, name, "read");
      try {
        return head.subarray(0, posix.readAt(fd, head, 0, head.length, 0));
      } finally {
        posix.close(fd);
      }
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      return undefined;
    }
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
    this.sink.trouble(this.pathOf(this.content.name), failure);
    this.broken = true;
  }

  /** At the end of a file: whether there is more to read, in this one or in the next. */
  private goOn(): boolean {
    const { succession } = this;
    if (!succession.open()) return false;
    if (!this.begun) {
      this.startWith(succession.look());
      return this.content !== undefined;
    }
    if (this.waiting.length > 0 || this.only) return this.turn();
    if (this.content !== undefined && succession.isCurrent(this.content)) return this.hasShrunk();
    this.waiting = succession.following(this.content);
    if (this.waiting.length === 0) return false;
    // It has lost its name: what was written before that is read first.
    if (this.content !== undefined && !this.broken && this.hasMore(this.content)) return true;
    return this.turn();
  }

  private hasMore(content: Content): boolean {
    return content.compression === undefined && content.sizeBytes > content.offset;
  }

  private hasShrunk(): boolean {
    const { content } = this;
    if (content === undefined || content.compression !== undefined) return false;
    const { sizeBytes } = content;
    if (sizeBytes >= content.offset) return sizeBytes > content.offset && !this.broken;
    this.sink.shrunk(this.pathOf("current"), content.offset, sizeBytes);
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
      if (last !== undefined && isSameFile(last, content)) {
        // The same file under another name.
        this.succession.hasName(content);
        content.close();
        continue;
      }
      this.turnTo(content);
      return true;
    }
  }

  private openWaiting(name: Buffer): Content | undefined {
    const content = this.openNamed(name);
    if (content === undefined && !this.succession.isThere(name))
      this.sink.gap(this.path.toString(), [name]);
    return content;
  }

  private turnTo(content: Content): void {
    const doubt = this.succession.turn(this.content, content);
    this.content?.close();
    this.content = content;
    this.broken = false;
    this.sink.nextFile(content, doubt);
  }

  close(): void {
    this.content?.close();
    closeAll(this.waiting.filter((one) => one instanceof Content));
    this.waiting = [];
    this.succession.close();
    this.content = undefined;
  }
}
