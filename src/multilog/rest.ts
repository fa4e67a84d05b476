/**
 * A busy source is left alone for a moment: what has gathered then is served at once.
 *
 * Where nothing else lives on the thread, the thread itself stands still: Node's timers cost as much
 * as the wake-up (a third of the CPU at 50,000 lines a second, bench/cpu.bench.ts). Now and then
 * it has its turn all the same, for signals and timers, and always while a rotation is at work.
 */
import type { Posix } from "../posix/index.ts";

/** Longer saves CPU, and every line is so much later in its file. */
export const REST_MS = 4;
/** A signal is heard within so many rests. */
const RESTS_A_TURN = 16;

export class Rest {
  private readonly posix: Posix;
  private readonly mayHold: () => boolean;
  private held = 0;

  /** @param mayHold  whether nobody else needs the thread now */
  constructor(posix: Posix, mayHold: () => boolean) {
    this.posix = posix;
    this.mayHold = mayHold;
  }

  /** @returns undefined when it is over already */
  take(): Promise<void> | undefined {
    if (++this.held < RESTS_A_TURN && this.mayHold()) {
      this.posix.standStill(REST_MS);
      return undefined;
    }
    this.held = 0;
    return this.posix.sleep(REST_MS);
  }
}
