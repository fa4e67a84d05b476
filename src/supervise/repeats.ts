/** Lines that would be said over and over: each is said once, and again when it comes back after a while. */

/** Not heard for so long, a line is news again; the slowest that repeat themselves come every minute. */
const FORGET_MS = 150_000;
/** What goes on and on is called to mind so often. */
const REMIND_MS = 3_600_000;

interface Heard {
  saidAt: number;
  heardAt: number;
}

export class Repeats {
  private readonly heard = new Map<string, Heard>();

  /**
   * @param nowMs  on a clock that never steps
   * @returns whether the line is to be said
   */
  isNews(line: string, nowMs: number): boolean {
    this.forgetBefore(nowMs - FORGET_MS);
    const before = this.heard.get(line);
    if (before !== undefined && nowMs - before.saidAt < REMIND_MS) {
      before.heardAt = nowMs;
      return false;
    }
    this.heard.set(line, { saidAt: nowMs, heardAt: nowMs });
    return true;
  }

  private forgetBefore(ms: number): void {
    for (const [line, { heardAt }] of this.heard) if (heardAt < ms) this.heard.delete(line);
  }
}
