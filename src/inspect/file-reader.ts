/** Reads a single file, and on as it grows; a new file of its name continues it. */
import { AT_CWD, type Name, type Posix, SystemFailure } from "../posix/index.ts";
import { Content } from "./content.ts";
import type { Sink } from "./sink.ts";

export class FileReader {
  readonly path: Buffer;
  private readonly posix: Posix;
  private readonly sink: Sink;
  private content: Content | undefined;
  private broken = false;
  /** Whether a new file of the name is looked for. */
  follows = false;

  constructor(posix: Posix, path: Buffer, sink: Sink) {
    this.posix = posix;
    this.path = path;
    this.sink = sink;
  }

  get file(): Content | undefined {
    return this.content;
  }

  /**
   * @returns undefined when there is none
   * @throws SystemFailure when it cannot be read
   */
  open(): Content | undefined {
    if (this.content !== undefined) return this.content;
    try {
      this.content = Content.open(this.posix, AT_CWD, this.path);
    } catch (failure) {
      if (!(failure instanceof SystemFailure) || failure.code !== "ENOENT") throw failure;
    }
    return this.content;
  }

  read(memory: Uint8Array, at: number, length: number): number | Promise<number> {
    const content = this.open();
    if (content === undefined) return 0;
    const count = this.broken ? 0 : this.attempt(() => content.read(memory, at, length));
    if (typeof count !== "number") return count.catch((failure) => this.failed(failure));
    if (count > 0 || !this.follows || !this.goOn(content)) return count;
    return this.read(memory, at, length);
  }

  private attempt(action: () => number | Promise<number>): number | Promise<number> {
    try {
      return action();
    } catch (failure) {
      return this.failed(failure);
    }
  }

  private failed(failure: unknown): number {
    if (!(failure instanceof SystemFailure)) throw failure;
    this.broken = true;
    this.sink.trouble(this.path.toString(), failure);
    return 0;
  }

  /** Whether there is a new file of the name, whose beginning is next. */
  private goOn(content: Content): boolean {
    const named = this.statusOf(this.path);
    if (named?.inode === content.inode && named.device === content.device) {
      if (content.compression !== undefined || named.sizeBytes >= content.offset) return false;
      this.sink.shrunk(this.path.toString(), content.offset, named.sizeBytes);
      content.offset = named.sizeBytes;
      return false;
    }
    // It is gone, and not replaced yet; or it was written to before it went.
    if (named === undefined || content.sizeBytes > content.offset) return false;
    this.content = undefined;
    content.close();
    const next = this.open();
    if (next !== undefined) this.sink.nextFile(next, undefined);
    return next !== undefined;
  }

  private statusOf(path: Name): ReturnType<Posix["statusAt"]> {
    return this.posix.statusAt(AT_CWD, path);
  }

  close(): void {
    this.content?.close();
    this.content = undefined;
  }
}
