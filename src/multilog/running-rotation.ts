/**
 * The rotation of a log that is at work behind the writer's back; there is one at the most.
 */
import { SystemFailure } from "../posix/index.ts";
import type { CurrentFile } from "./current-file.ts";
import type { Place } from "./place.ts";
import { type Patience, Rotation, type RotationCounts } from "./rotation.ts";
import type { Blocked } from "./trouble.ts";

export interface RotationEvents {
  /** It is done, and another may begin; `archive` is the finished file's name, if it has one. */
  readonly onDone: (archive: Buffer | undefined) => void;
  /** Told what nobody expects: our own fault. */
  readonly onFault: (fault: unknown) => void;
}

export class RunningRotation {
  /** Of all rotations so far. */
  readonly counts: RotationCounts = { rotations: 0, processorRuns: 0, processorFailures: 0 };
  private readonly events: RotationEvents;
  private rotation: Rotation | undefined;
  /** How rotations are hurried, once the program wants to end. */
  private patience: Patience | undefined;
  private kill = false;

  constructor(events: RotationEvents) {
    this.events = events;
  }

  /** False as well when one was left to the next start. */
  get isNone(): boolean {
    return this.rotation === undefined;
  }

  /** Why no other can begin now. */
  obstacle(path: Uint8Array): Blocked | undefined {
    if (this.rotation === undefined) return undefined;
    if (!this.rotation.wasLeft) return { kind: "busy", done: this.rotation.done };
    const failure = new SystemFailure("EBUSY", "rename", path);
    return { kind: "failure", words: ["rotate ", path], failure };
  }

  /** @param previous  the file that was `current`; closed when the rotation is done */
  begin(place: Place, previous: CurrentFile): void {
    const rotation = new Rotation(place, this.counts, previous.fd, previous.synced);
    this.rotation = rotation;
    if (this.patience !== undefined) rotation.hurry(this.patience, this.kill);
    rotation.done.then(() => this.end(rotation)).catch(this.events.onFault);
  }

  private end(rotation: Rotation): void {
    if (rotation.wasLeft || this.rotation !== rotation) return;
    this.rotation = undefined;
    this.events.onDone(rotation.archive);
  }

  /** Resolves when the finished file and its name are on the disk, or no rotation needs it. */
  get synced(): Promise<void> | undefined {
    return this.rotation?.synced;
  }

  /** Waits for the rotation that is at work, and for one that begins when that one is done. */
  async settled(): Promise<void> {
    while (this.rotation !== undefined && !this.rotation.wasLeft) await this.rotation.done;
  }

  /** The program wants to end: a rotation that fails is not waited for. */
  hurry(patience: Patience, kill: boolean): void {
    this.patience = patience;
    this.kill ||= kill;
    this.rotation?.hurry(patience, kill);
  }

  /**
   * The directory was removed, and what was being rotated in it.
   *
   * @param onGone  called when nothing uses its descriptor any more
   */
  drop(onGone: () => void): void {
    const { rotation } = this;
    this.rotation = undefined;
    if (rotation === undefined) return onGone();
    rotation.drop();
    rotation.done.then(onGone, onGone);
  }
}
