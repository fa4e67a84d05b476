/** Whether a log holds the lines that went in: looked at before anything is timed. */
import fs from "node:fs";
import { join } from "node:path";
import { logdirsOf, type Task } from "./loggers.ts";

const LF = 10;
/** A label and a blank. */
const STAMP_BYTES = 26;
const CHUNK_BYTES = 2 ** 24;

/** Files of a log, oldest first. */
function filesOf(logdir: string): string[] {
  const finished = fs.readdirSync(logdir).filter((name) => name.startsWith("@"));
  return [...finished.sort(), "current"].map((name) => join(logdir, name));
}

/** Copies lines without their first bytes. */
function withoutStamps(text: Buffer): Buffer {
  const out = Buffer.alloc(text.length);
  let filled = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(LF, at) + 1 || text.length;
    filled += text.copy(out, filled, Math.min(at + STAMP_BYTES, end), end);
    at = end;
  }
  return out.subarray(0, filled);
}

/** Reads the input on and on, as many bytes as are asked for, without the lines that a task drops. */
class Expected {
  readonly #fd: number;
  readonly #dropped: readonly Buffer[];
  #held: Buffer = Buffer.alloc(0);
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string, dropped: readonly string[]) {
    this.#fd = fs.openSync(path, "r");
    this.#dropped = dropped.map((words) => Buffer.from(`${words} `));
  }

  /** @returns fewer bytes at the end */
  next(bytes: number): Buffer {
    while (this.#held.length < bytes && this.#more());
    const out = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return out;
  }

  #more(): boolean {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const read = fs.readSync(this.#fd, chunk);
    const text = Buffer.concat([this.#rest, chunk.subarray(0, read)]);
    const end = text.lastIndexOf(LF) + 1;
    this.#rest = text.subarray(end);
    this.#held = Buffer.concat([this.#held, this.#kept(text.subarray(0, end))]);
    return read > 0;
  }

  #kept(text: Buffer): Buffer {
    if (this.#dropped.length === 0) return text;
    const lines: Buffer[] = [];
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf(LF, at) + 1;
      const line = text.subarray(at, end);
      if (!this.#dropped.some((words) => line.subarray(0, words.length).equals(words)))
        lines.push(line);
      at = end;
    }
    return Buffer.concat(lines);
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}

/** @throws Error that says where a log of the task differs from its input */
export function checkLogs(task: Task, input: string, directory: string): void {
  for (const logdir of logdirsOf(task, directory)) {
    const expected = new Expected(input, task.dropped ?? []);
    for (const file of filesOf(logdir)) {
      const text = fs.readFileSync(file);
      const lines = task.stamp ? withoutStamps(text) : text;
      if (!lines.equals(expected.next(lines.length))) throw new Error(`${file} differs`);
    }
    if (expected.next(1).length > 0) throw new Error(`${logdir} lacks lines of the input's end`);
    expected.close();
  }
}
