/** Which of a service's logs is shown; there only where it has several. */
import { element } from "./element.ts";
import type { LogQuery } from "./pure/log-query.ts";
import { visible } from "./pure/marks.ts";

type Chosen = Pick<LogQuery, "isStderr" | "directory">;

const ALL: Chosen = { isStderr: false, directory: "" };

export class LogChoice {
  readonly element: HTMLSelectElement = element("select", {
    "aria-label": "Which log",
    hidden: true,
  });
  private choices: readonly Chosen[] = [ALL];
  private query: Chosen = ALL;

  get chosen(): Chosen {
    return this.choices[this.element.selectedIndex] ?? ALL;
  }

  show({ isStderr, directory }: Chosen): void {
    this.query = { isStderr, directory };
    this.element.selectedIndex = this.choices.findIndex((one) => isSame(one, this.query));
  }

  offer(logs: readonly string[], stderrLogs: readonly string[]): void {
    const some = [...choicesOf(logs, false), ...choicesOf(stderrLogs, true)];
    // One that was asked for in the address and is not there stays a choice: what is shown is said.
    const isKnown = [ALL, ...some].some((one) => isSame(one, this.query));
    this.choices = [...(logs.length > 0 ? [ALL] : []), ...some, ...(isKnown ? [] : [this.query])];
    this.element.replaceChildren(...this.choices.map((one) => element("option", {}, labelOf(one))));
    this.element.hidden = this.choices.length < 2;
    this.show(this.query);
  }
}

/** One alone is the same as all of them. */
function choicesOf(names: readonly string[], isStderr: boolean): Chosen[] {
  const all = isStderr && names.length > 0 ? [{ isStderr, directory: "" }] : [];
  if (names.length < 2) return all;
  return [...all, ...names.map((directory) => ({ isStderr, directory }))];
}

function isSame(one: Chosen, other: Chosen): boolean {
  return one.isStderr === other.isStderr && one.directory === other.directory;
}

function labelOf({ isStderr, directory }: Chosen): string {
  if (directory === "") return isStderr ? "stderr" : "all of its log";
  return visible(isStderr ? `stderr: ${directory}` : directory);
}
