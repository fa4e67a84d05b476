/** What stands in a log directory, for comparing two of them. */
import fs from "node:fs";
import { join } from "node:path";

/** A log that is written is looked at so often until nothing is renamed meanwhile. */
const MOST_TRIES = 50;

export const LABEL: RegExp = /@[0-9a-f]{24}/g;

export interface FoundFile {
  /** The name; bytes as in latin1. */
  readonly name: string;
  readonly mode: number;
  readonly bytes: Buffer;
}

export class FoundLogdir {
  readonly mode: number;
  /** Every file, by name. */
  readonly files: readonly FoundFile[];

  constructor(path: string) {
    this.mode = fs.statSync(path).mode & 0o7777;
    this.files = fs
      .readdirSync(path, { encoding: "latin1" })
      .sort()
      .map((name) => ({
        name,
        mode: fs.statSync(join(path, name)).mode & 0o7777,
        bytes: fs.readFileSync(join(path, name)),
      }));
  }

  /** The finished files, oldest first. */
  get archives(): readonly FoundFile[] {
    return this.files.filter(({ name }) => name.startsWith("@"));
  }

  file(name: string): FoundFile | undefined {
    return this.files.find((file) => file.name === name);
  }

  /** Text of a file, "" where there is none. */
  text(name: string): string {
    return this.file(name)?.bytes.toString("latin1") ?? "";
  }

  /** The files of the log in the order in which they were written. */
  get log(): readonly FoundFile[] {
    const names = ["previous", "current"];
    const rest = names.map((name) => this.file(name)).filter((file) => file !== undefined);
    return [...this.archives, ...rest];
  }

  /** All of the log. */
  get whole(): string {
    return this.log.map(({ bytes }) => bytes.toString("latin1")).join("");
  }

  /** Name and mode of every file, labels left out, each once. */
  get kinds(): string[] {
    return [...new Set(this.files.map(kind))].sort();
  }

  /** Name, mode and size of every file, labels left out. */
  get listing(): string[] {
    return this.files.map((file) => `${kind(file)} ${file.bytes.length}`);
  }

  /** Name, mode and text of every file, labels left out. */
  get contents(): string[] {
    return this.files.map(
      (file) => `${kind(file)} ${JSON.stringify(file.bytes.toString("latin1"))}`,
    );
  }
}

function kind({ name, mode }: FoundFile): string {
  return `${name.replace(LABEL, "@…")} ${mode.toString(8)}`;
}

export function readLogdir(...path: string[]): FoundLogdir {
  for (let tries = 1; ; tries++) {
    try {
      return new FoundLogdir(join(...path));
    } catch (error) {
      // A file that was renamed between the listing and the look: the next look finds it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries === MOST_TRIES) throw error;
    }
  }
}

/** The stamps of `t` in a text, all made the same. */
export function withoutStamps(text: string): string {
  return text.replace(LABEL, "@");
}
