/** How a line is written: as text, with its time for people; as it is stored; as JSON: json-show.ts. */
import { LABEL_BYTES } from "../tai64/label.ts";
import type { LocalClock } from "../tai64/local-time.ts";
import type { Style } from "../tai64/styles.ts";
import { Moments } from "./moments.ts";
import type { Output } from "./output.ts";
import type { Selection } from "./selection.ts";

const LF = 0x0a;
/** Room for the time. */
const HEAD_BYTES = 256;
const LONG_BYTES = 4096;

const DIM = "\u001b[2m";
const NAME = "\u001b[36m";
const FOUND = "\u001b[1;31m";
const PLAIN = "\u001b[0m";

export interface Show {
  line(source: Selection): void;
  /** No line comes any more. */
  end?(): void;
}

export interface ShowOptions {
  readonly output: Output;
  readonly clock: LocalClock;
  readonly style: Style;
  /** Whether a line begins with the name of its log. */
  readonly names: boolean;
  readonly colour: boolean;
}

export class TextShow implements Show {
  private readonly output: Output;
  private readonly options: ShowOptions;
  private readonly moments: Moments;
  private readonly prefixes = new Map<string, Buffer>();
  /** The log whose line was begun, and has no end yet. */
  private open: Selection | undefined;

  constructor(options: ShowOptions) {
    this.options = options;
    this.output = options.output;
    this.moments = new Moments(options.clock, options.style);
  }

  line(source: Selection): void {
    const { output, options } = this;
    const { line, to } = source;
    let { from } = source;
    const continues = source.continues && this.open === source;
    if (!continues) this.end();
    output.need(Math.min(to - from, LONG_BYTES) + HEAD_BYTES);
    if (source.apart) output.put(options.colour ? `${DIM}--${PLAIN}\n` : "--\n");
    if (options.names && !continues) this.putName(source.name);
    if (source.labelled) {
      if (options.colour) output.put(DIM);
      output.need(HEAD_BYTES);
      if (this.moments.write(output, source.seconds, source.nanos)) from += LABEL_BYTES;
      if (options.colour) output.put(PLAIN);
    }
    if (options.colour && source.found && source.grep && !source.wanted.invert)
      output.put(source.grep.mark(line.toString("utf8", from, to), FOUND, PLAIN));
    else output.putBytes(line, from, to);
    if (source.goesOn) this.open = source;
    else {
      this.open = undefined;
      output.putByte(LF);
    }
  }

  end(): void {
    if (this.open !== undefined) this.output.putByte(LF);
    this.open = undefined;
  }

  private putName(name: string): void {
    let bytes = this.prefixes.get(name);
    if (bytes === undefined) {
      bytes = Buffer.from(this.options.colour ? `${NAME}${name}:${PLAIN} ` : `${name}: `);
      this.prefixes.set(name, bytes);
    }
    const { memory, filled } = this.output;
    if (memory.length - filled < bytes.length) this.output.need(bytes.length);
    for (let i = 0; i < bytes.length; i++) this.output.memory[filled + i] = bytes[i]!;
    this.output.filled += bytes.length;
  }
}

/** Bytes as they are stored. */
export class RawShow implements Show {
  private readonly output: Output;

  constructor({ output }: ShowOptions) {
    this.output = output;
  }

  line({ line, from, to, ended }: Selection): void {
    this.output.putBytes(line, from, to);
    if (ended) this.output.putByte(LF);
  }
}
