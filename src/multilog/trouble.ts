/**
 * What goes wrong after the first byte: it is said, a pause is made, and the same step is tried
 * again. Nothing here ends the program, and nothing drops a byte.
 */
import { type Posix, SystemFailure, unableTo, type Words } from "../posix/index.ts";

/** The pause between two tries, as in the C program. */
export const PAUSE_MS = 5000;

/** Says one warning: bytes without the program's name and the newline. */
export type Warn = (line: Buffer) => void;

/** A step that cannot be done now. */
export type Blocked =
  /** The system refused: say so, pause, try again. */
  | { readonly kind: "failure"; readonly words: Words; readonly failure: SystemFailure }
  /** Another step is still at work; it says when it is done. */
  | { readonly kind: "busy"; readonly done: Promise<void> };

/** Runs a step; a system failure becomes a Blocked that says what was not possible. */
export function attempt(words: Words, step: () => void): Blocked | undefined {
  try {
    step();
    return undefined;
  } catch (failure) {
    if (failure instanceof SystemFailure) return { kind: "failure", words, failure };
    throw failure;
  }
}

/** The same for a step that takes its time. */
export async function attemptLater(
  words: Words,
  step: () => Promise<void>,
): Promise<Blocked | undefined> {
  try {
    await step();
    return undefined;
  } catch (failure) {
    if (failure instanceof SystemFailure) return { kind: "failure", words, failure };
    throw failure;
  }
}

/** Pauses that can be cut short, and an account of why and how long somebody stood still. */
export class Trouble {
  /** Total time spent in pauses, milliseconds, finished pauses alone. */
  pausedMs = 0;
  /** How many tries failed. */
  failures = 0;
  private readonly posix: Posix;
  private readonly warn: Warn;
  private readonly pauseMs: number;
  private readonly wakers = new Set<() => void>();
  private readonly retries = new Map<object, string>();
  private readonly pending = new Map<object, { readonly reason: string; readonly since: number }>();
  private standingSince = 0;
  /** Is told whenever somebody begins or ceases to stand still. */
  onChange: () => void = () => {};

  constructor(posix: Posix, warn: Warn, pauseMs: number = PAUSE_MS) {
    this.posix = posix;
    this.warn = warn;
    this.pauseMs = pauseMs;
  }

  /** Why somebody stands still now, and since when on the monotonic clock somebody does; undefined when nobody does. */
  get now(): { readonly reason: string; readonly since: number } | undefined {
    const oldest = this.pending.values().next().value;
    return oldest === undefined ? undefined : { ...oldest, since: this.standingSince };
  }

  /** Says that something is not possible now, and pauses: nothing is taken from the input meanwhile. */
  async pause(words: Words, failure: unknown): Promise<void> {
    const line = this.say(words, failure);
    await this.standing(line, () => this.sleep());
  }

  /** The same for a step in the background: the input is served meanwhile. */
  async pauseAside(words: Words, failure: unknown): Promise<void> {
    await this.retryAside(this.say(words, failure));
  }

  /** Says a line about a step in the background, and pauses. */
  async pauseAsideAfter(line: Buffer): Promise<void> {
    this.failures++;
    this.warn(line);
    await this.retryAside(line.toString());
  }

  /** Why a step in the background is tried again, the oldest; undefined when none is. */
  get aside(): string | undefined {
    return this.retries.values().next().value;
  }

  private say(words: Words, failure: unknown): string {
    const line = unableTo([...words, ", pausing"], failure);
    this.failures++;
    this.warn(line);
    return line.toString();
  }

  private async retryAside(reason: string): Promise<void> {
    const key = {};
    this.retries.set(key, reason);
    this.onChange();
    await this.sleep();
    this.retries.delete(key);
    this.onChange();
  }

  /** Waits for a step that is at work; that is standing still as well. */
  async standing(reason: string, wait: () => Promise<void>): Promise<void> {
    const key = {};
    const since = this.posix.monotonicMs();
    // Of several at once, each moment counts once.
    if (this.pending.size === 0) this.standingSince = since;
    this.pending.set(key, { reason, since });
    this.onChange();
    try {
      await wait();
    } finally {
      this.pending.delete(key);
      if (this.pending.size === 0) this.pausedMs += this.posix.monotonicMs() - this.standingSince;
      this.onChange();
    }
  }

  /** Ends every pause at once; later ones are as long as ever. */
  wake(): void {
    for (const waker of this.wakers) waker();
  }

  private async sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, this.pauseMs);
      const { wakers } = this;
      function done(): void {
        clearTimeout(timer);
        wakers.delete(done);
        resolve();
      }
      wakers.add(done);
    });
  }
}
