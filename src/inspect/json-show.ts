/** Lines as JSON. */
import { LABEL_BYTES } from "../tai64/label.ts";
import { Moments } from "./moments.ts";
import type { Output } from "./output.ts";
import { type Selection, textAt } from "./selection.ts";
import type { Show, ShowOptions } from "./show.ts";

/** More of a line stands in an object of its own: as JSON it may take six times the room. */
const LONGEST_TEXT_BYTES = 4 * 2 ** 20;

/**
 * An object a line: `source`, `label` and `time` where it has one, `text`; `bytes`, base64 of the text as
 * it is stored, where that is no UTF-8; and `more` where the line goes on in the next object of its log.
 */
export class JsonShow implements Show {
  private readonly output: Output;
  private readonly moments: Moments;

  constructor({ output, clock, style }: ShowOptions) {
    this.output = output;
    this.moments = new Moments(clock, style);
  }

  line(source: Selection): void {
    const { line, from, to, labelled, goesOn } = source;
    const begin = labelled ? textAt(line, from, to) : from;
    for (let at = begin; ; ) {
      const end = Math.min(to, at + LONGEST_TEXT_BYTES);
      const cut = end === to ? to : characterAt(line, end);
      this.putObject(source, at === begin, line.subarray(at, cut), cut < to || goesOn);
      at = cut;
      if (at === to) return;
    }
  }

  private putObject(source: Selection, isFirst: boolean, bytes: Buffer, more: boolean): void {
    const { line, from } = source;
    const labelled = isFirst && source.labelled;
    const text = bytes.toString("utf8");
    const object = {
      source: source.name,
      label: labelled ? line.toString("latin1", from, from + LABEL_BYTES) : undefined,
      time: labelled ? this.moments.textOf(source.seconds, source.nanos) : undefined,
      text,
      // Text that holds the character that stands for what is no UTF-8 is looked at twice.
      bytes:
        text.includes("\ufffd") && !Buffer.from(text).equals(bytes)
          ? bytes.toString("base64")
          : undefined,
      more: more ? true : undefined,
    };
    this.output.put(`${JSON.stringify(object)}\n`);
  }
}

/** Where the character begins that a place may stand in the middle of. */
function characterAt(line: Buffer, place: number): number {
  for (let at = place; at > place - 4; at--) if ((line[at]! & 0xc0) !== 0x80) return at;
  return place;
}
