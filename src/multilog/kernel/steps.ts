/** Lays a plan down as the graph of steps that program.ts draws. */
import {
  CHOICE_TESTS_MAX,
  GROUP_BYTES,
  GROUPS_AT,
  KIND_END,
  KIND_GROUP,
  KIND_STATUS,
  KIND_STDERR,
} from "./layout.ts";
import type { Chain } from "./pattern.ts";
import type { Plan, PlannedTest } from "./plan.ts";
import type { Choice, Table } from "./table.ts";

/** Fewer tests are made as fast one by one. */
const CHOICE_TESTS_LEAST = 3;

/** Where the lines go that are selected here (or those that are not): the step that they come to. */
class Way {
  readonly #table: Table;
  /** The first step, as long as `#run` is no choice. */
  #step: number;
  /** The tests that the way begins with, the nearest one first, as far as one choice can stand for them. */
  #run: { readonly at: number; readonly chain: Chain }[] = [];
  /** The step behind them. */
  #behind = 0;
  readonly #choices: boolean;

  constructor(table: Table, step: number, choices: boolean) {
    this.#table = table;
    this.#step = step;
    this.#choices = choices;
  }

  /** The step that lines come to from here. */
  enter(): number {
    const choice = this.#choices ? asChoice(this.#run) : undefined;
    if (choice !== undefined) this.lead(this.#table.choice(this.#behind, choice));
    return this.#step;
  }

  /** Puts a step in front; its own next one was `enter()`. */
  lead(step: number): void {
    this.#step = step;
    this.#run = [];
  }

  /** Puts a test in front, for lines that go on this way unless they match. */
  test({ pattern, action }: PlannedTest, matched: number): void {
    if (pattern === "always" || pattern === "never") {
      if (pattern === "always") this.lead(matched);
      return;
    }
    const cut = action.match === "fnmatch";
    if (cut || !this.#joins(pattern)) this.lead(this.enter());
    if (this.#run.length === 0) this.#behind = this.#step;
    const at = this.#table.test(pattern, cut, matched, this.#step);
    if (!cut) this.#run.unshift({ at, chain: pattern });
    this.#step = at;
  }

  /** Whether a pattern begins at the same place as those of the run. */
  #joins(chain: Chain): boolean {
    const [nearest] = this.#run;
    const [begin, other] = [chain.segments[0], nearest?.chain.segments[0]];
    return (
      this.#run.length < CHOICE_TESTS_MAX &&
      begin?.place === other?.place &&
      begin?.first === other?.first
    );
  }
}

/** A choice for a run of tests, where it is worth a step. */
function asChoice(run: readonly { at: number; chain: Chain }[]): Choice | undefined {
  const first = run[0]?.chain.segments[0]?.first;
  if (first === undefined || run.length < CHOICE_TESTS_LEAST) return undefined;
  const tests = run.map(({ at, chain }) => {
    const token = chain.segments[0]?.tokens[first < 0 ? 0 : 1];
    return { at, telling: typeof token === "number" ? token : undefined };
  });
  return { first, tests };
}

/**
 * @param choices  whether runs of tests get a choice in front: faster, and larger
 * @returns the address of the first step
 * @throws RangeError when the table has no room for the plan
 */
export function layDownSteps(table: Table, plan: Plan, choices: boolean): number {
  const end = table.step(KIND_END, 0);
  const selected = new Way(table, end, choices);
  const deselected = new Way(table, end, choices);
  for (const step of plan.steps.toReversed()) {
    switch (step.kind) {
      case "test":
        if (step.action.kind === "select") deselected.test(step, selected.enter());
        else selected.test(step, deselected.enter());
        break;
      case "stderr":
        selected.lead(table.step(KIND_STDERR, selected.enter()));
        break;
      case "status":
        selected.lead(table.step(KIND_STATUS, selected.enter(), step.slot));
        break;
      case "group": {
        const record = GROUPS_AT + step.group * GROUP_BYTES;
        selected.lead(table.step(KIND_GROUP, selected.enter(), record, step.group));
        break;
      }
    }
  }
  return selected.enter();
}
