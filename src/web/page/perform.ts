/** Doing something to services: it is asked where it is grave, asked for, and what came of it is said. */
import type { Outcome } from "../tree/shapes.ts";
import { type Deed, questionOf } from "./actions.ts";
import { act, Refusal } from "./api.ts";
import { ask } from "./dialogs.ts";
import type { Outcomes } from "./outcomes.ts";
import { plural } from "./pure/words.ts";

const WAIT_SECONDS = 15;

/** What was asked for here, until everybody is told what came of it: who asked has been told then. */
export class OwnDeeds {
  private readonly expected = new Map<string, number>();

  expect(action: string, names: readonly string[]): void {
    for (const name of names) this.add(`${action} ${name}`, 1);
  }

  /** @returns whether it was one of them */
  take(action: string, name: string): boolean {
    const key = `${action} ${name}`;
    if (!this.expected.has(key)) return false;
    this.add(key, -1);
    return true;
  }

  private add(key: string, more: number): void {
    const count = (this.expected.get(key) ?? 0) + more;
    if (count > 0) this.expected.set(key, count);
    else this.expected.delete(key);
  }
}

interface Around {
  /** How many services there are. */
  readonly all: number;
  readonly outcomes: Outcomes;
  readonly own: OwnDeeds;
}

export async function perform(
  deed: Deed,
  names: readonly string[],
  { all, outcomes, own }: Around,
): Promise<void> {
  const [first] = names;
  if (first === undefined) {
    outcomes.say(`${deed.label}: select a service first`, true);
    return;
  }
  const question = questionOf(deed, names.length, all);
  const whom = names.length === 1 ? first : plural(names.length, "service");
  if (question !== undefined && !(await ask(question, names, `${deed.label} ${whom}`))) return;
  outcomes.note(`${deed.label}: ${whom} …`);
  own.expect(deed.action, names);
  try {
    tell(deed, await act(names, deed.action, WAIT_SECONDS), outcomes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const name of names) own.take(deed.action, name);
    outcomes.say(`${deed.label}: ${whom}: ${error.message}`, true);
  }
}

function tell(deed: Deed, came: readonly Outcome[], outcomes: Outcomes): void {
  const parts = came.map((one) => ({ words: wordsOf(one), isBad: isBad(one) }));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    outcomes.say(`${deed.label}: ${only.words}`, only.isBad);
    return;
  }
  const bad = parts.filter((part) => part.isBad);
  const wrong = bad.length === 0 ? "" : `; ${bad[0]?.words ?? ""}${bad.length > 1 ? " …" : ""}`;
  const done = `${parts.length - bad.length} of ${plural(parts.length, "service")} done`;
  outcomes.say(`${deed.label}: ${done}${wrong}`, bad.length > 0, parts);
}

function wordsOf({ name, words }: Outcome): string {
  return words.startsWith(`${name}:`) ? words : `${name}: ${words}`;
}

function isBad({ ok, reached }: Outcome): boolean {
  return !ok || reached === false;
}
