/**
 * One log directory in use: the writer's side.
 *
 * `accept` takes what the kernel laid out, piece by piece, and may be asked again with the same
 * pieces when something could not be done: it remembers how much of the batch stands in the files
 * already. Invariant: `filled` is the size of the file behind `current`.
 */
import { Fatal, type Fd, orFatal, type Posix, SystemFailure, unableTo } from "../posix/index.ts";
import { latestLabel, linkArchive } from "./archive.ts";
import { findCut } from "./cut.ts";
import { type Entry, enterLogdir } from "./entry.ts";
import type { LabelClock } from "./label-clock.ts";
import { letGo } from "./let-go.ts";
import { FINISHED_MODE, IN_USE_MODE, type Place, UNCLEAN_CODE } from "./place.ts";
import { type Recovered, recover } from "./recovery.ts";
import { rescue } from "./rescue.ts";
import { pruneAndSay } from "./retention.ts";
import { type Patience, Rotation, type RotationCounts } from "./rotation.ts";
import type { LogdirSettings } from "./script.ts";
import { makeState } from "./state-file.ts";
import { syncDirectory } from "./sync.ts";
import { attempt, attemptLater, type Blocked, type Trouble, type Warn } from "./trouble.ts";

/** What a log directory shares with the engine that writes into it. */
export interface LogdirHost {
  readonly posix: Posix;
  readonly clock: LabelClock;
  /** Whether each line begins with a label. */
  readonly isLabelled: boolean;
  readonly trouble: Trouble;
  readonly warn: Warn;
  readonly onRotated: (path: Uint8Array, archive: Buffer | undefined) => void;
  /** Told what nobody expects: our own fault. */
  readonly onFault: (fault: unknown) => void;
}

export class Logdir {
  readonly settings: LogdirSettings;
  readonly path: Uint8Array;
  readonly counts: RotationCounts = { rotations: 0, processorRuns: 0, processorFailures: 0 };
  /** What the start found. */
  recovered: Omit<Recovered, "current"> = { filled: 0, unclean: false, archives: [] };
  private readonly host: LogdirHost;
  private readonly told = new Set<string>();
  private directory: Fd = -1;
  private lock: Fd = -1;
  private current: Fd = -1;
  private filled = 0;
  /** The file that was `current`, while a new one could not yet be made. */
  private retired: Fd | undefined;
  /** The file ends here: the next byte goes into a new one. */
  private ended = false;
  private rotation: Rotation | undefined;
  /** How rotations are hurried, once the program wants to end. */
  private patience: Patience | undefined;
  /** Bytes of this batch that stand in the files, and that this try has passed. */
  private written = 0;
  private passed = 0;
  /** Why an earlier piece of this try could not be written: no later one may overtake it. */
  private stuck: Blocked | undefined;
  /** Where this batch began, so that it can be taken back. */
  private batchFile: Fd = -1;
  private batchFilled = 0;
  /** How full `current` was when it last had a name. */
  private namedFilled = 0;
  /** Bytes, or a new name, that no fsync has covered. */
  private dirty = false;
  private syncing: Promise<void> = Promise.resolve();
  private lastSync: Promise<void> = Promise.resolve();
  private entryDirty = false;

  constructor(path: Uint8Array, settings: LogdirSettings, host: LogdirHost) {
    this.path = path;
    this.settings = settings;
    this.host = host;
  }

  /**
   * Makes, opens, locks and recovers the directory.
   *
   * @throws Fatal, exit code 111
   */
  async open(): Promise<void> {
    const { host, path } = this;
    const { directory, lock } = enterLogdir(host.posix, path);
    this.directory = directory;
    this.lock = lock;
    host.clock.advance(
      orFatal(["read ", path], () => latestLabel(host.posix, this.directory, host.isLabelled)),
    );
    const { current, ...recovered } = await recover(this.place());
    this.current = current;
    this.filled = recovered.filled;
    this.namedFilled = recovered.filled;
    this.recovered = recovered;
    this.entryDirty = true;
  }

  /** Bytes in `current`. */
  get currentBytes(): number {
    return this.filled;
  }

  /** The descriptor of the directory, for readers of what stands in it. */
  get descriptor(): Fd {
    return this.directory;
  }

  private place(): Place {
    const { posix, clock, trouble, warn } = this.host;
    const { path, directory, settings, told } = this;
    return { posix, path, directory, settings, clock, trouble, warn, told };
  }

  /** A new batch begins: nothing of it stands anywhere. */
  beginBatch(): void {
    this.written = 0;
    this.repeatBatch();
    this.batchFile = this.current;
    this.batchFilled = this.filled;
  }

  /** The same batch comes once more, from its first byte. */
  repeatBatch(): void {
    this.passed = 0;
    this.stuck = undefined;
  }

  /**
   * Writes the next piece of the batch, except for what stands in the files already.
   *
   * @param memory  holds the piece at `at`
   * @returns why it could not be done; the batch is to be repeated then
   */
  accept(memory: Buffer, at: number, length: number): Blocked | undefined {
    this.stuck ??= this.append(memory, at, length);
    return this.stuck;
  }

  private append(memory: Buffer, at: number, length: number): Blocked | undefined {
    const skipped = Math.min(length, Math.max(0, this.written - this.passed));
    this.passed += length;
    for (let from = at + skipped; from < at + length; ) {
      const blocked = this.ready();
      if (blocked !== undefined) return blocked;
      const cut = findCut(this.filled, this.settings.sizeBytes, memory, from, at + length - from);
      if (cut.length === 0) {
        this.ended = true;
        continue;
      }
      const failed = attempt(["write to ", this.path, "/current"], () => {
        const taken = this.host.posix.write(this.current, memory, from, cut.length);
        this.count(taken);
        from += taken;
        // A short write may have stopped before the line end: look again.
        if (taken === cut.length) this.ended = cut.ends;
      });
      // A limit on file sizes (RLIMIT_FSIZE) that is below ours: the file ends there.
      if (failed?.kind === "failure" && failed.failure.code === "EFBIG" && this.filled > 0) {
        this.ended = true;
      } else if (failed !== undefined) return failed;
    }
    // As soon as the file ends; where that is not possible now, before the next byte.
    if (this.ended && this.rotation === undefined) this.rotateNow();
    return undefined;
  }

  private count(taken: number): void {
    this.filled += taken;
    this.written += taken;
    this.dirty = true;
  }

  /** Makes sure that `current` can take a byte. */
  private ready(): Blocked | undefined {
    if (this.retired !== undefined) return this.createCurrent();
    if (this.ended) return this.rotateNow();
    return undefined;
  }

  /** Once a batch: whether somebody removed `current` or the directory; what was written since is kept. */
  checkName(): Blocked | undefined {
    if (this.retired !== undefined) return undefined;
    return attempt(["find ", this.path, "/current again"], () => {
      if (this.hasItsName()) this.namedFilled = this.filled;
      else this.rebuild();
    });
  }

  private hasItsName(): boolean {
    const { posix } = this.host;
    const { device, inode } = posix.status(this.current);
    const named = posix.statusAt(this.directory, "current");
    return named?.device === device && named.inode === inode;
  }

  private rebuild(): void {
    const { posix, warn, clock } = this.host;
    const lost = posix.status(this.directory).links === 0;
    if (lost) this.reenter();
    // Somebody else's file of that name is kept, as the leaving of an unclean stop would be.
    if (posix.statusAt(this.directory, "current") !== undefined) {
      linkArchive(posix, this.directory, "current", clock.take(), clock, UNCLEAN_CODE);
    }
    const since = this.namedFilled;
    const rescued = rescue(posix, this.directory, this.current, since, this.filled);
    letGo(posix, this.current);
    this.current = rescued;
    this.filled -= since;
    this.namedFilled = this.filled;
    this.batchFile = -1;
    this.entryDirty = true;
    this.dirty = true;
    const what = lost ? "" : "/current";
    const done = `${what}, made it again with ${this.filled} bytes written since`;
    warn(unableTo(["find ", this.path, done]));
  }

  /** The directory was removed: make it again. What was being rotated in it was removed with it. */
  private reenter(): void {
    const { posix } = this.host;
    const { directory, lock, rotation } = this;
    const entry = enterAgain(posix, this.path);
    this.directory = entry.directory;
    this.lock = entry.lock;
    this.rotation = undefined;
    makeState(posix, this.directory);
    letGo(posix, lock);
    rotation?.drop();
    const leave = (): void => letGo(posix, directory);
    if (rotation === undefined) leave();
    else rotation.done.then(leave, leave);
  }

  /** When `current` was written last, seconds since 1970. */
  get modifiedSeconds(): number {
    return this.host.posix.status(this.current).modifiedSeconds;
  }

  /** Removes what `:age` no longer allows, beside what a rotation removes. */
  prune(): void {
    if (this.rotation !== undefined) return;
    const failed = attempt(["read ", this.path], () => pruneAndSay(this.place()));
    if (failed?.kind === "failure") this.host.warn(unableTo(failed.words, failed.failure));
  }

  /** Rotates when there is something to rotate (ALRM, `:every`). */
  rotate(): Blocked | undefined {
    if (this.retired !== undefined) return this.createCurrent();
    return this.filled > 0 ? this.rotateNow() : undefined;
  }

  private rotateNow(): Blocked | undefined {
    if (this.rotation?.wasLeft) return this.leftBehind();
    if (this.rotation !== undefined) return { kind: "busy", done: this.rotation.done };
    const { posix } = this.host;
    const renamed = attempt(["rename current to previous in directory ", this.path], () =>
      posix.renameAt(this.directory, "current", "previous"),
    );
    if (renamed !== undefined) return this.explainRename(renamed);
    this.retired = this.current;
    return this.createCurrent();
  }

  private leftBehind(): Blocked {
    const failure = new SystemFailure("EBUSY", "rename", this.path);
    return { kind: "failure", words: ["rotate ", this.path], failure };
  }

  /** `current` may have been removed under our hands; then the next try finds a new one. */
  private explainRename(renamed: Blocked): Blocked {
    if (renamed.kind !== "failure" || renamed.failure.code !== "ENOENT") return renamed;
    return this.checkName() ?? renamed;
  }

  private createCurrent(): Blocked | undefined {
    const { posix } = this.host;
    const retired = this.retired as Fd;
    if (this.current === retired) {
      const created = attempt(["create ", this.path, "/current"], () => {
        this.current = posix.openAt(this.directory, "current", "keep", IN_USE_MODE);
      });
      if (created !== undefined) return created;
    }
    const marked = attempt(["set mode of ", this.path, "/current"], () =>
      posix.setMode(this.current, IN_USE_MODE),
    );
    if (marked !== undefined) return marked;
    this.retired = undefined;
    this.ended = false;
    this.filled = 0;
    this.namedFilled = 0;
    this.entryDirty = true;
    this.begin(retired);
    return undefined;
  }

  private begin(retired: Fd): void {
    const rotation = new Rotation(this.place(), this.counts, retired, this.syncing);
    this.rotation = rotation;
    if (this.patience !== undefined) rotation.hurry(this.patience, false);
    rotation.done.then(() => this.rotated(rotation)).catch(this.host.onFault);
  }

  private rotated(rotation: Rotation): void {
    if (rotation.wasLeft || this.rotation !== rotation) return;
    this.rotation = undefined;
    this.host.onRotated(this.path, rotation.archive);
    // The next file has ended meanwhile; what cannot be done now is met again at the next byte.
    if (this.ended && this.current >= 0) this.rotateNow();
  }

  /** Waits for the rotation that is at work, and for one that begins when that one is done. */
  async settled(): Promise<void> {
    while (this.rotation !== undefined && !this.rotation.wasLeft) await this.rotation.done;
  }

  /**
   * Takes back what this batch has put into `current`; it stands in the pipe still.
   *
   * @returns false when part of it is in a finished file, and will stand in the log twice
   */
  undoBatch(): boolean {
    if (this.written === 0) return true;
    if (this.current !== this.batchFile || this.retired !== undefined) return false;
    this.host.posix.truncate(this.current, this.batchFilled);
    this.filled = this.batchFilled;
    this.written = 0;
    this.ended = false;
    return true;
  }

  /** fsync of `current`, and of the directory when `current` is new in it. */
  sync(): Promise<void> {
    // One after the other: the second covers what came during the first.
    const sync = this.lastSync.then(() => this.syncNow());
    this.lastSync = sync.catch(() => undefined);
    return sync;
  }

  private async syncNow(): Promise<void> {
    const { posix } = this.host;
    if (!this.dirty && !this.entryDirty) return;
    this.dirty = false;
    const newEntry = this.entryDirty;
    this.entryDirty = false;
    const syncing = posix.syncLater(this.current);
    // A rotation closes this file: not before we are done with it, whatever comes of it.
    this.syncing = syncing.catch(() => undefined);
    try {
      // The previous file holds lines of this log too, until its own rotation has synced it.
      await Promise.all([this.rotation?.synced, syncing]);
      if (newEntry) await syncDirectory(posix, this.directory);
    } catch (failure) {
      this.dirty = true;
      this.entryDirty ||= newEntry;
      throw failure;
    }
  }

  /** The program wants to end: a rotation that fails is not waited for. */
  hurry(patience: Patience, kill: boolean = false): void {
    this.patience = patience;
    this.rotation?.hurry(patience, kill);
  }

  /**
   * Closes the directory cleanly: `current` is on the disk, and says so in its mode.
   *
   * @returns why it could not be; `current` stays marked as in use then
   */
  async close(): Promise<Blocked | undefined> {
    await this.settled();
    if (this.rotation !== undefined) return undefined;
    if (this.retired !== undefined) return this.createCurrent() ?? this.close();
    const { posix, path } = this.place();
    return (
      this.checkName() ??
      (await attemptLater(["write ", path, "/current to disk"], () =>
        posix.syncLater(this.current),
      )) ??
      attempt(["set mode of ", path, "/current"], () =>
        posix.setMode(this.current, FINISHED_MODE),
      ) ??
      attemptLater(["write ", path, " to disk"], () => syncDirectory(posix, this.directory))
    );
  }

  /** Whether a rotation could not be finished; `current` stays unclean, so that a start looks at everything. */
  get isLeft(): boolean {
    return this.rotation !== undefined || this.retired !== undefined;
  }

  /** Lets go of every descriptor, the lock last. */
  release(): void {
    const { posix } = this.host;
    for (const fd of [this.current, this.retired, this.directory, this.lock]) {
      if (fd !== undefined && fd >= 0) letGo(posix, fd);
    }
    this.current = this.directory = this.lock = -1;
    this.retired = undefined;
  }
}

/** Like `enterLogdir`, after the first byte: a failure is one to be tried again. */
function enterAgain(posix: Posix, path: Uint8Array): Entry {
  try {
    return enterLogdir(posix, path);
  } catch (failure) {
    if (failure instanceof Fatal) throw new SystemFailure("ENOENT", "open", path);
    throw failure;
  }
}
