/** Going through all files of a log, line by line, one file after the other. */
import { AT_CWD, type Posix, SystemFailure } from "../posix/index.ts";
import { Content } from "./content.ts";
import { LineSource } from "./line-source.ts";
import { LogReader } from "./log-reader.ts";
import { guessTime, type Producer, s6Time } from "./producer.ts";
import { lastLabel } from "./search.ts";
import type { Sink } from "./sink.ts";
import type { Log } from "./targets.ts";

const BUFFER_BYTES = 512 * 1024;

/** What is told of a file. */
export interface Walker {
  /** A file begins. */
  file(content: Content, lines: LineSource): void;
  /** `lines` stands at a line; its number in the file, from 1 on. */
  line(lines: LineSource, number: number): void;
  /** The file has ended. */
  end(content: Content, lines: LineSource): void;
  trouble(path: string, failure: SystemFailure): void;
}

/** @throws SystemFailure when the log cannot be opened */
export async function walkLog(
  posix: Posix,
  log: Log,
  producer: Producer,
  walker: Walker,
): Promise<void> {
  const quiet: Sink = {
    hasLabels: false,
    lastLabel: undefined,
    nextFile: () => undefined,
    gap: () => undefined,
    shrunk: () => undefined,
    trouble: (path, failure) => walker.trouble(path, failure),
  };
  const reader = new LogReader(posix, log.path, quiet);
  const files = filesOf(posix, log, reader);
  try {
    for (const file of files) {
      const content = file instanceof Content ? file : reader.openNamed(file);
      if (content === undefined) continue;
      await walkFile(posix, log, content, producer, walker);
      content.close();
    }
  } finally {
    reader.close();
  }
}

function filesOf(posix: Posix, log: Log, reader: LogReader): (Buffer | Content)[] {
  if (log.kind === "file") return [Content.open(posix, AT_CWD, log.path)];
  if (!reader.open()) throw new SystemFailure("ENOENT", "open", log.path);
  return reader.look();
}

async function walkFile(
  posix: Posix,
  log: Log,
  content: Content,
  producer: Producer,
  walker: Walker,
): Promise<void> {
  const bytes = {
    file: content,
    read: (memory: Uint8Array, at: number, length: number) => content.read(memory, at, length),
    close: () => undefined,
  };
  const lines = new LineSource(
    log.name,
    () => bytes,
    () => undefined,
    BUFFER_BYTES,
  );
  if (producer === "s6" || (producer === "auto" && isS6(posix, content))) lines.toUnix = s6Time;
  walker.file(content, lines);
  try {
    let number = 0;
    for (;;) {
      while (lines.advance()) walker.line(lines, ++number);
      if (!(await lines.fill())) break;
    }
    if (lines.takeRest()) walker.line(lines, ++number);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    walker.trouble(`${log.path.toString()}/${content.name.toString()}`, failure);
  }
  walker.end(content, lines);
}

function isS6(posix: Posix, content: Content): boolean {
  if (content.compression !== undefined) return false;
  const last = lastLabel(content, content.sizeBytes);
  if (last === undefined) return false;
  return guessTime(last.key, posix.status(content.fd).modifiedSeconds) === s6Time;
}
