/** What a logger is to a bench, and what it may be asked to do. */
import { join } from "node:path";
import type { Program } from "../child.ts";
import type { WayIn } from "../way-in.ts";

/** The largest size that the C program takes. */
const LARGEST_SIZE_BYTES = 16_777_215;
/** So many that nothing is removed: what came out can be looked at. */
export const FILES = 99_999;

export interface Task {
  readonly stamp: boolean;
  readonly logdirs: number;
  /** A selection of mail lines before one directory: lines that begin with these words are left out. */
  readonly dropped?: readonly string[];
  /** Longer lines than usual. */
  readonly lineBytes?: number;
  /** Where a file is rotated; as late as every program can, unless given. */
  readonly sizeBytes?: number;
}

export interface Logger {
  readonly name: string;
  /** For people: with which settings it runs. */
  readonly settings: string;
  readonly canDo: (task: Task) => boolean;
  /** How to start it; the directory is empty. */
  readonly prepare: (task: Task, directory: string) => Program;
  /** How a service hands it its lines. */
  readonly wayIn: WayIn;
  readonly form: Form;
}

/** What stands in the files that it writes. */
export interface Form {
  /** Bytes before each line of a task with a stamp. */
  readonly stampBytes: number;
  /** Where that is not all that comes to a line. */
  readonly textOf?: (line: string) => string;
  /** It starts a new file in the middle of a line. */
  readonly cutsLines?: boolean;
}

export function sizeOf({ sizeBytes = LARGEST_SIZE_BYTES }: Task): number {
  return sizeBytes;
}

/** Where the lines of a task go. */
export function logdirsOf(task: Task, directory: string): string[] {
  if (task.dropped !== undefined) return [join(directory, "alert")];
  return Array.from({ length: task.logdirs }, (_, index) => join(directory, `log${index}`));
}

/** One log, every line: what a program does that only writes. */
export function isOneLog({ logdirs, dropped }: Task): boolean {
  return logdirs === 1 && dropped === undefined;
}
