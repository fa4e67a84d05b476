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
 * A pattern that always matches (`-*`) is no step at all. Tests that follow one another and whose
 * patterns begin at the same place stand behind one *choice*, which looks at one byte to say which of
 * them can match: ten such patterns then cost about as much as one. Each step has its address when the steps
 * after it are known, so they are laid down from the last action to the first.
 */
import {
  HEADER_ALIAS,
  HEADER_AREA_BYTES,
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
  MODE_COPY,
  MODE_COUNT,
  MODE_JUDGE,
  OUTPUT_BYTES,
  STAMP_BYTES_MAX,
  STEP_NEXT,
} from "./layout.ts";
import { type Plan, planSteps } from "./plan.ts";
import { layDownSteps } from "./steps.ts";
import { Table } from "./table.ts";

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
  const { table, first } = layDown(plan);
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

function layDown(plan: Plan): { table: Table; first: number } {
  try {
    const table = new Table();
    return { table, first: layDownSteps(table, plan, true) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const table = new Table();
    return { table, first: layDownSteps(table, plan, false) };
  }
}

function checkStamp({ bytes, counterAt, digits }: StampForm): void {
  if (bytes > STAMP_BYTES_MAX) throw new RangeError(`stamp of ${bytes} bytes: at most 62`);
  if (digits < 2 || digits > 9) throw new RangeError(`counter of ${digits} digits: 2 to 9`);
  if (counterAt < 0 || counterAt + digits > bytes) {
    throw new RangeError(`counter at ${counterAt} stands outside the stamp`);
  }
}

function chooseMode(table: Table, first: number, stamped: boolean): number {
  const kind = table.word(first);
  if (kind === KIND_END && !stamped) return MODE_COUNT;
  if (kind === KIND_GROUP && table.word(table.word(first + STEP_NEXT)) === KIND_END) {
    return MODE_COPY;
  }
  return MODE_JUDGE;
}
