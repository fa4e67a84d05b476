/** What V8 does with memory, where its ways cost more than they bring. */
import { setFlagsFromString } from "node:v8";

/**
 * Keeps the young generation as small as it is. V8 doubles it up to 16 MB and more whenever some of it
 * lives on, also in a process that will do the same small things for months.
 */
export function keepYoungSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
