/**
 * What the kernel does, said plainly: one line after the other, on Buffers. Knows nothing of batches,
 * areas, pieces or state; takes the whole input at once.
 *
 * @see spec/daemontools.md, section 12
 */
import type { KernelAction, StampForm } from "../../../src/multilog/kernel/kernel.ts";

export interface Captured {
  lines: number;
  /** Per destination. */
  readonly outputs: { text: string; lines: number; inputBytes: number }[];
  /** Per status action: the last text, undefined when there was none. */
  readonly statuses: (string | undefined)[];
  stderr: string;
}

export interface Clock {
  readonly form: StampForm;
  /** The prefix in the given second; whatever stands in place of the counter is written over. */
  readonly prefix: (second: number) => Buffer;
  readonly startNanos: number;
}

type Matches = (pattern: Uint8Array, text: Buffer) => boolean;

/** Bytes as a string of the same length, which assert shows better. */
export function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

export function capture(
  actions: readonly KernelAction[],
  clock: Clock | undefined,
  input: Buffer,
  fnmatch: Matches,
): Captured {
  const captured: Captured = { lines: 0, outputs: [], statuses: [], stderr: "" };
  for (const { kind } of actions) {
    if (kind === "logdir") captured.outputs.push({ text: "", lines: 0, inputBytes: 0 });
    if (kind === "status") captured.statuses.push(undefined);
  }
  for (const line of splitLines(input)) {
    const prefix = clock === undefined ? Buffer.alloc(0) : stampOf(clock, captured.lines);
    const text = Buffer.concat([prefix, line]);
    const window = text.subarray(0, 1000);
    let selected = true;
    let output = 0;
    let status = 0;
    for (const action of actions) {
      switch (action.kind) {
        case "select":
        case "deselect": {
          const matches = action.match === "simple" ? matchSimple : fnmatch;
          const wants = action.kind === "select";
          if (selected !== wants && matches(action.pattern, window)) selected = wants;
          break;
        }
        case "stderr":
          if (selected) captured.stderr += stderrLine(text);
          break;
        case "status":
          if (selected) captured.statuses[status] = latin(window);
          status += 1;
          break;
        case "logdir": {
          const to = captured.outputs[output++];
          if (to === undefined || !selected) break;
          to.text += `${latin(text)}\n`;
          to.lines += 1;
          to.inputBytes += line.length + 1;
          break;
        }
      }
    }
    captured.lines += 1;
  }
  return captured;
}

/** Lines without LF; what follows the last LF is a line too. */
function splitLines(input: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < input.length; ) {
    const newline = input.indexOf(10, at);
    const end = newline === -1 ? input.length : newline;
    lines.push(input.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

function stampOf(clock: Clock, line: number): Buffer {
  const { counterAt, digits, radix, divisor } = clock.form;
  const nanos = clock.startNanos + line;
  const prefix = Buffer.from(clock.prefix(Math.floor(nanos / 1e9)));
  const count = Math.floor((nanos % 1e9) / divisor);
  prefix.write(count.toString(radix).padStart(digits, "0").slice(-digits), counterAt, "latin1");
  return prefix;
}

function stderrLine(text: Buffer): string {
  return text.length > 200 ? `${latin(text.subarray(0, 200))}...\n` : `${latin(text)}\n`;
}

export function matchSimple(pattern: Uint8Array, text: Uint8Array): boolean {
  let at = 0;
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === 0x2a) {
      if (i + 1 === pattern.length) return true;
      while (at < text.length && text[at] !== pattern[i + 1]) at++;
      if (at === text.length) return false;
    } else {
      if (at === text.length || text[at] !== pattern[i]) return false;
      at++;
    }
  }
  return at === text.length;
}
