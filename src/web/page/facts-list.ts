/** The facts of one service, as a list. */
import type { App } from "./app.ts";
import { element, setClass, setText } from "./element.ts";
import * as facts from "./facts.ts";
import { isStalled, type Seen } from "./pure/filter.ts";
import type { Services } from "./services.ts";
import { clock, dayOf } from "./times.ts";

type Fact = (seen: Seen, services: Services) => string;

/** One that is empty is left out. */
const FACTS: readonly [label: string, fact: Fact][] = [
  ["Trouble", (seen) => seen.error ?? ""],
  ["Uptime", facts.uptimeWords],
  [
    "Since",
    ({ since }) =>
      since === null ? "" : `${dayOf(since)} ${clock(since).slice(0, -".000".length)}`,
  ],
  ["Pid", ({ pid }) => (pid === null ? "" : String(pid))],
  ["Ready", (seen) => (seen.ready === null ? "" : facts.readyWords(seen))],
  ["Wanted", ({ want, normally }) => `${want ?? "nothing"}, normally ${normally}`],
  ["Group", ({ group }) => group ?? ""],
  [
    "Restarts",
    ({ deaths, flapping }) => `${deaths.hour} in the last hour${flapping ? ", flapping" : ""}`,
  ],
  ["Last death", facts.deathWords],
  ["Log", logWords],
  ["Stalled", stalledWords],
];

export class FactsList {
  readonly element: HTMLElement = element("dl", { class: "facts" });
  readonly state: HTMLElement = element("span", { class: "badge" });
  private readonly app: App;
  private readonly values: HTMLElement[] = [];

  constructor(app: App) {
    this.app = app;
    for (const [label] of FACTS) {
      const value = element("dd");
      this.values.push(value);
      this.element.append(element("div", { hidden: true }, element("dt", {}, label), value));
    }
  }

  show(seen: Seen): void {
    setText(this.state, facts.stateWords(seen));
    setClass(this.state, `badge ${facts.stateClass(seen)}`);
    for (const [at, [, fact]] of FACTS.entries()) {
      const value = this.values[at];
      if (value === undefined) continue;
      const words = fact(seen, this.app.services);
      setText(value, words);
      if (value.parentElement !== null) value.parentElement.hidden = words === "";
    }
  }
}

function logWords(seen: Seen): string {
  const { log } = seen;
  if (log === null) return "none";
  const rotations = log.rotations === null ? "" : `, ${log.rotations} rotations`;
  return `${facts.bytesWords(seen)}, ${facts.rateWords(seen)} lines/s${rotations}`;
}

function stalledWords(seen: Seen, services: Services): string {
  if (!isStalled(seen)) return "";
  return `${facts.stalledWords(seen, services)}: ${seen.log?.stalledWhy ?? ""}`;
}
