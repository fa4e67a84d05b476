/** What stands in a log, and whether it is what went in: looked at before anything is timed. */
import fs from "node:fs";
import { join } from "node:path";
import { type Form, type Logger, logdirsOf, type Task } from "./loggers/logger.ts";

const LF = 10;
const CHUNK_BYTES = 2 ** 24;
const counted: Intl.Collator = new Intl.Collator("en", { numeric: true });
/** What is no log in a log directory. */
const OTHERS = new Set(["lock", "state", "status", "config", "stats"]);

/** Files of a log, oldest first: by their numbers, then those that are not finished. */
export function filesOf(logdir: string): string[] {
  if (!fs.existsSync(logdir)) return [];
  const names = fs.readdirSync(logdir).filter(isLog);
  const order = (name: string): number => ["previous", "current"].indexOf(name);
  names.sort((a, b) => order(a) - order(b) || byTime(a, b));
  return names.map((name) => join(logdir, name));
}

/** Labels as they are; other programs count their files. */
function byTime(a: string, b: string): number {
  return a.startsWith("@") ? Number(a > b) - Number(a < b) : counted.compare(a, b);
}

function isLog(name: string): boolean {
  return !OTHERS.has(name) && !name.startsWith(".") && !name.startsWith("new");
}

/** How many bytes the logs of a task hold. */
export function bytesIn(task: Task, directory: string): number {
  const files = logdirsOf(task, directory).flatMap(filesOf);
  const sizeOf = (path: string): number => fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return files.reduce((sum, path) => sum + sizeOf(path), 0);
}

/** The lines as the service wrote them. */
export function linesOf(text: Buffer, { stampBytes, textOf }: Form, isStamped: boolean): Buffer {
  if (textOf !== undefined) {
    const lines = text.toString("latin1").split("\n");
    const last = lines.pop() ?? "";
    return Buffer.from(lines.map((line) => `${textOf(line)}\n`).join("") + last, "latin1");
  }
  return isStamped ? withoutStamps(text, stampBytes) : text;
}

/** Copies lines without their first bytes. */
function withoutStamps(text: Buffer, stampBytes: number): Buffer {
  const out = Buffer.alloc(text.length);
  let filled = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(LF, at) + 1 || text.length;
    filled += text.copy(out, filled, Math.min(at + stampBytes, end), end);
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
export function checkLogs(logger: Logger, task: Task, input: string, directory: string): void {
  for (const logdir of logdirsOf(task, directory)) {
    const expected = new Expected(input, task.dropped ?? []);
    let rest: Buffer = Buffer.alloc(0);
    for (const file of filesOf(logdir)) {
      // A file may end in the middle of a line that the next one goes on with.
      const text = Buffer.concat([rest, fs.readFileSync(file)]);
      const end = text.lastIndexOf("\n") + 1;
      rest = text.subarray(end);
      const lines = linesOf(text.subarray(0, end), logger.form, task.stamp);
      if (!lines.equals(expected.next(lines.length))) throw new Error(`${file} differs`);
    }
    if (rest.length > 0) throw new Error(`${logdir} ends in the middle of a line`);
    if (expected.next(1).length > 0) throw new Error(`${logdir} lacks lines of the input's end`);
    expected.close();
  }
}
