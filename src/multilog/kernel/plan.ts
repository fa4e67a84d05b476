/** What the steps of a script are: actions that share a selection share a group or a slot. */
import { parseFnmatch } from "./fnmatch.ts";
import { GROUPS_MAX, STATUS_SLOTS_MAX, STDERR_ACTIONS_MAX } from "./layout.ts";
import { type Pattern, parseSimple } from "./pattern.ts";
import type { KernelAction } from "./program.ts";

type Test = Extract<KernelAction, { pattern: Uint8Array }>;

export interface PlannedTest {
  readonly kind: "test";
  readonly action: Test;
  readonly pattern: Pattern;
}

/** An action with its pattern taken apart, or with the group or slot that it shares. */
export type Step =
  | PlannedTest
  | { readonly kind: "stderr" }
  | { readonly kind: "status"; readonly slot: number }
  | { readonly kind: "group"; readonly group: number };

export interface Plan {
  readonly steps: readonly Step[];
  readonly groupOf: readonly number[];
  readonly slotOf: readonly number[];
  readonly groups: number;
  readonly slots: number;
  /** Whether group 0 takes every line as it came. */
  readonly alias: boolean;
}

/**
 * Finds the actions that share a selection: those with no test between them.
 *
 * @throws RangeError when there are more of a kind than the kernel has room for
 */
export function planSteps(actions: readonly KernelAction[], stamped: boolean): Plan {
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
