/** Lines a minute, counted in stretches of time that grow with the log, and drawn. */

const MINUTE = 60;
const MOST_STRETCHES = 4096;
const BARS = "▁▂▃▄▅▆▇█";

export class Histogram {
  private counts = new Map<number, number>();
  private stretch = MINUTE;

  add(unixSeconds: number): void {
    const at = Math.floor(unixSeconds / this.stretch);
    this.counts.set(at, (this.counts.get(at) ?? 0) + 1);
    if (this.counts.size > MOST_STRETCHES) this.coarsen();
  }

  private coarsen(): void {
    this.stretch *= 2;
    const counts = new Map<number, number>();
    for (const [at, count] of this.counts) {
      const half = Math.floor(at / 2);
      counts.set(half, (counts.get(half) ?? 0) + count);
    }
    this.counts = counts;
  }

  /** The most lines in a minute, as far as is known, and the Unix time at which they began. */
  get peak(): { readonly perMinute: number; readonly at: number } {
    let most = 0;
    let when = 0;
    for (const [at, count] of this.counts)
      if (count > most) {
        most = count;
        when = at;
      }
    return { perMinute: (most * MINUTE) / this.stretch, at: when * this.stretch };
  }

  /** A bar for each of up to `columns` equal parts of the time, a blank where there was no line. */
  draw(columns: number): string {
    const stretches = [...this.counts.keys()];
    const first = stretches.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const last = stretches.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const length = last - first + 1;
    if (!(length > 0)) return "";
    const width = Math.max(1, Math.min(columns, length));
    const sums = Array.from({ length: width }, () => 0);
    for (const [at, count] of this.counts) {
      const column = Math.floor(((at - first) * width) / length);
      sums[column] = sums[column]! + count;
    }
    const most = Math.max(...sums);
    return sums.map((sum) => (sum === 0 ? " " : bar(sum / most))).join("");
  }
}

/** @param height  above 0, up to 1 */
function bar(height: number): string {
  return BARS[Math.ceil(height * BARS.length) - 1]!;
}
