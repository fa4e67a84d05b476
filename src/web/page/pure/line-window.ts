/**
 * The lines that the page holds of a log: a window onto it that can be moved, bounded by their number and by their
 * length. What is pushed out at one end can be asked for again.
 */
interface Weighed {
  /** Code units of its text. */
  readonly weight: number;
}

export const MOST_LINES = 4_000;
const MOST_WEIGHT = 16 * 1024 * 1024;

export class LineWindow<Line extends Weighed> {
  private lines: Line[] = [];
  private weight = 0;
  private readonly mostLines: number;
  private readonly mostWeight: number;

  constructor(mostLines: number = MOST_LINES, mostWeight: number = MOST_WEIGHT) {
    this.mostLines = mostLines;
    this.mostWeight = mostWeight;
  }

  get held(): readonly Line[] {
    return this.lines;
  }

  /** @returns those that made room, oldest first; of the new ones as well, where they are too many */
  append(lines: readonly Line[]): readonly Line[] {
    this.lines = [...this.lines, ...lines];
    this.add(lines);
    return this.lines.splice(0, this.surplus(this.lines));
  }

  /** @returns those that made room at the end, oldest first */
  prepend(lines: readonly Line[]): readonly Line[] {
    this.lines = [...lines, ...this.lines];
    this.add(lines);
    const gone = this.surplus(this.lines.toReversed());
    return this.lines.splice(this.lines.length - gone);
  }

  clear(): void {
    this.lines = [];
    this.weight = 0;
  }

  private add(lines: readonly Line[]): void {
    for (const { weight } of lines) this.weight += weight;
  }

  /** How many from the beginning are to go; the last one stays, however long it is. */
  private surplus(lines: readonly Line[]): number {
    let gone = 0;
    while (
      gone < lines.length - 1 &&
      (lines.length - gone > this.mostLines || this.weight > this.mostWeight)
    ) {
      this.weight -= lines[gone]?.weight ?? 0;
      gone++;
    }
    return gone;
  }
}
