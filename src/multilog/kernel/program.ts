/**
 * Compiles the actions of a logging script into the kernel's table, once, at start.
 *
 * The table is a graph of steps. Whether a line is selected is nowhere kept: it is the place in the
 * graph. A test is entered only by lines whose selection it can change, an output only by selected
 * lines. `-*fatal* ./a +*fatal* ./b` becomes
 *
 *     test *fatal* ──no──▶ group 0 ──▶ group 1 ──▶ end
 *          └─yes──▶ test *fatal* ──yes──────▲       ▲
 *                        └─no───────────────────────┘
 *
 * A pattern that always matches (`-*`) is no step at all. Each step has its address when the steps
 * after it are known, so they are laid down from the last action to the first.
 */
import { parseFnmatch } from "./fnmatch.ts";
import {
  CHUNK_BYTES,
  GROUP_BYTES,
  GROUPS_AT,
  GROUPS_MAX,
  HEADER_ALIAS,
  HEADER_AREA_BYTES,
  HEADER_BYTES,
  HEADER_COUNTER_AT,
  HEADER_DIGITS,
  HEADER_DIVISOR,
  HEADER_FIRST_STEP,
  HEADER_GROUPS,
  HEADER_MODE,
  HEADER_RADIX,
  HEADER_STAMP_BYTES,
  HEADER_STATUS_SLOTS,
  KIND_END,
  KIND_GROUP,
  KIND_STATUS,
  KIND_STDERR,
  KIND_TEST,
  MODE_COPY,
  MODE_COUNT,
  MODE_JUDGE,
  OUTPUT_BYTES,
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
  STAMP_BYTES_MAX,
  STATUS_SLOTS_MAX,
  STDERR_ACTIONS_MAX,
  STEP_BYTES,
  STEP_CUT,
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
import type { Chain, Pattern, Segment } from "./pattern.ts";
import { parseSimple } from "./pattern.ts";

/** One action of a logging script, as far as it is done per line. */
export type KernelAction =
  | {
      readonly kind: "select" | "deselect";
      readonly pattern: Uint8Array;
      readonly match: "simple" | "fnmatch";
    }
  | { readonly kind: "stderr" }
  /**
   * Its slot is its place among the `status` actions. Those of one `file` keep one text, the last
   * that any of them saw; name a file only where it stands in the script more than once.
   */
  | { readonly kind: "status"; readonly file?: string }
  /** Its destination is its place among the `logdir` actions. */
  | { readonly kind: "logdir" };

/** Where in the prefix of a line the counter's digits stand, and how they count. */
export interface StampForm {
  /** Length of the prefix with its trailing blank, at most 62; 0 is no stamp. */
  readonly bytes: number;
  readonly counterAt: number;
  /** 2 to 9. */
  readonly digits: number;
  /** Digits of 16 are lower-case. */
  readonly radix: 10 | 16;
  /** Nanoseconds to one count. */
  readonly divisor: 1 | 1000;
}

/** A logging script as the kernel runs it. */
export interface Program {
  readonly stampBytes: number;
  /** What `Kernel.saveState` writes. */
  readonly stateBytes: number;
  readonly table: Uint8Array;
  /** Of each destination, the group whose output it shares. */
  readonly groupOf: Uint16Array;
  /** Of each status action, the slot that it shares. */
  readonly slotOf: Uint8Array;
}

type Test = Extract<KernelAction, { pattern: Uint8Array }>;

/** An action with its pattern taken apart, or with the group or slot that it shares. */
type Step =
  | { readonly kind: "test"; readonly action: Test; readonly pattern: Pattern }
  | { readonly kind: "stderr" }
  | { readonly kind: "status"; readonly slot: number }
  | { readonly kind: "group"; readonly group: number };

interface Plan {
  readonly steps: readonly Step[];
  readonly groupOf: readonly number[];
  readonly slotOf: readonly number[];
  readonly groups: number;
  readonly slots: number;
  /** Whether group 0 takes every line as it came. */
  readonly alias: boolean;
}

const placeNumbers = {
  here: PLACE_HERE,
  skip: PLACE_SKIP,
  search: PLACE_SEARCH,
  last: PLACE_LAST,
} as const;

/**
 * @throws RangeError when the script has more groups (1024), status files (128), `e` actions (256)
 *   or pattern bytes (some 250 KB) than the kernel's memory has room for, or the stamp's form is
 *   none that the kernel can count
 */
export function compileProgram(
  actions: readonly KernelAction[],
  stamp: StampForm | undefined,
): Program {
  const form = stamp !== undefined && stamp.bytes > 0 ? stamp : undefined;
  if (form !== undefined) checkStamp(form);
  const plan = planSteps(actions, form !== undefined);
  const table = new Table();
  const first = layDownSteps(table, plan);
  const copied = plan.groups - (plan.alias ? 1 : 0);
  const areaBytes = Math.floor(OUTPUT_BYTES / Math.max(copied, 1)) & ~15;
  table.header(HEADER_FIRST_STEP, first);
  table.header(HEADER_GROUPS, plan.groups);
  table.header(HEADER_ALIAS, plan.alias ? 1 : 0);
  table.header(HEADER_AREA_BYTES, areaBytes);
  table.header(HEADER_MODE, chooseMode(table, first, form !== undefined));
  table.header(HEADER_STATUS_SLOTS, plan.slots);
  table.header(HEADER_STAMP_BYTES, form?.bytes ?? 0);
  table.header(HEADER_COUNTER_AT, form?.counterAt ?? 0);
  table.header(HEADER_DIGITS, form?.digits ?? 2);
  table.header(HEADER_RADIX, form?.radix ?? 16);
  table.header(HEADER_DIVISOR, form?.divisor ?? 1);
  return {
    stampBytes: form?.bytes ?? 0,
    stateBytes: 1 + plan.groups,
    table: table.finish(),
    groupOf: Uint16Array.from(plan.groupOf),
    slotOf: Uint8Array.from(plan.slotOf),
  };
}

function checkStamp({ bytes, counterAt, digits }: StampForm): void {
  if (bytes > STAMP_BYTES_MAX) throw new RangeError(`stamp of ${bytes} bytes: at most 62`);
  if (digits < 2 || digits > 9) throw new RangeError(`counter of ${digits} digits: 2 to 9`);
  if (counterAt < 0 || counterAt + digits > bytes) {
    throw new RangeError(`counter at ${counterAt} stands outside the stamp`);
  }
}

/** Finds the actions that share a selection: those with no test between them. */
function planSteps(actions: readonly KernelAction[], stamped: boolean): Plan {
  const steps: Step[] = [];
  const groupOf: number[] = [];
  const slotOf: number[] = [];
  let groups = 0;
  let slots = 0;
  let stderrs = 0;
  let alias = false;
  let tested = false;
  let groupOpen = false;
  let openSlot: number | undefined;
  const slotOfFile = new Map<string, number>();
  for (const action of actions) {
    switch (action.kind) {
      case "select":
      case "deselect": {
        const parse = action.match === "simple" ? parseSimple : parseFnmatch;
        const pattern = parse(action.pattern);
        if (pattern === "never") break;
        steps.push({ kind: "test", action, pattern });
        tested = true;
        groupOpen = false;
        openSlot = undefined;
        break;
      }
      case "stderr":
        stderrs += 1;
        steps.push({ kind: "stderr" });
        break;
      case "status":
        if (action.file !== undefined) {
          const slot = slotOfFile.get(action.file) ?? slots++;
          slotOfFile.set(action.file, slot);
          steps.push({ kind: "status", slot });
          slotOf.push(slot);
          break;
        }
        if (openSlot === undefined) {
          openSlot = slots++;
          steps.push({ kind: "status", slot: openSlot });
        }
        slotOf.push(openSlot);
        break;
      case "logdir":
        if (!groupOpen && !tested && !stamped) alias = true;
        else if (!groupOpen) steps.push({ kind: "group", group: groups });
        if (!groupOpen) groups += 1;
        groupOpen = true;
        groupOf.push(groups - 1);
        break;
    }
  }
  if (groups > GROUPS_MAX) throw new RangeError(`${groups} differently selected log directories`);
  if (slots > STATUS_SLOTS_MAX) throw new RangeError(`${slots} differently selected status files`);
  if (stderrs > STDERR_ACTIONS_MAX) throw new RangeError(`${stderrs} actions to stderr`);
  return { steps, groupOf, slotOf, groups, slots, alias };
}

/** @returns the address of the first step */
function layDownSteps(table: Table, plan: Plan): number {
  const end = table.step(KIND_END, 0);
  // The next step of a line that is selected here, and of one that is not.
  let selected = end;
  let deselected = end;
  for (const step of plan.steps.toReversed()) {
    switch (step.kind) {
      case "test": {
        const selects = step.action.kind === "select";
        const changed = selects ? selected : deselected;
        const unchanged = selects ? deselected : selected;
        const cut = step.action.match === "fnmatch";
        const entered = layDownTest(table, step.pattern, cut, changed, unchanged);
        if (selects) deselected = entered;
        else selected = entered;
        break;
      }
      case "stderr":
        selected = table.step(KIND_STDERR, selected);
        break;
      case "status":
        selected = table.step(KIND_STATUS, selected, step.slot);
        break;
      case "group":
        selected = table.step(
          KIND_GROUP,
          selected,
          GROUPS_AT + step.group * GROUP_BYTES,
          step.group,
        );
        break;
    }
  }
  return selected;
}

function layDownTest(
  table: Table,
  pattern: Pattern,
  cut: boolean,
  matched: number,
  otherwise: number,
): number {
  if (pattern === "always") return matched;
  if (pattern === "never") return otherwise;
  const at = table.step(KIND_TEST, matched, otherwise, cut ? 1 : 0);
  table.chain(pattern);
  return at;
}

function chooseMode(table: Table, first: number, stamped: boolean): number {
  const kind = table.word(first);
  if (kind === KIND_END && !stamped) return MODE_COUNT;
  if (kind === KIND_GROUP && table.word(table.word(first + STEP_NEXT)) === KIND_END) {
    return MODE_COPY;
  }
  return MODE_JUDGE;
}

/** The bytes of the table while they are laid down. Addresses are those in the kernel's memory. */
class Table {
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
    this.#set(at, kind === KIND_TEST ? STEP_OTHERWISE : STEP_OBJECT, own);
    this.#set(at, kind === KIND_TEST ? STEP_CUT : STEP_NUMBER, second);
    return at;
  }

  chain({ segments, open }: Chain): void {
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
