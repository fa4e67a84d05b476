/** The bytes of the kernel's table while they are laid down. */
import {
  CHOICE_MASKS_BYTES,
  CHUNK_BYTES,
  HEADER_BYTES,
  KIND_CHOICE,
  KIND_TEST,
  PLACE_HERE,
  PLACE_LAST,
  PLACE_SEARCH,
  PLACE_SKIP,
  SEGMENT_BYTES,
  SEGMENT_FIRST,
  SEGMENT_LENGTH,
  SEGMENT_NEXT,
  SEGMENT_PLACE,
  SEGMENT_SECOND,
  SEGMENT_SETS,
  SEGMENT_THEN,
  SET_BYTES,
  STEP_BYTES,
  STEP_CUT,
  STEP_FIRST,
  STEP_NEXT,
  STEP_NUMBER,
  STEP_OBJECT,
  STEP_OTHERWISE,
  TABLE_AT,
  TABLE_BYTES,
  THEN_ANY,
  THEN_END,
  THEN_SEGMENT,
} from "./layout.ts";
import type { Chain, Segment } from "./pattern.ts";

const placeNumbers = {
  here: PLACE_HERE,
  skip: PLACE_SKIP,
  search: PLACE_SEARCH,
  last: PLACE_LAST,
} as const;

/** What a choice says of a run of tests: layout.ts. */
export interface Choice {
  /** The byte that they skip to, -1 when they begin where the text does. */
  readonly first: number;
  readonly tests: readonly {
    readonly at: number;
    /** The byte by which the test is told apart from others; undefined when it can be any. */
    readonly telling: number | undefined;
  }[];
}

/** Addresses are those in the kernel's memory. */
export class Table {
  readonly #bytes = new Uint8Array(TABLE_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #used = HEADER_BYTES;

  header(field: number, value: number): void {
    this.#set(TABLE_AT, field, value);
  }

  word(at: number): number {
    return this.#view.getUint32(at - TABLE_AT, true);
  }

  step(kind: number, next: number, own = 0, second = 0): number {
    const at = this.#take(STEP_BYTES);
    this.#set(at, 0, kind);
    this.#set(at, STEP_NEXT, next);
    this.#set(at, STEP_OBJECT, own);
    this.#set(at, STEP_NUMBER, second);
    return at;
  }

  /** @param cut  whether the text ends at its first NUL */
  test(chain: Chain, cut: boolean, matched: number, otherwise: number): number {
    const at = this.#take(STEP_BYTES);
    this.#set(at, 0, KIND_TEST);
    this.#set(at, STEP_NEXT, matched);
    this.#set(at, STEP_OTHERWISE, otherwise);
    this.#set(at, STEP_CUT, cut ? 1 : 0);
    this.#chain(chain);
    return at;
  }

  /** @param otherwise  the step when no test matches */
  choice(otherwise: number, { first, tests }: Choice): number {
    const at = this.#take(STEP_BYTES);
    this.#set(at, 0, KIND_CHOICE);
    this.#set(at, STEP_NEXT, otherwise);
    this.#set(at, STEP_FIRST, first);
    const masks = this.#take(CHOICE_MASKS_BYTES + 4 * tests.length);
    for (let byte = 0; byte < 256; byte++) {
      const able = tests.map(({ telling }) => telling === undefined || telling === byte);
      const mask = able.reduce((bits, can, i) => (can ? bits | (1 << i) : bits), 0);
      this.#set(masks, 4 * byte, mask);
    }
    for (const [i, test] of tests.entries()) {
      this.#set(masks, CHOICE_MASKS_BYTES + 4 * i, test.at);
    }
    return at;
  }

  #chain({ segments, open }: Chain): void {
    for (const [i, segment] of segments.entries()) {
      const at = this.#segment(segment);
      const last = i === segments.length - 1;
      this.#set(at, SEGMENT_THEN, last ? (open ? THEN_ANY : THEN_END) : THEN_SEGMENT);
      this.#set(at, SEGMENT_NEXT, TABLE_AT + this.#used);
    }
  }

  #segment({ place, first, tokens }: Segment): number {
    const at = this.#take(SEGMENT_BYTES);
    const sets = tokens.filter((token) => token instanceof Uint8Array).length;
    this.#set(at, SEGMENT_PLACE, placeNumbers[place]);
    this.#set(at, SEGMENT_FIRST, first);
    this.#set(at, SEGMENT_SECOND, typeof tokens[1] === "number" ? tokens[1] : -1);
    this.#set(at, SEGMENT_LENGTH, tokens.length);
    this.#set(at, SEGMENT_SETS, sets);
    const chunks = this.#take(Math.ceil(tokens.length / 16) * CHUNK_BYTES) - TABLE_AT;
    for (const [i, token] of tokens.entries()) {
      const inChunk = chunks + (i >> 4) * CHUNK_BYTES + (i & 15);
      if (typeof token === "number") {
        this.#bytes[inChunk] = token;
        this.#bytes[inChunk + 16] = 0xff;
      } else if (token !== "any") {
        const set = this.#take(SET_BYTES);
        this.#set(set, 0, i);
        this.#bytes.set(token, set + 4 - TABLE_AT);
      }
    }
    return at;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }

  #set(at: number, field: number, value: number): void {
    this.#view.setUint32(at - TABLE_AT + field, value, true);
  }

  #take(bytes: number): number {
    const at = this.#used;
    if (at + bytes > TABLE_BYTES) throw new RangeError("the logging script is too large");
    this.#used += bytes;
    return TABLE_AT + at;
  }
}
