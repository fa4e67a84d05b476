// Runs the kernel as an engine would: input comes in pieces, whole lines go in, outputs are collected.
import { readFileSync } from "node:fs";
import type { KernelAction, Program, StampForm } from "../../../src/multilog/kernel/kernel.ts";
import { compileProgram, Kernel, kernelUrl } from "../../../src/multilog/kernel/kernel.ts";
import type { Captured, Clock } from "./oracle.ts";
import { latin } from "./oracle.ts";

export const kernel: Kernel = new Kernel(readFileSync(kernelUrl));

export const tai64n: StampForm = {
  bytes: 26,
  counterAt: 17,
  digits: 8,
  radix: 16,
  divisor: 1,
};

/** TAI64N from second 2^62 + 100 on. */
export function taiClock(startNanos: number): Clock {
  const prefix = (second: number): Buffer =>
    Buffer.from(`@40000000000000${(100 + second).toString(16).padStart(2, "0")}xxxxxxxx `);
  return { form: tai64n, prefix, startNanos };
}

export const logdir: KernelAction = { kind: "logdir" };
export const status: KernelAction = { kind: "status" };
export const stderr: KernelAction = { kind: "stderr" };

/** `+pattern`, `-pattern`; with an F before it, fnmatch's. */
export function select(pattern: string): KernelAction {
  const match = pattern.startsWith("F") ? "fnmatch" : "simple";
  const rest = match === "fnmatch" ? pattern.slice(1) : pattern;
  const kind = rest.startsWith("+") ? "select" : "deselect";
  return { kind, match, pattern: Buffer.from(rest.slice(1), "latin1") };
}

export interface Fed extends Captured {
  /** How often the kernel was called. */
  runs: number;
}

export interface Course {
  /** Lengths of the pieces that input arrives in, repeated as needed; default: all at once. */
  readonly pieces?: readonly number[];
  /** Another program that takes a turn after each run. */
  readonly other?: Program;
}

/** Feeds `input` through the kernel and collects what comes out, checking the accounts of each run. */
export function feed(
  actions: readonly KernelAction[],
  clock: Clock | undefined,
  input: Buffer,
  course: Course = {},
): Fed {
  const program = compileProgram(actions, clock?.form);
  const state = new Uint8Array(program.stateBytes);
  const destinations = program.groupOf.length;
  const statuses = program.slotOf.length;
  const fed: Fed = { lines: 0, outputs: [], statuses: [], stderr: "", runs: 0 };
  for (let d = 0; d < destinations; d++) fed.outputs.push({ text: "", lines: 0, inputBytes: 0 });
  for (let s = 0; s < statuses; s++) fed.statuses.push(undefined);

  let nanos = clock?.startNanos ?? 0;
  let second = 0;
  const turn = (at: number, length: number): number => {
    kernel.load(program);
    kernel.restoreState(state);
    if (nanos === 1e9) {
      nanos = 0;
      second += 1;
    }
    if (clock !== undefined) kernel.setStamp(clock.prefix(second), nanos);
    const done = kernel.run(at, length);
    if (done < 1 || done > length) throw new Error(`run returned ${done} of ${length}`);
    fed.runs += 1;
    fed.lines += kernel.lines;
    if (clock !== undefined && kernel.nanos !== nanos + kernel.lines) throw new Error("nanos");
    nanos += kernel.lines;
    if (nanos > 1e9 && clock !== undefined) throw new Error("ran into the next second");
    for (const [d, output] of fed.outputs.entries()) {
      output.text += text(kernel.outputAt(d), kernel.outputLength(d));
      output.lines += kernel.outputLines(d);
      output.inputBytes += kernel.outputInputBytes(d);
      if (kernel.outputInputBytes(d) > done) throw new Error("more selected than read");
    }
    for (let s = 0; s < statuses; s++) {
      const shown = kernel.statusLength(s);
      if (shown >= 0) fed.statuses[s] = text(kernel.statusAt(s), shown);
    }
    fed.stderr += text(kernel.stderrAt, kernel.stderrLength);
    kernel.saveState(state);
    return done;
  };

  let pending = Buffer.alloc(0);
  for (const piece of cut(input, course.pieces)) {
    pending = Buffer.concat([pending, piece]);
    const inLine = state[0] === 1;
    let ready = pending.lastIndexOf(10) + 1;
    if (pending.length - ready >= 1000 || (inLine && ready === 0)) ready = pending.length;
    pending = pump(pending, ready, turn, course.other);
  }
  const ended = pending.length === 0 ? state[0] === 0 : pending.at(-1) === 10;
  if (!ended) pending = Buffer.concat([pending, Buffer.from("\n")]);
  pump(pending, pending.length, turn, course.other);
  if (state[0] !== 0) throw new Error("still in a line at the end");
  return fed;
}

/** Hands in the first `ready` bytes, run by run; returns the rest. */
function pump(
  pending: Buffer,
  ready: number,
  turn: (at: number, length: number) => number,
  other: Program | undefined,
): Buffer<ArrayBuffer> {
  let at = 0;
  while (at < ready) {
    // Each run elsewhere, so that nothing depends on the bytes around it.
    const place = kernel.inputAt + (at % 3000);
    kernel.memory.set(pending.subarray(at, ready), place);
    kernel.memory.fill(10, place + ready - at, place + ready - at + 80);
    at += turn(place, ready - at);
    if (other !== undefined) disturb(other);
  }
  return Buffer.from(pending.subarray(ready));
}

function disturb(other: Program): void {
  kernel.load(other);
  kernel.memory.set(Buffer.from("x\n".repeat(50)), kernel.inputAt);
  kernel.run(kernel.inputAt, 100);
}

function text(at: number, length: number): string {
  return latin(kernel.memory.subarray(at, at + length));
}

function* cut(input: Buffer, pieces: readonly number[] | undefined): Generator<Buffer> {
  if (pieces === undefined || pieces.length === 0) {
    yield input;
    return;
  }
  for (let at = 0, i = 0; at < input.length; i++) {
    const size = Math.max(pieces[i % pieces.length] ?? 1, 1);
    yield input.subarray(at, at + size);
    at += size;
  }
}
