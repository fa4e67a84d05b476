/** Lines that can be counted when they have come through: each with its number, all of one length. */
import fs from "node:fs";
import type { Logger, Task } from "./loggers/logger.ts";
import { logdirsOf } from "./loggers/logger.ts";
import { filesOf, linesOf } from "./logs.ts";

/** With its end. */
export const LINE_BYTES = 100;
const FORM = /^#(\d{9})# x{87}$/;

export function numberedLine(number: number): Buffer {
  return Buffer.from(`#${String(number).padStart(9, "0")}# `.padEnd(LINE_BYTES - 1, "x") + "\n");
}

export interface Tally {
  readonly lost: number;
  /** Copies beyond the first. */
  readonly repeated: number;
  /** Lines that nobody wrote so: parts of lines, or several in one. */
  readonly broken: number;
}

/** Counts what stands in the files of a logger that was given the lines from 0 to `lines`. */
export function tally(logger: Logger, task: Task, directory: string, lines: number): Tally {
  const copies = new Uint32Array(lines);
  let broken = 0;
  for (const text of texts(logger, task, directory)) {
    for (const line of text.toString("latin1").split("\n")) {
      const number = FORM.exec(line)?.[1];
      if (number !== undefined && Number(number) < lines) copies[Number(number)]! += 1;
      else if (line !== "") broken += 1;
    }
  }
  let [lost, repeated] = [0, 0];
  for (const count of copies) {
    if (count === 0) lost += 1;
    else repeated += count - 1;
  }
  return { lost, repeated, broken };
}

/** What stands in each file; in all together where a line may begin in one and end in the next. */
function* texts({ form }: Logger, task: Task, directory: string): Generator<Buffer> {
  const files = logdirsOf(task, directory).flatMap(filesOf);
  const read = (path: string): Buffer => fs.readFileSync(path);
  if (form.cutsLines) yield linesOf(Buffer.concat(files.map(read)), form, task.stamp);
  else for (const path of files) yield linesOf(read(path), form, task.stamp);
}
