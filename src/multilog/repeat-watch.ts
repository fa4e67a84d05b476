/**
 * After an unclean end, the batch that was written but not yet taken from the pipe comes once more.
 * This finds which of its lines stand in the old files already, to say so. They are not left out:
 * equal lines may be different events.
 */
import { joined, type Posix, SystemFailure } from "../posix/index.ts";
import { listArchives } from "./archive.ts";
import type { Logdir } from "./logdir.ts";
import { countRepeated } from "./repeated.ts";
import type { Warn } from "./trouble.ts";
import { plural } from "./units.ts";

/** More than a batch with its stamps. */
const SEEN_BYTES = 1 << 20;

/** What one log directory may hold twice. */
export interface Repetition {
  readonly logdir: Logdir;
  /** The newest of the old files. */
  readonly archive: Buffer;
  readonly lines: number;
}

export class RepeatWatch {
  private readonly posix: Posix;
  private readonly logdir: Logdir;
  private readonly old: readonly Buffer[];
  private readonly tail: string;

  /** @param logdir  just opened, and found unclean */
  constructor(posix: Posix, logdir: Logdir) {
    this.posix = posix;
    this.logdir = logdir;
    this.old = listArchives(posix, logdir.directory);
    this.tail = this.readLast(this.old);
  }

  /**
   * To be asked once, when the first batch is written.
   *
   * @param stampBytes  length of the stamp before each line
   * @returns undefined when nothing was repeated
   */
  look(stampBytes: number): Repetition | undefined {
    const archive = this.old.at(-1);
    if (this.tail === "" || archive === undefined) return undefined;
    const lines = countRepeated(this.tail, this.readFresh(), stampBytes);
    return lines === 0 ? undefined : { logdir: this.logdir, archive, lines };
  }

  /** The end of the log that these files are together. */
  private readLast(names: readonly Buffer[]): string {
    let text = "";
    for (const name of names.toReversed()) {
      if (text.length >= SEEN_BYTES) break;
      text = this.read(name, "end") + text;
    }
    return text.slice(-SEEN_BYTES);
  }

  /** What was written since the start, as far as it is still there. */
  private readFresh(): string {
    const { posix, logdir } = this;
    const known = new Set(this.old.map(String));
    const files: (Buffer | string)[] = listArchives(posix, logdir.directory).filter(
      (name) => !known.has(String(name)),
    );
    // With two names it is among the archives already.
    if (posix.statusAt(logdir.directory, "previous")?.links === 1) files.push("previous");
    let text = "";
    for (const name of [...files, "current"]) {
      if (text.length < SEEN_BYTES) text += this.read(name, "beginning");
    }
    return text;
  }

  private read(name: Buffer | string, which: "beginning" | "end"): string {
    try {
      return this.readPart(name, which);
    } catch (failure) {
      // Pruned already, or not ours to read: then nothing can be said of it.
      if (!(failure instanceof SystemFailure)) throw failure;
      return "";
    }
  }

  private readPart(name: Buffer | string, which: "beginning" | "end"): string {
    const { posix, logdir } = this;
    const fd = posix.openAt(logdir.directory, name, "read");
    try {
      const { sizeBytes } = posix.status(fd);
      const bytes = Buffer.alloc(Math.min(sizeBytes, SEEN_BYTES));
      const from = which === "end" ? sizeBytes - bytes.length : 0;
      const filled = posix.readAt(fd, bytes, 0, bytes.length, from);
      return bytes.toString("latin1", 0, filled);
    } finally {
      posix.close(fd);
    }
  }
}

/**
 * Says which lines of the first batch stand in the old files already.
 *
 * @returns how many, of all logs together
 */
export function reportRepeated(
  watches: readonly RepeatWatch[],
  stampBytes: number,
  warn: Warn,
): number {
  let repeatedLines = 0;
  for (const watch of watches) {
    const repeated = watch.look(stampBytes);
    if (repeated === undefined) continue;
    const { logdir, archive, lines } = repeated;
    repeatedLines += lines;
    const said = `: the first ${plural(lines, "line")} may repeat the last ones of `;
    warn(joined([logdir.path, said, archive]));
  }
  return repeatedLines;
}
