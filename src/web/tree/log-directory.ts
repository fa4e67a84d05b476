/**
 * How much stands in one log directory, and how fast it grows: by the sizes of its files. What is looked at is
 * `current`; the finished files only when one came or went.
 *
 * The lines of a second are counted in what is new at the end of `current`; where that is much, in a part of it.
 */
import { isArchive } from "../../multilog/archive.ts";
import { AT_CWD, type FileStatus, joined, type Posix, unlessRefused } from "../../posix/index.ts";

const SAMPLE_BYTES = 32 * 1024;
const LF = 0x0a;

export interface Growth {
  readonly bytes: number;
  readonly lines: number;
}

const NO_GROWTH: Growth = { bytes: 0, lines: 0 };
const sample = Buffer.alloc(SAMPLE_BYTES);

export class LogDirectory {
  readonly path: Buffer;
  private readonly posix: Posix;
  private readonly current: Buffer;
  private archives = new Map<string, number>();
  private archivedBytes = 0;
  private currentBytes = 0;
  private currentInode = 0;
  /** When the directory was changed, as of the last listing. */
  private changedSeconds = Number.NaN;
  private isNew = true;

  constructor(posix: Posix, path: Buffer) {
    this.posix = posix;
    this.path = path;
    this.current = joined([path, "/current"]);
  }

  get bytes(): number {
    return this.archivedBytes + this.currentBytes;
  }

  /**
   * @param counts  whether the lines are counted; else there are none
   * @returns what came since the last look, of the first one nothing; undefined where nobody may look
   */
  look(counts: boolean): Growth | undefined {
    return unlessRefused(() => {
      const directory = this.posix.statusAt(AT_CWD, this.path);
      if (directory === undefined) return undefined;
      const current = this.posix.statusAt(AT_CWD, this.current);
      const grown = this.note(current) + this.noteArchives(directory);
      const isFirst = this.isNew;
      this.isNew = false;
      if (isFirst || grown <= 0) return NO_GROWTH;
      return { bytes: grown, lines: counts ? this.linesIn(grown) : 0 };
    });
  }

  /** By how much `current` grew; where it is another one, less what the old one had. */
  private note(current: FileStatus | undefined): number {
    const before = this.currentBytes;
    this.currentBytes = current?.sizeBytes ?? 0;
    if (current?.inode !== this.currentInode) this.changedSeconds = Number.NaN;
    this.currentInode = current?.inode ?? 0;
    return this.currentBytes - before;
  }

  /** How much stands in archives that were not there before. */
  private noteArchives(directory: FileStatus): number {
    if (directory.modifiedSeconds === this.changedSeconds) return 0;
    const archives = new Map<string, number>();
    let fresh = 0;
    const fd = this.posix.openAt(AT_CWD, this.path, "directory");
    try {
      for (const name of this.posix.list(fd).filter(isArchive)) {
        const key = name.toString("latin1");
        // A finished file does not change any more.
        const known = this.archives.get(key);
        const size = known ?? this.posix.statusAt(fd, name)?.sizeBytes ?? 0;
        if (known === undefined) fresh += size;
        archives.set(key, size);
      }
    } finally {
      this.posix.close(fd);
    }
    this.archives = archives;
    this.changedSeconds = directory.modifiedSeconds;
    this.archivedBytes = [...this.archives.values()].reduce((sum, size) => sum + size, 0);
    return fresh;
  }

  private linesIn(bytes: number): number {
    const length = Math.min(SAMPLE_BYTES, bytes, this.currentBytes);
    if (length <= 0) return 0;
    const fd = this.posix.openAt(AT_CWD, this.current, "read");
    try {
      const read = this.posix.readAt(fd, sample, 0, length, this.currentBytes - length);
      let lines = 0;
      const end = sample.subarray(0, read);
      for (let at = end.indexOf(LF); at !== -1; at = end.indexOf(LF, at + 1)) lines++;
      return read === 0 ? 0 : (lines * bytes) / read;
    } finally {
      this.posix.close(fd);
    }
  }
}
