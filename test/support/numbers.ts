/** Logs whose lines are numbers: how much there is of them, and what is missing. */
import fs from "node:fs";

function filesOf(logdir: string): string[] {
  if (!fs.existsSync(logdir)) return [];
  return fs
    .readdirSync(logdir)
    .filter((name) => name === "current" || name === "previous" || name.startsWith("@"))
    .map((name) => `${logdir}/${name}`);
}

/** Bytes in the files of a log that may be written meanwhile. */
export function writtenBytes(logdir: string): number {
  return filesOf(logdir).reduce(
    (sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** @returns the first of the numbers 1 to `last` that is on no line; lines may come twice and in any order */
export function firstMissing(logdir: string, last: number): number | undefined {
  const seen = new Uint8Array(last + 1);
  for (const file of filesOf(logdir))
    for (const line of fs.readFileSync(file, "latin1").split("\n")) seen[Number(line)] = 1;
  const missing = seen.indexOf(0, 1);
  return missing === -1 ? undefined : missing;
}
