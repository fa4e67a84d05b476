/** Waiting for something to become true. */
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_EVERY_MS = 2;
const PATIENCE_MS = 30_000;

/** Resolves when `holds` answers true. @throws Error that names what never came */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms for ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}
