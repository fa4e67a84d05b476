/** Lines around those that are found: some before each, some behind it. */

/** A line that was kept, in case one behind it is found. */
export interface Kept {
  readonly memory: Buffer;
  readonly labelled: boolean;
  readonly ended: boolean;
  readonly seconds: number;
  readonly nanos: number;
}

export class Context {
  private readonly before: number;
  private readonly after: number;
  private readonly mostBytes: number;
  private kept: Kept[] = [];
  private keptBytes = 0;
  private following = 0;
  private leftOut = false;
  private shownAny = false;

  /** @param mostBytes  of the lines before, together; of more the nearest ones are kept */
  constructor(before: number = 0, after: number = 0, mostBytes: number = Number.POSITIVE_INFINITY) {
    this.before = before;
    this.after = after;
    this.mostBytes = mostBytes;
  }

  get isNone(): boolean {
    return this.before + this.after === 0;
  }

  /** A line was not found. @returns whether it is shown as one behind a line that was */
  miss(copy: () => Kept): boolean {
    if (this.following > 0) {
      this.following--;
      return true;
    }
    if (this.before === 0) this.leftOut = true;
    else this.keep(copy());
    return false;
  }

  private keep(line: Kept): void {
    this.kept.push(line);
    this.keptBytes += line.memory.length;
    while (this.kept.length > this.before || this.keptBytes > this.mostBytes) {
      this.keptBytes -= this.kept.shift()?.memory.length ?? 0;
      this.leftOut = true;
    }
  }

  /** A line was found: what is shown before it, and whether lines were left out before that. */
  find(): { readonly kept: readonly Kept[]; readonly apart: boolean } {
    const { kept } = this;
    const apart = this.leftOut && this.shownAny && !this.isNone;
    this.shownAny = true;
    this.leftOut = false;
    this.following = this.after;
    this.kept = [];
    this.keptBytes = 0;
    return { kept, apart };
  }
}
