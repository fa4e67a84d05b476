/** Whether a file may hold lines of those that were read before it: what a processor made of one, or a logger put into the next. */

import type { Content } from "./content.ts";
import { compareKeys, type Key } from "./label-key.ts";
import { firstLabel, lowerBound, nextLabel } from "./search.ts";

export class Copies {
  /** The first labels of the last two files: so many wait for their names at once. */
  private firsts: (Key | undefined)[] = [];

  /** A file was read. */
  leave(content: Content): void {
    if (content.compression === undefined) this.firsts = [this.firsts.at(-1), firstLabel(content)];
  }

  /** The first label of what may have been copied. */
  get from(): Key | undefined {
    const [one, other] = this.firsts;
    return one !== undefined && other !== undefined && compareKeys(one, other) < 0 ? one : other;
  }
}

/** Whether a plain file has a line with a label, where its labels ascend. */
export function holdsLabel(content: Content, label: Key): boolean {
  const at = lowerBound(content, label, (seconds) => seconds);
  const found = at === undefined ? undefined : nextLabel(content, at, content.sizeBytes);
  return found !== undefined && compareKeys(found.key, label) === 0;
}
