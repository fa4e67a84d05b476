/**
 * Telling what a service is: `supervise/status`, and what that has no room for, `supervise/phase`.
 *
 * Told is what it is after whatever has happened at once, and before a program of it is started. The
 * phase comes first, unless there is none any more: nobody is to take a service for down that is
 * about to run its `stop`.
 */
import type { Instant } from "../tai64/index.ts";
import type { ControlDirectory } from "./control-directory.ts";
import { phaseOf } from "./phase.ts";
import type { Service } from "./service.ts";

/** What is told beside the state itself. */
export interface Facts {
  readonly service: Service;
  /** The process id of `run`; 0 when there is none. */
  readonly pid: number;
  readonly since: Instant;
  /** When it was given up for the last time. */
  readonly failedAt: Instant | undefined;
  /** The names of those that are waited for. */
  readonly heldBy: readonly string[];
  /** What is to stand in `phase` when there is nothing to supervise any more. */
  readonly lastWords: string | undefined;
}

export class Announcer {
  private readonly place: ControlDirectory;
  private readonly facts: () => Facts;
  private phase: string | undefined;
  private isNews = false;

  constructor(place: ControlDirectory, facts: () => Facts) {
    this.place = place;
    this.facts = facts;
  }

  /** The status is to be written. */
  note(): void {
    this.isNews = true;
  }

  tell(): void {
    const facts = this.facts();
    const { service, lastWords } = facts;
    const line = service.phase === "over" ? lastWords : phaseOf(service, facts);
    const isOther = line !== this.phase;
    this.phase = line;
    if (isOther && line !== undefined) this.place.setPhase(line);
    if (this.isNews) this.writeStatus(facts);
    if (isOther && line === undefined) this.place.setPhase(undefined);
  }

  private writeStatus({ service: { paused, want }, pid, since }: Facts): void {
    this.isNews = false;
    this.place.writeStatus({ since, pid, paused, want });
  }
}
