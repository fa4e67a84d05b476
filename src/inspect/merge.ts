/** Lines of several logs in the order of their times: a heap of the logs that have a line ready. */
import type { Selection } from "./selection.ts";

export class Merge {
  private readonly heap: Selection[] = [];
  private readonly ranks = new Map<Selection, number>();

  /** The log whose line is next. */
  get first(): Selection | undefined {
    return this.heap[0];
  }

  /** A log that has got a line. */
  add(source: Selection): void {
    if (!this.ranks.has(source)) this.ranks.set(source, this.ranks.size);
    this.heap.push(source);
    this.rise(this.heap.length - 1);
  }

  /** The first log has gone to its next line. */
  changed(): void {
    this.sink();
  }

  /** The first log has no line now. */
  removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink();
  }

  private isBefore(a: Selection, b: Selection): boolean {
    if (a.seconds !== b.seconds) return a.seconds < b.seconds;
    if (a.nanos !== b.nanos) return a.nanos < b.nanos;
    return this.ranks.get(a)! < this.ranks.get(b)!;
  }

  private rise(from: number): void {
    const { heap } = this;
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.isBefore(heap[at]!, heap[above]!)) return;
      swap(heap, at, above);
      at = above;
    }
  }

  /** The first one goes down to its place; those that it passes come up into the gap. */
  private sink(): void {
    const { heap } = this;
    const { length } = heap;
    const moving = heap[0]!;
    let gap = 0;
    for (let below = 1; below < length; below = 2 * gap + 1) {
      if (below + 1 < length && this.isBefore(heap[below + 1]!, heap[below]!)) below++;
      const least = heap[below]!;
      if (!this.isBefore(least, moving)) break;
      heap[gap] = least;
      gap = below;
    }
    heap[gap] = moving;
  }
}

function swap(heap: Selection[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b]!, heap[a]!];
}
