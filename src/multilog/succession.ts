/**
 * The files of a log in their succession: `current` becomes `previous`, and a new `current` is made.
 * Either step may fail, and is done again where it stopped before another byte is written.
 */
import type { Fd, Posix } from "../posix/index.ts";
import { CurrentFile } from "./current-file.ts";
import type { LabelClock } from "./label-clock.ts";
import { IN_USE_MODE } from "./place.ts";
import { attempt, type Blocked } from "./trouble.ts";

export class Succession {
  private readonly posix: Posix;
  private readonly path: Uint8Array;
  private file: CurrentFile;
  /** The file that was `current`, while a new one could not yet be made. */
  private retired: CurrentFile | undefined;

  constructor(posix: Posix, path: Uint8Array, current: CurrentFile) {
    this.posix = posix;
    this.path = path;
    this.file = current;
  }

  /** The file to write to; while the succession is half done, to leave alone. */
  get current(): CurrentFile {
    return this.file;
  }

  /** Whether `current` has ended, and the next one could not yet be made. */
  get isHalfDone(): boolean {
    return this.retired !== undefined;
  }

  /**
   * Ends `current` and makes the next one, or goes on with that.
   *
   * @returns the file that has ended, now `previous`; or why it could not be done
   */
  turnOver(directory: Fd): CurrentFile | Blocked {
    const blocked = this.retire(directory) ?? this.create(directory) ?? this.mark(IN_USE_MODE);
    if (blocked !== undefined) return blocked;
    const finished = this.retired as CurrentFile;
    this.retired = undefined;
    return finished;
  }

  private retire(directory: Fd): Blocked | undefined {
    if (this.retired !== undefined) return undefined;
    return attempt(["rename current to previous in directory ", this.path], () => {
      this.posix.renameAt(directory, "current", "previous");
      this.retired = this.file;
    });
  }

  private create(directory: Fd): Blocked | undefined {
    if (this.file !== this.retired) return undefined;
    return attempt(["create ", this.path, "/current"], () => {
      const fd = this.posix.openAt(directory, "current", "keep", IN_USE_MODE);
      this.file = new CurrentFile(this.posix, fd, 0);
    });
  }

  /** Sets the mode of `current`, which says how far it is. */
  mark(mode: number): Blocked | undefined {
    return attempt(["set mode of ", this.path, "/current"], () => this.file.setMode(mode));
  }

  /** `current` has lost its name: what was written since goes into a new one. */
  rescue(directory: Fd, clock: LabelClock): void {
    this.file = this.file.rescue(directory, clock);
  }

  /** fsync of all that stands in no other file, and of the name of `current` where it is new. */
  async sync(directory: () => Fd): Promise<void> {
    const { file, retired } = this;
    await Promise.all([file.sync(), retired === file ? undefined : retired?.sync()]);
    await file.syncName(directory());
  }

  release(): void {
    for (const file of new Set([this.file, this.retired])) file?.release();
  }
}
