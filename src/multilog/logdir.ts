/**
 * One log directory in use: the writer's side.
 *
 * `accept` takes what the kernel laid out, piece by piece, and may be asked again with the same
 * pieces when something could not be done.
 */
import { type Fd, orFatal, type Posix, unableTo } from "../posix/index.ts";
import { latestLabel } from "./archive.ts";
import { BatchProgress } from "./batch-progress.ts";
import { CurrentFile } from "./current-file.ts";
import { findCut } from "./cut.ts";
import { type Entry, enterAgain, enterLogdir } from "./entry.ts";
import type { LabelClock } from "./label-clock.ts";
import { letGo } from "./let-go.ts";
import { FINISHED_MODE, type Place } from "./place.ts";
import { type Recovered, recover } from "./recovery.ts";
import { pruneAndSay } from "./retention.ts";
import type { Patience, RotationCounts } from "./rotation.ts";
import { RunningRotation } from "./running-rotation.ts";
import type { LogdirSettings } from "./script.ts";
import { makeState } from "./state-file.ts";
import { Succession } from "./succession.ts";
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
  /** What the start found. */
  recovered: Omit<Recovered, "current"> = { filled: 0, unclean: false, archives: [] };
  private readonly host: LogdirHost;
  private readonly told = new Set<string>();
  private readonly rotation: RunningRotation;
  private readonly batch = new BatchProgress();
  private entry: Entry | undefined;
  private succession: Succession | undefined;
  /** The file ends here: the next byte goes into a new one. */
  private ended = false;
  /** Why an earlier piece of this try could not be written: no later one may overtake it. */
  private stuck: Blocked | undefined;

  constructor(path: Uint8Array, settings: LogdirSettings, host: LogdirHost) {
    this.path = path;
    this.settings = settings;
    this.host = host;
    this.rotation = new RunningRotation({
      onDone: (archive) => this.rotated(archive),
      onFault: host.onFault,
    });
  }

  /**
   * Makes, opens, locks and recovers the directory.
   *
   * @throws Fatal, exit code 111
   */
  async open(): Promise<void> {
    const { host, path } = this;
    this.entry = enterLogdir(host.posix, path);
    host.clock.advance(
      orFatal(["read ", path], () => latestLabel(host.posix, this.directory, host.isLabelled)),
    );
    const { current, ...recovered } = await recover(this.place());
    const file = new CurrentFile(host.posix, current, recovered.filled);
    this.succession = new Succession(host.posix, path, file);
    this.recovered = recovered;
  }

  get counts(): RotationCounts {
    return this.rotation.counts;
  }

  /** Bytes in `current`. */
  get currentBytes(): number {
    return this.succession?.current.filledBytes ?? 0;
  }

  /** When `current` was written last, seconds since 1970. */
  get modifiedSeconds(): number {
    return this.files.current.modifiedSeconds;
  }

  /** The descriptor of the directory, for readers of what stands in it. */
  get directory(): Fd {
    return this.entry?.directory ?? -1;
  }

  /** There are some once the directory is open. */
  private get files(): Succession {
    return this.succession as Succession;
  }

  private place(): Place {
    const { posix, clock, trouble, warn } = this.host;
    const { path, directory, settings, told } = this;
    return { posix, path, directory, settings, clock, trouble, warn, told };
  }

  /** A new batch begins. */
  beginBatch(): void {
    this.batch.begin(this.files.current);
    this.stuck = undefined;
  }

  /** The same batch comes once more, from its first byte. */
  repeatBatch(): void {
    this.batch.repeat();
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
    for (let from = at + this.batch.pass(length); from < at + length; ) {
      const blocked = this.ready();
      if (blocked !== undefined) return blocked;
      const room = at + length - from;
      const cut = findCut(this.currentBytes, this.settings.sizeBytes, memory, from, room);
      if (cut.length === 0) {
        this.ended = true;
        continue;
      }
      const failed = attempt(["write to ", this.path, "/current"], () => {
        const taken = this.files.current.write(memory, from, cut.length);
        this.batch.note(taken);
        from += taken;
        // A short write may have stopped before the line end: look again.
        if (taken === cut.length) this.ended = cut.ends;
      });
      // A limit on file sizes (RLIMIT_FSIZE) that is below ours: the file ends there.
      const isLimited = failed?.kind === "failure" && failed.failure.code === "EFBIG";
      if (isLimited && this.currentBytes > 0) this.ended = true;
      else if (failed !== undefined) return failed;
    }
    // As soon as the file ends; where that is not possible now, before the next byte.
    if (this.ended && this.rotation.isNone) this.turnOver();
    return undefined;
  }

  /** Makes sure that `current` can take a byte. */
  private ready(): Blocked | undefined {
    return this.ended || this.files.isHalfDone ? this.turnOver() : undefined;
  }

  /**
   * Takes back what this batch has put into `current`; it stands in the pipe still.
   *
   * @returns false when part of it is in a finished file, and will stand in the log twice
   */
  undoBatch(): boolean {
    const { current, isHalfDone } = this.files;
    const undone = this.batch.undo(isHalfDone ? undefined : current);
    if (undone) this.ended = false;
    return undone;
  }

  /** Once a batch: whether somebody removed `current` or the directory; what was written since is kept. */
  checkName(): Blocked | undefined {
    if (this.files.isHalfDone) return undefined;
    return attempt(["find ", this.path, "/current again"], () => {
      if (!this.files.current.hasName(this.directory)) this.rebuild();
    });
  }

  private rebuild(): void {
    const { posix, warn, clock } = this.host;
    const lost = posix.status(this.directory).links === 0;
    if (lost) this.reenter();
    this.files.rescue(this.directory, clock);
    const what = lost ? "" : "/current";
    const done = `${what}, made it again with ${this.currentBytes} bytes written since`;
    warn(unableTo(["find ", this.path, done]));
  }

  /** The directory was removed: make it again. What was being rotated in it was removed with it. */
  private reenter(): void {
    const { posix } = this.host;
    const lost = this.entry as Entry;
    this.entry = enterAgain(posix, this.path);
    letGo(posix, lost.lock);
    this.rotation.drop(() => letGo(posix, lost.directory));
    makeState(posix, this.directory);
  }

  /** Removes what `:age` no longer allows, beside what a rotation removes. */
  prune(): void {
    if (!this.rotation.isNone) return;
    const failed = attempt(["read ", this.path], () => pruneAndSay(this.place()));
    if (failed?.kind === "failure") this.host.warn(unableTo(failed.words, failed.failure));
  }

  /** Rotates when there is something to rotate (ALRM, `:every`). */
  rotate(): Blocked | undefined {
    return this.currentBytes > 0 || this.files.isHalfDone ? this.turnOver() : undefined;
  }

  /** Ends `current`, or goes on with that, and lets its rotation begin. */
  private turnOver(): Blocked | undefined {
    const obstacle = this.rotation.obstacle(this.path);
    if (obstacle !== undefined) return obstacle;
    const turned = this.files.turnOver(this.directory);
    if (!(turned instanceof CurrentFile)) return this.explain(turned);
    this.ended = false;
    this.rotation.begin(this.place(), turned);
    return undefined;
  }

  /** `current` may have been removed under our hands; then the next try finds a new one. */
  private explain(blocked: Blocked): Blocked {
    if (blocked.kind !== "failure" || blocked.failure.code !== "ENOENT") return blocked;
    return this.checkName() ?? blocked;
  }

  private rotated(archive: Buffer | undefined): void {
    this.host.onRotated(this.path, archive);
    // The next file has ended meanwhile; what cannot be done now is met again at the next byte.
    if (this.ended && this.entry !== undefined) this.turnOver();
  }

  /** fsync of what was written, and of the name of `current` where it is new; one at a time. */
  async sync(): Promise<void> {
    if (!this.files.current.isDirty) return;
    // The previous file holds lines of this log too, until its own rotation has synced it.
    await Promise.all([this.rotation.synced, this.files.sync(() => this.directory)]);
  }

  /** The program wants to end: a rotation that fails is not waited for. */
  hurry(patience: Patience, kill: boolean = false): void {
    this.rotation.hurry(patience, kill);
  }

  /**
   * Closes the directory cleanly: `current` is on the disk, and says so in its mode.
   *
   * @returns why it could not be; `current` stays marked as in use then
   */
  async close(): Promise<Blocked | undefined> {
    await this.rotation.settled();
    if (!this.rotation.isNone) return undefined;
    if (this.files.isHalfDone) return this.turnOver() ?? this.close();
    const { path, files } = this;
    return (
      this.checkName() ??
      (await attemptLater(["write ", path, "/current to disk"], () => files.current.sync())) ??
      files.mark(FINISHED_MODE) ??
      attemptLater(["write ", path, " to disk"], () =>
        syncDirectory(this.host.posix, this.directory),
      )
    );
  }

  /** Whether a rotation is at work, or was left to the next start. */
  get isRotating(): boolean {
    return !this.rotation.isNone;
  }

  /** Whether a rotation could not be finished; `current` stays unclean, so that a start looks at everything. */
  get isLeft(): boolean {
    return !this.rotation.isNone || this.files.isHalfDone;
  }

  /** Lets go of every descriptor, the lock last. */
  release(): void {
    const { entry } = this;
    this.entry = undefined;
    if (entry === undefined) return;
    this.succession?.release();
    letGo(this.host.posix, entry.directory);
    letGo(this.host.posix, entry.lock);
  }
}
