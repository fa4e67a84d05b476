/** Lines of several logs in the order of their times: a heap of the logs that have a line ready. */
import { compareKeys } from "./label-key.ts";
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
    const order = compareKeys(a, b);
    if (order < 0) return true;
    // NaN: both have no time yet.
    return order > 0 ? false : this.ranks.get(a)! < this.ranks.get(b)!;
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

  private sink(): void {
    const { heap } = this;
    for (let at = 0; ; ) {
      let least = at;
      for (let below = 2 * at + 1; below <= 2 * at + 2 && below < heap.length; below++) {
        if (this.isBefore(heap[below]!, heap[least]!)) least = below;
      }
      if (least === at) return;
      swap(heap, at, least);
      at = least;
    }
  }
}

function swap(heap: Selection[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b]!, heap[a]!];
}
