/**
 * The kernel's face: one call handles one batch of input that already stands in its memory.
 *
 * What a caller keeps to:
 *
 * - It reads input into `memory` at `inputAt` and hands `run` whole lines. An unfinished line goes
 *   in only when 1000 bytes of it stand there, or at the end of input, LF appended.
 * - `run` may stop early, before a line whose output has no more room, or whose nanosecond would be
 *   the next second's. The caller writes the outputs, sets a new stamp if `nanos` says so, and calls
 *   again with the rest. Results stand until the next run.
 * - With a stamp, up to 64 bytes before `offset` are written over: they are headroom or lines that
 *   an earlier run is done with.
 * - A line that is longer than an output area comes in pieces, over several runs. Where its rest
 *   goes is state; engines that share a kernel save and restore it around their turns.
 */
import {
  GROUP_BYTES,
  GROUPS_AT,
  INPUT_AT,
  INPUT_BYTES,
  MEMORY_BYTES,
  NANOS_PER_SECOND,
  RESULTS_AT,
  STAMP_AT,
  STATE_AT,
  STATUS_AT,
  STATUS_LENGTHS_AT,
  STATUS_SLOT_BYTES,
  STDERR_AT,
  TABLE_AT,
} from "./layout.ts";
import type { Program } from "./program.ts";

export type { KernelAction, Program, StampForm } from "./program.ts";
export { compileProgram } from "./program.ts";

/** The compiled kernel, beside this file; reading it is the caller's business. */
export const kernelUrl: URL = new URL("./kernel.wasm", import.meta.url);

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  loadTable(): void;
  setNanos(nanos: number): void;
  run(at: number, length: number): number;
}

// The types for Node 20 leave it out.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: KernelExports };
};

const GROUP_WORDS = GROUP_BYTES / 4;
const GROUPS = GROUPS_AT / 4;
const RESULTS = RESULTS_AT / 4;
const STATUS_LENGTHS = STATUS_LENGTHS_AT / 4;

/** One instance serves any number of engines, one after the other. */
export class Kernel {
  /** All of its memory, 6 MiB; it never grows or moves. */
  readonly memory: Uint8Array;
  /** Where the input area begins in `memory`; headroom stands before it, slack behind its end. */
  readonly inputAt: number = INPUT_AT;
  readonly inputBytes: number = INPUT_BYTES;
  readonly stderrAt: number = STDERR_AT;

  readonly #words: Int32Array;
  readonly #exports: KernelExports;
  #program: Program | undefined;

  /** @throws Error when the bytes are not the kernel that this loader was built with */
  constructor(wasm: Uint8Array) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), {});
    this.#exports = instance.exports;
    const { buffer } = this.#exports.memory;
    if (buffer.byteLength !== MEMORY_BYTES) {
      throw new Error(`kernel memory of ${buffer.byteLength} bytes instead of ${MEMORY_BYTES}`);
    }
    this.memory = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
  }

  /** Makes `program` the one that runs; another one than before begins at the start of a line. */
  load(program: Program): void {
    if (program === this.#program) return;
    this.memory.set(program.table, TABLE_AT);
    this.#exports.loadTable();
    this.#program = program;
  }

  /** Copies the state of an unfinished line out: `program.stateBytes` bytes; all 0 is none. */
  saveState(into: Uint8Array): void {
    const { stateBytes } = this.#loaded();
    for (let i = 0; i < stateBytes; i++) into[i] = this.memory[STATE_AT + i]!;
  }

  restoreState(from: Uint8Array): void {
    const { stateBytes } = this.#loaded();
    for (let i = 0; i < stateBytes; i++) this.memory[STATE_AT + i] = from[i]!;
  }

  /**
   * Sets the prefix of the next line and its nanosecond; each line counts one up.
   *
   * @param prefix  as long as the program's stamp; the counter's digits are filled in
   * @param nanos  0 to 999,999,999; at 1,000,000,000 `run` begins no line
   * @throws RangeError when either is not so
   */
  setStamp(prefix: Uint8Array, nanos: number): void {
    const { stampBytes } = this.#loaded();
    if (prefix.length !== stampBytes) {
      throw new RangeError(`prefix of ${prefix.length} bytes instead of ${stampBytes}`);
    }
    if (!(nanos >= 0 && nanos <= NANOS_PER_SECOND)) throw new RangeError(`${nanos} nanoseconds`);
    this.memory.set(prefix, STAMP_AT);
    this.#exports.setNanos(nanos);
  }

  /**
   * Handles [offset, offset + length) of `memory`.
   *
   * @param offset  inputAt or later
   * @returns bytes that are done with: at least 1, unless a stamped line would begin in a second
   *   that is full (then 0)
   * @throws RangeError when the range is empty or leaves the input area
   */
  run(offset: number, length: number): number {
    this.#loaded();
    if (offset < INPUT_AT || length < 1 || offset + length > INPUT_AT + INPUT_BYTES) {
      throw new RangeError(`input of ${length} bytes at ${offset}`);
    }
    return this.#exports.run(offset, length);
  }

  /** Lines begun in the last run: those whose first byte is done with. */
  get lines(): number {
    return this.#words[RESULTS]!;
  }

  /** The nanosecond of the next line, up to 1,000,000,000; without a stamp it means nothing. */
  get nanos(): number {
    return this.#words[RESULTS + 1]!;
  }

  get stderrLength(): number {
    return this.#words[RESULTS + 2]!;
  }

  /** Where the output of destination `d` begins; destinations may share it. */
  outputAt(d: number): number {
    return this.#words[this.#group(d)]!;
  }

  outputLength(d: number): number {
    const group = this.#group(d);
    return this.#words[group + 1]! - this.#words[group]!;
  }

  /** Lines begun that went to `d`. */
  outputLines(d: number): number {
    return this.#words[this.#group(d) + 3]!;
  }

  /** Bytes of input selected for `d`: its output without the stamps. */
  outputInputBytes(d: number): number {
    return this.outputLength(d) - this.outputLines(d) * this.#loaded().stampBytes;
  }

  /** Where the text of the last line that went to status slot `s` stands. */
  statusAt(s: number): number {
    return STATUS_AT + this.#slot(s) * STATUS_SLOT_BYTES;
  }

  /** Its length, at most 1000; -1 when no line of the last run went there. */
  statusLength(s: number): number {
    return this.#words[STATUS_LENGTHS + this.#slot(s)]!;
  }

  #group(d: number): number {
    const group = this.#loaded().groupOf[d];
    if (group === undefined) throw new RangeError(`no destination ${d}`);
    return GROUPS + group * GROUP_WORDS;
  }

  #slot(s: number): number {
    const slot = this.#loaded().slotOf[s];
    if (slot === undefined) throw new RangeError(`no status ${s}`);
    return slot;
  }

  #loaded(): Program {
    if (this.#program === undefined) throw new Error("no program is loaded");
    return this.#program;
  }
}
