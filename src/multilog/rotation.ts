/**
 * Rotation behind the writer's back: what happens to `previous` while new lines go on into the new
 * `current`.
 *
 * A list of named steps; each is done again, after a warning and a pause, until it succeeds. What a
 * crash between any two of them leaves, and what a start makes of it, stands in docs/logdir.md.
 */
import { type Fd, ignoring, joined, SystemFailure } from "../posix/index.ts";
import { linkArchive } from "./archive.ts";
import { letGo } from "./let-go.ts";
import { FINISHED_MODE, IN_USE_MODE, type Place, UNCLEAN_CODE } from "./place.ts";
import { runProcessor } from "./processor.ts";
import { pruneAndSay } from "./retention.ts";
import { complaintOf, PLAIN, PROCESSED, type RotationStep } from "./rotation-steps.ts";
import { syncDirectory, syncFile } from "./sync.ts";

/** Whether a rotation whose steps fail is left to the next start. */
export type Patience = "leave" | "keep trying";

export interface RotationCounts {
  rotations: number;
  processorRuns: number;
  processorFailures: number;
}

export class Rotation {
  /** Resolves when every step is done, or the rotation was left. */
  readonly done: Promise<void>;
  /** Resolves when the file and the names around it are on the disk, or the rotation was left. */
  readonly synced: Promise<void>;
  /** The finished file's name, once it has one. */
  archive: Buffer | undefined;
  private readonly place: Place;
  private readonly counts: RotationCounts;
  private readonly previous: Fd;
  private steps: readonly RotationStep[];
  private at = 0;
  private code: Uint8Array;
  private readonly ended: bigint;
  private impatient = false;
  /** A processor that runs is told to end, and none is started any more. */
  private unprocessed = false;
  private mayLeave = false;
  /** The processor's process, while it runs. */
  private running: number | undefined;
  private left = false;

  /**
   * @param previous  descriptor of the file that was `current`; closed here
   * @param inUse  resolves when nobody else uses that descriptor any more
   */
  constructor(place: Place, counts: RotationCounts, previous: Fd, inUse: Promise<void>) {
    this.place = place;
    this.counts = counts;
    this.previous = previous;
    this.ended = place.clock.take();
    this.code = place.settings.suffix;
    this.steps = place.settings.processor === undefined ? PLAIN : PROCESSED;
    let onSynced = (): void => {};
    this.synced = new Promise((resolve) => {
      onSynced = resolve;
    });
    this.done = this.run(inUse, onSynced).finally(() => {
      onSynced();
      letGo(place.posix, previous);
    });
  }

  /** Whether the program's end came before the rotation's; the next start does the rest. */
  get wasLeft(): boolean {
    return this.left;
  }

  /**
   * The program wants to end: a processor that fails is not waited for any longer, its input is
   * kept as it is, under a name that says so (`.u`).
   *
   * @param patience  what becomes of another step that fails
   * @param kill  whether a processor that runs is ended, too, and none is started; asked again, by KILL
   */
  hurry(patience: Patience, kill: boolean): void {
    this.impatient = true;
    this.mayLeave = patience === "leave";
    if (kill) this.killProcessor(this.unprocessed ? "SIGKILL" : "SIGTERM");
    this.unprocessed ||= kill;
    this.place.trouble.wake();
  }

  private killProcessor(signal: NodeJS.Signals): void {
    const { running } = this;
    if (running !== undefined) ignoring(["ESRCH"], () => this.place.posix.kill(running, signal));
  }

  /** The directory was removed, and this file with it. */
  drop(): void {
    this.left = true;
    this.place.trouble.wake();
  }

  private async run(inUse: Promise<void>, onSynced: () => void): Promise<void> {
    await inUse;
    this.counts.rotations++;
    for (; this.at < this.steps.length; this.at++) {
      await this.persist(this.steps[this.at] as RotationStep);
      if (this.left) return;
      if (this.steps[this.at] === "sync entries") onSynced();
    }
  }

  /** Does a step until it succeeds, or until the program wants to end and it still fails. */
  private async persist(step: RotationStep): Promise<void> {
    const { trouble } = this.place;
    for (;;) {
      try {
        await this.perform(step);
        return;
      } catch (failure) {
        if (!(failure instanceof SystemFailure)) throw failure;
        this.left ||= this.mayLeave;
        if (this.left) return;
        await trouble.pauseAside(complaintOf(step, this.place.path, failure), failure);
      }
    }
  }

  private async perform(step: RotationStep): Promise<void> {
    const { posix, directory } = this.place;
    switch (step) {
      case "sync previous":
        return posix.syncLater(this.previous);
      case "sync entries":
      case "sync archive":
        return syncDirectory(posix, directory);
      case "mark previous":
        posix.setMode(this.previous, FINISHED_MODE);
        return;
      case "process":
        return this.process();
      case "sync processed":
        return this.finishProcessed();
      case "sync newstate":
        return syncFile(posix, directory, "newstate");
      case "keep state":
        posix.renameAt(directory, "newstate", "state");
        return;
      case "link previous":
        return this.link("previous");
      case "link processed":
        return this.link("processed");
      case "remove previous":
        return this.remove("previous");
      case "remove processed":
        return this.remove("processed");
      case "prune":
        return pruneAndSay(this.place);
    }
  }

  private link(name: string): void {
    const { posix, directory, clock } = this.place;
    // Somebody removed it meanwhile: then there is nothing to keep.
    if (posix.statusAt(directory, name) === undefined) return;
    this.archive = linkArchive(posix, directory, name, this.ended, clock, this.code);
  }

  private remove(name: string): void {
    ignoring(["ENOENT"], () => this.place.posix.unlinkAt(this.place.directory, name));
  }

  /** Runs the processor until it succeeds, or until nobody wants to wait for it any longer. */
  private async process(): Promise<void> {
    const { posix, directory, settings, trouble, path } = this.place;
    while (!this.left) {
      if (posix.statusAt(directory, "previous") === undefined) return this.passOver();
      if (this.unprocessed) return this.leaveUnprocessed("processor not run in ");
      this.counts.processorRuns++;
      const command = settings.processor as Uint8Array;
      const ending = await runProcessor(posix, directory, command, (pid) => {
        this.running = pid;
        if (this.unprocessed) this.killProcessor("SIGTERM");
      });
      this.running = undefined;
      if (ending.code === 0) return;
      this.counts.processorFailures++;
      if (this.impatient) return this.leaveUnprocessed("processor failed in ");
      const crashed = ending.code === undefined;
      const verdict = crashed ? "processor crashed in " : "processor failed in ";
      const cause = crashed ? `: killed by ${ending.signal ?? "a signal"}` : "";
      await trouble.pauseAsideAfter(joined([verdict, path, ", pausing", cause]));
      if (this.impatient) return this.leaveUnprocessed("processor failed in ");
    }
  }

  private leaveUnprocessed(verdict: string): void {
    this.place.warn(joined([verdict, this.place.path, ", keeping its input as .u"]));
    this.code = UNCLEAN_CODE;
    this.passOver();
  }

  /** Goes on as if there were no processor. */
  private passOver(): void {
    this.remove("processed");
    this.remove("newstate");
    this.steps = PLAIN;
    this.at = PLAIN.indexOf("mark previous");
  }

  private async finishProcessed(): Promise<void> {
    const { posix, directory } = this.place;
    const fd = posix.openAt(directory, "processed", "append", IN_USE_MODE);
    try {
      await posix.syncLater(fd);
      posix.setMode(fd, FINISHED_MODE);
    } finally {
      letGo(posix, fd);
    }
  }
}
