/**
 * After an unclean end, the batch that was written but not yet taken from the pipe comes once more.
 * This finds how many lines of it stand at the end of the old file already, to say so.
 */

const LF = "\n";

/**
 * How many lines at the end of `tail` stand at the beginning of `head` again.
 *
 * @param stampBytes  length of the stamp before each line; stamps are not compared
 */
export function countRepeated(tail: string, head: string, stampBytes: number): number {
  const old = tail.split(LF);
  // The last piece is empty, or a line that was torn.
  const torn = (old.pop() ?? "").slice(stampBytes);
  const oldLines = old.map((line) => line.slice(stampBytes));
  const newLines = head
    .split(LF)
    .slice(0, -1)
    .map((line) => line.slice(stampBytes));
  for (const length of overlaps(newLines, oldLines)) {
    if (torn === "" || (newLines[length] ?? "").startsWith(torn))
      return length + (torn === "" ? 0 : 1);
  }
  return 0;
}

/** Every length, the longest first, at which the beginning of `fresh` is the end of `old` (Knuth, Morris and Pratt). */
function overlaps(fresh: readonly string[], old: readonly string[]): number[] {
  const borders = [0];
  const extend = (from: number, line: string | undefined): number => {
    let length = from;
    while (length > 0 && fresh[length] !== line) length = borders[length - 1] ?? 0;
    return fresh[length] === line ? length + 1 : length;
  };
  for (let i = 1; i < fresh.length; i++) borders[i] = extend(borders[i - 1] ?? 0, fresh[i]);
  let length = 0;
  for (const line of old) {
    if (length === fresh.length) length = borders[length - 1] ?? 0;
    length = extend(length, line);
  }
  const lengths: number[] = [];
  for (; length > 0; length = borders[length - 1] ?? 0) lengths.push(length);
  return [...lengths, 0];
}
