/** Running a filter over pieces of input, as a test wants it: text in, text out. */
import fs from "node:fs";
import type { ByteFilter } from "../../src/tai64/filter.ts";
import { type Kernel, localiseUrl, makeKernel } from "../../src/tai64/kernel.ts";

const code = fs.readFileSync(localiseUrl);

export function freshKernel(): Kernel {
  return makeKernel(code);
}

/** Feeds the pieces as if each were one read, or several where it has no room; latin1 on both sides. */
export function filtered(filter: ByteFilter, pieces: readonly string[]): string {
  const output: Buffer[] = [];
  const write = (memory: Uint8Array, from: number, to: number): void => {
    output.push(Buffer.from(memory.subarray(from, to)));
  };
  for (const piece of pieces) {
    for (let rest = Buffer.from(piece, "latin1"); rest.length > 0; ) {
      const length = Math.min(rest.length, filter.inputRoom);
      filter.memory.set(rest.subarray(0, length), filter.inputAt);
      rest = rest.subarray(length);
      filter.take(length, write);
    }
  }
  filter.finish(write);
  return Buffer.concat(output).toString("latin1");
}

/** Cuts a text at offsets (taken modulo its length). */
export function cut(text: string, offsets: readonly number[]): string[] {
  const places = offsets.map((offset) => offset % (text.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
}
