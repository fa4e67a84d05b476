/** Work of which only so much is done at once; the rest waits for its turn, in order. */
export class Turns {
  private readonly most: number;
  private atOnce = 0;
  private readonly queue: (() => void)[] = [];

  constructor(most: number) {
    this.most = most;
  }

  /** How many wait. */
  get waiting(): number {
    return this.queue.length;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.atOnce < this.most) this.atOnce++;
    else await new Promise<void>((resolve) => this.queue.push(resolve));
    try {
      return await work();
    } finally {
      // The next one's from here on, before it knows: who comes now is behind it.
      const next = this.queue.shift();
      if (next === undefined) this.atOnce--;
      else next();
    }
  }
}
