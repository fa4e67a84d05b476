/** What a reader tells whoever reads lines from it. */
import type { SystemFailure } from "../posix/index.ts";
import type { Content } from "./content.ts";
import type { Key } from "./label-key.ts";

/** A file that may hold lines that were read before, and before which lines may be lost. */
export interface Doubt {
  /** The first label that a line may bear that was read before; undefined: the last that was read. */
  readonly from: Key | undefined;
  /** False: none of its lines was read before. */
  readonly mayRepeat: boolean;
}

export interface Sink {
  /** Whether lines of this log have labels, as far as was seen. */
  readonly hasLabels: boolean;
  /** The last label that was read, as it stands there. */
  readonly lastLabel: Key | undefined;
  /** The next byte is the first of this file, at its offset. */
  nextFile(content: Content, doubt: Doubt | undefined): void;
  /** A file cannot be read (any further). */
  trouble(path: string, failure: SystemFailure): void;
  /** Files were removed before they were read. */
  gap(path: string, names: readonly Buffer[]): void;
  /** Bytes that were read were taken out of the file again. */
  shrunk(path: string, from: number, to: number): void;
}
