/**
 * Waiting for a source that brings a line every few milliseconds: in this thread, where nothing else lives on it.
 *
 * News by way of the waiter pass through another thread and the event loop, which costs several times
 * what the line itself does (bench/cpu.bench.ts, 100 and 1,000 lines a second). Signals end such a
 * waiting, and timers have their turn often enough.
 */
import type { Posix } from "../posix/index.ts";
import type { Source } from "./source.ts";

/** A source whose lines have come so close together is expected to bring another one so soon. */
const NEAR_MS = 25;
/** The longest that the thread is held: a signal that came just before is heard behind it. */
const HELD_MS = 50;
/** The event loop has its turn so often while lines come. */
const TURN_MS = 50;

export class Vigil {
  private readonly posix: Posix;
  private readonly mayHold: () => boolean;
  private lastMs = Number.NEGATIVE_INFINITY;
  private turnedMs = Number.NEGATIVE_INFINITY;
  private isNear = false;

  /** @param mayHold  whether nobody else needs the thread now */
  constructor(posix: Posix, mayHold: () => boolean) {
    this.posix = posix;
    this.mayHold = mayHold;
  }

  /** A batch was served. @returns whether it is the event loop's turn, before the next is waited for */
  noteServed(): boolean {
    const nowMs = this.posix.monotonicMs();
    this.isNear = nowMs - this.lastMs < NEAR_MS;
    this.lastMs = nowMs;
    if (!this.isNear || nowMs - this.turnedMs < TURN_MS) return false;
    this.turnedMs = nowMs;
    return true;
  }

  /** @returns undefined when the source has something already */
  wait(source: Source): Promise<void> | undefined {
    const mayHold = this.isNear && this.mayHold();
    return mayHold && source.standBy?.(HELD_MS) === true ? undefined : source.wait();
  }
}
