/**
 * Follows a log directory as `tail -F` would follow `current`, but across rotations: what was
 * added to the old file is read to its end first, and files that came and went in between are read
 * as well. Finished files are hard links of what `current` was, so the inode tells them apart.
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

const PIECE_BYTES = 64 * 1024;

export interface FollowEvents {
  readonly onBytes: (bytes: Buffer) => void;
  /** `current` has become an old file. */
  readonly onRotation: (sizeBytes: number) => void;
}

export class Follower {
  private readonly directory: string;
  private readonly events: FollowEvents;
  private readonly piece = Buffer.alloc(PIECE_BYTES);
  private fd: number | undefined;

  /** Begins at the end of what stands in `directory` now. */
  constructor(directory: string, events: FollowEvents) {
    this.directory = directory;
    this.events = events;
    this.fd = this.open("current");
    if (this.fd !== undefined) this.place = fstatSync(this.fd).size;
  }

  private place = 0;

  /** Reads at most one piece of what is new; false when there was nothing. */
  poll(): boolean {
    this.fd ??= this.open("current");
    if (this.fd === undefined) return false;
    if (this.readPiece(this.fd)) return true;
    const next = this.successor(this.fd);
    if (next === undefined) return false;
    // Its last bytes may have come between the look at its end and the look for another.
    if (this.readPiece(this.fd)) {
      closeSync(next);
      return true;
    }
    this.events.onRotation(this.place);
    closeSync(this.fd);
    this.fd = next;
    this.place = 0;
    return true;
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private readPiece(fd: number): boolean {
    const count = readSync(fd, this.piece, 0, PIECE_BYTES, this.place);
    this.place += count;
    if (count > 0) this.events.onBytes(Buffer.from(this.piece.subarray(0, count)));
    return count > 0;
  }

  /** The file that follows this one, when it is no longer `current`. */
  private successor(fd: number): number | undefined {
    const own = fstatSync(fd).ino;
    if (this.inode("current") === own) return undefined;
    const names = readdirSync(this.directory).filter((name) => name.startsWith("@"));
    names.sort();
    names.push("previous", "current");
    const inodes = names.map((name) => this.inode(name));
    const place = inodes.lastIndexOf(own);
    // `previous` is the last old file as well, while it has both names.
    const next = inodes.findIndex((inode, n) => n > place && inode !== undefined && inode !== own);
    return next === -1 ? undefined : this.open(names[next] as string);
  }

  private inode(name: string): number | undefined {
    return statSync(join(this.directory, name), { throwIfNoEntry: false })?.ino;
  }

  private open(name: string): number | undefined {
    try {
      return openSync(join(this.directory, name), "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
