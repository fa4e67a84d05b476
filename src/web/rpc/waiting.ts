/** Waiting for something to be seen in the tree. */
import type { Tree } from "../tree/types.ts";

/** How often it is looked without news: that a process has lived long enough, nobody tells. */
const LOOK_MS = 100;
/** Looks in that time, whoever waits for however many services: more wait longer for theirs. */
const MOST_LOOKS = 50;
let waiting = 0;

/** Whoever waited for the answer has gone. */
export class Gone extends Error {
  override readonly name = "Gone";
}

/**
 * Looks at once, at every news of the tree, and ten times a second while few are waited for.
 *
 * @param name  of the service whose news are looked at; undefined: of all
 * @returns what `look` has found
 * @throws Gone when `gone` is aborted
 */
export async function untilSeen<T>(
  tree: Tree,
  gone: AbortSignal,
  look: () => T | undefined,
  name?: string,
): Promise<T> {
  let wake: () => void = () => undefined;
  const stop = tree.watch((changed, away) => {
    if (name === undefined || away.includes(name) || changed.some((one) => one.name === name))
      wake();
  });
  waiting++;
  const leave = (): void => wake();
  gone.addEventListener("abort", leave, { once: true });
  try {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (gone.aborted) throw new Gone("nobody waits for it any more");
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS * Math.ceil(waiting / MOST_LOOKS));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    waiting--;
    gone.removeEventListener("abort", leave);
    stop();
  }
}
