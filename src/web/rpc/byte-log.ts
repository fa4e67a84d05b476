/**
 * A log directory as one file, Supervisor's: archives and `current`, one behind the other.
 *
 * Where lines are stamped, each stamp is shown as local time, in as many bytes (label-text.ts): lengths and
 * offsets are those of the files. It begins behind the newest file that a processor has compressed, whose length
 * nobody knows without reading it.
 */
import { Content } from "../../inspect/content.ts";
import { closeAll, listLog, openIfThere } from "../../inspect/listing.ts";
import { AT_CWD, type Posix, SystemFailure } from "../../posix/index.ts";
import { LABEL_BYTES } from "../../tai64/index.ts";
import { withoutLinks } from "../api/log-files.ts";
import type { LabelText } from "./label-text.ts";

/** Each is an open file for a moment. */
const MOST_ARCHIVES = 1000;

interface Part {
  readonly content: Content;
  readonly start: number;
  readonly sizeBytes: number;
}

export class ByteLog {
  readonly length: number;
  private readonly parts: readonly Part[];

  private constructor(contents: readonly Content[]) {
    let start = 0;
    this.parts = contents.map((content) => {
      const part = { content, start, sizeBytes: content.sizeBytes };
      start += part.sizeBytes;
      return part;
    });
    this.length = start;
  }

  /**
   * @param use  is given the log, which is open meanwhile
   * @returns undefined where there is no log
   * @throws SystemFailure where it may not be read
   */
  static read<T>(posix: Posix, directory: string, use: (log: ByteLog) => T): T | undefined {
    let contents: readonly Content[] | undefined;
    try {
      contents = openAll(withoutLinks(posix), directory);
      return contents.length === 0 ? undefined : use(new ByteLog(contents));
    } catch (failure) {
      if (failure instanceof SystemFailure && failure.code === "ENOENT") return undefined;
      throw failure;
    } finally {
      closeAll(contents ?? []);
    }
  }

  /** @returns what stands at `offset`; less where the files were cut meanwhile */
  text(offset: number, length: number, labels: LabelText): Buffer {
    // A stamp may reach into the window from either side.
    const from = Math.max(0, offset - LABEL_BYTES);
    const to = Math.min(this.length, offset + length + LABEL_BYTES);
    const bytes = this.bytes(from, to);
    const starts = this.parts.map(({ start }) => start - from);
    labels.show(bytes, starts);
    return bytes.subarray(offset - from, offset - from + length);
  }

  private bytes(from: number, to: number): Buffer {
    const memory = Buffer.alloc(to - from);
    let filled = 0;
    for (const { content, start, sizeBytes } of this.parts) {
      const place = Math.max(0, from + filled - start);
      const wanted = Math.min(sizeBytes - place, memory.length - filled);
      if (wanted <= 0) continue;
      const got = content.peek(memory.subarray(filled), wanted, place);
      filled += got;
      if (got < wanted) break;
    }
    return memory.subarray(0, filled);
  }
}

function openAll(posix: Posix, directory: string): Content[] {
  const dir = posix.openAt(AT_CWD, directory, "directory");
  try {
    const { names, unnamed } = listLog(posix, dir, ignore);
    const archives: Content[] = [];
    for (const name of names.slice(-MOST_ARCHIVES).reverse()) {
      const content = openIfThere(posix, dir, name, ignore);
      if (content === undefined) continue;
      archives.unshift(content);
      if (content.compression !== undefined) break;
    }
    return behindCompressed([...archives, ...unnamed]);
  } finally {
    posix.close(dir);
  }
}

function behindCompressed(contents: readonly Content[]): Content[] {
  const at = contents.findLastIndex(({ compression }) => compression !== undefined);
  closeAll(contents.slice(0, at + 1));
  return contents.slice(at + 1);
}

/** What cannot be read is passed over. */
function ignore(): void {}
