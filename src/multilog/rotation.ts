/**
 * Rotation behind the writer's back: what happens to `previous` while new lines go on into the new
 * `current`.
 *
 * A list of named steps; each is done again, after a warning and a pause, until it succeeds. What a
 * crash between any two of them leaves, and what a start makes of it, stands in docs/logdir.md.
 */
import {
  type Fd,
  ignoring,
  joined,
  type Posix,
  SystemFailure,
  unableTo,
  type Words,
} from "../posix/index.ts";
import { linkArchive } from "./archive.ts";
import type { LabelClock } from "./label-clock.ts";
import { letGo } from "./let-go.ts";
import { runProcessor } from "./processor.ts";
import { prune } from "./retention.ts";
import type { LogdirSettings } from "./script.ts";
import type { Trouble, Warn } from "./trouble.ts";

export type RotationStep =
  | "sync previous"
  | "sync entries"
  | "mark previous"
  | "process"
  | "sync processed"
  | "sync newstate"
  | "remove previous"
  | "keep state"
  | "link processed"
  | "remove processed"
  | "link previous"
  | "prune"
  | "sync archive";

const PLAIN: readonly RotationStep[] = [
  "sync previous",
  "sync entries",
  "mark previous",
  "link previous",
  "remove previous",
  "prune",
  "sync archive",
];

const PROCESSED: readonly RotationStep[] = [
  "sync previous",
  "sync entries",
  "mark previous",
  "process",
  "sync processed",
  "sync newstate",
  "remove previous",
  "keep state",
  "link processed",
  "remove processed",
  "prune",
  "sync archive",
];

/** Owner-execute: all of it is on the disk. */
export const FINISHED_MODE = 0o744;
const UNPROCESSED = Buffer.from("u");

/** Whether a rotation whose steps fail is left to the next start. */
export type Patience = "leave" | "keep trying";

/** What a rotation needs to know of its directory. */
export interface RotationPlace {
  readonly posix: Posix;
  readonly path: Uint8Array;
  readonly directory: Fd;
  readonly settings: LogdirSettings;
  readonly clock: LabelClock;
  readonly trouble: Trouble;
  readonly warn: Warn;
}

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
  private readonly place: RotationPlace;
  private readonly counts: RotationCounts;
  private readonly previous: Fd;
  private steps: readonly RotationStep[];
  private at = 0;
  private code: Uint8Array;
  private readonly ended: bigint;
  private impatient = false;
  private mayLeave = false;
  /** The processor's process, while it runs. */
  private running: number | undefined;
  private left = false;

  /**
   * @param previous  descriptor of the file that was `current`; closed here
   * @param inUse  resolves when nobody else uses that descriptor any more
   */
  constructor(place: RotationPlace, counts: RotationCounts, previous: Fd, inUse: Promise<void>) {
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
    this.done = this.run(inUse, onSynced).finally(onSynced);
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
   * @param kill  whether a processor that runs is ended, too
   */
  hurry(patience: Patience, kill: boolean): void {
    this.impatient = true;
    this.mayLeave = patience === "leave";
    if (kill && this.running !== undefined) {
      const pid = this.running;
      ignoring(["ESRCH"], () => this.place.posix.kill(pid, "SIGTERM"));
    }
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
        this.left = this.mayLeave;
        if (this.left) return;
        await trouble.pauseAside(this.complaint(step, failure), failure);
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
        letGo(posix, this.previous);
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
    this.archive = linkArchive(posix, directory, name, this.ended, clock, this.code);
  }

  private remove(name: string): void {
    ignoring(["ENOENT"], () => this.place.posix.unlinkAt(this.place.directory, name));
  }

  /** Runs the processor until it succeeds, or until nobody wants to wait for it any longer. */
  private async process(): Promise<void> {
    const { posix, directory, settings, trouble, path } = this.place;
    for (;;) {
      this.counts.processorRuns++;
      const command = settings.processor as Uint8Array;
      const ending = await runProcessor(posix, directory, command, (pid) => {
        this.running = pid;
      });
      this.running = undefined;
      if (ending.code === 0) return;
      this.counts.processorFailures++;
      if (this.impatient) return this.leaveUnprocessed();
      const crashed = ending.code === undefined;
      const verdict = crashed ? "processor crashed in " : "processor failed in ";
      const cause = crashed ? `: killed by ${ending.signal ?? "a signal"}` : "";
      await trouble.pauseAsideAfter(joined([verdict, path, ", pausing", cause]));
      if (this.impatient) return this.leaveUnprocessed();
    }
  }

  private leaveUnprocessed(): void {
    this.place.warn(joined(["processor failed in ", this.place.path, ", keeping its input as .u"]));
    this.code = UNPROCESSED;
    this.steps = PLAIN;
    this.at = PLAIN.indexOf("mark previous");
    this.remove("processed");
    this.remove("newstate");
  }

  private async finishProcessed(): Promise<void> {
    const { posix, directory } = this.place;
    const fd = posix.openAt(directory, "processed", "write");
    try {
      await posix.syncLater(fd);
      posix.setMode(fd, FINISHED_MODE);
    } finally {
      letGo(posix, fd);
    }
  }

  /** What a step says when it fails: the C program's words where it has the step. */
  private complaint(step: RotationStep, failure: SystemFailure): Words {
    const { path } = this.place;
    switch (step) {
      case "sync previous":
        return ["write ", path, "/current to disk"];
      case "sync entries":
      case "sync archive":
        return ["write ", path, " to disk"];
      case "mark previous":
        return ["set mode of ", path, "/previous"];
      case "process":
        return failure.syscall === "posix_spawn"
          ? ["fork for processor in ", path]
          : ["open ", path, "/", failure.path ?? "", " for processor"];
      case "sync processed":
        return [
          failure.syscall === "fchmod" ? "set mode of " : "write ",
          path,
          "/processed to disk",
        ];
      case "sync newstate":
        return ["write ", path, "/newstate to disk"];
      case "keep state":
        return ["rename newstate to state in directory ", path];
      case "link previous":
      case "link processed":
        return ["link to ", path, "/", failure.path ?? "@"];
      case "remove previous":
        return ["remove ", path, "/previous"];
      case "remove processed":
        return ["remove ", path, "/processed"];
      case "prune":
        return ["read ", path];
    }
  }
}

/** Removes the archives that are not to be kept, and says which could not be removed. */
export function pruneAndSay({ posix, directory, settings, warn, path }: RotationPlace): void {
  // `current` will grow to its size; the total is kept then too.
  const { stuck } = prune(posix, directory, settings, posix.now(), settings.sizeBytes);
  for (const { name, failure } of stuck) {
    warn(unableTo(["remove ", path, "/", name, ", keeping it"], failure));
  }
}

/** fsync of a directory; file systems that know no such thing say EINVAL. */
export async function syncDirectory(posix: Posix, directory: Fd): Promise<void> {
  try {
    await posix.syncLater(directory);
  } catch (failure) {
    if (!(failure instanceof SystemFailure) || failure.code !== "EINVAL") throw failure;
  }
}

async function syncFile(posix: Posix, directory: Fd, name: string): Promise<void> {
  const fd = posix.openAt(directory, name, "append", 0o644);
  try {
    await posix.syncLater(fd);
  } finally {
    letGo(posix, fd);
  }
}
