/** What a reader tells whoever reads lines from it. */
import type { SystemFailure } from "../posix/index.ts";
import type { Content } from "./content.ts";

export interface Sink {
  /** Whether lines of this log have labels, as far as was seen. */
  readonly hasLabels: boolean;
  /**
   * The next byte is the first of this file, at its offset.
   *
   * @param inDoubt  it may hold lines that were read before, and lines before it may be lost
   */
  nextFile(content: Content, inDoubt: boolean): void;
  /** A file cannot be read (any further). */
  trouble(path: string, failure: SystemFailure): void;
  /** Files were removed before they were read. */
  gap(path: string, names: readonly Buffer[]): void;
  /** Bytes that were read were taken out of the file again. */
  shrunk(path: string, from: number, to: number): void;
}
