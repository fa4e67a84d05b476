/** All of one log, with its times for people: its bytes go through tai64nlocal's kernel as they are. */
import { readFile } from "../posix/index.ts";
import { localiseUrl, makeKernel } from "../tai64/kernel.ts";
import type { LocalClock } from "../tai64/local-time.ts";
import { Localiser } from "../tai64/localiser.ts";
import type { Style } from "../tai64/styles.ts";
import { LabelEye } from "./label-key.ts";
import type { Output } from "./output.ts";
import type { Selection } from "./selection.ts";

const LF = 0x0a;

export async function copyPlainly(
  { bytes }: Selection,
  output: Output,
  style: Style,
  clock: LocalClock,
): Promise<void> {
  const filter = new Localiser(makeKernel(readFile(localiseUrl)), clock, style);
  const { memory } = filter;
  const eye = new LabelEye();
  let last = LF;
  for (;;) {
    const { file } = bytes;
    const at = filter.inputAt;
    // A byte is kept free for a newline.
    const pending = bytes.read(memory, at, filter.inputRoom - 1);
    let count = typeof pending === "number" ? pending : await pending;
    if (count === 0) break;
    // The file before ended in a torn line: its rest is not in this one.
    if (last !== LF && bytes.file !== file && eye.read(memory, at, at + count)) {
      memory.copyWithin(at + 1, at, at + count++);
      memory[at] = LF;
    }
    last = memory[at + count - 1] ?? LF;
    filter.take(count, output.write);
  }
  filter.finish();
  if (last !== LF) output.putByte(LF);
}
