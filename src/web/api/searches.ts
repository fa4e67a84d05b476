/**
 * All searches: each in a thread of its own, while there are few. More share threads, and what ends a thread ends
 * the searches that share it.
 */
import type { SearchOrder } from "./search-messages.ts";
import { SearchThread } from "./search-thread.ts";

/** As many as may be at patterns that take for ever, and leave the rest of the machine some time. */
const MOST_THREADS = 4;

export class Searches {
  private readonly threads = Array.from({ length: MOST_THREADS }, () => new SearchThread());

  /** As `SearchThread` does, in the thread that has the fewest. */
  search(
    order: SearchOrder,
    give: (piece: Buffer) => Promise<boolean>,
    cancel: AbortSignal,
  ): Promise<void> {
    const idlest = this.threads.reduce((a, b) => (b.searching < a.searching ? b : a));
    return idlest.search(order, give, cancel);
  }
}
