/** The deaths of a service, newest first, each with the lines of its log around it. */
import { type DeathTold, linesAroundDeath, Refusal } from "./api.ts";
import type { App } from "./app.ts";
import { element, setText } from "./element.ts";
import { lineElement } from "./line-element.ts";
import { roughly, span } from "./pure/words.ts";
import { clock, dayOf } from "./times.ts";

interface Shown {
  readonly element: HTMLElement;
  readonly ago: HTMLElement;
  readonly at: string;
}

export class DeathsView {
  readonly element: HTMLElement;
  private readonly app: App;
  private readonly name: string;
  private readonly list = element("ol", { class: "deaths" });
  private readonly none = element("p", { class: "empty" }, "No death of it is known.");
  private readonly shown = new Map<string, Shown>();

  constructor(app: App, name: string) {
    this.app = app;
    this.name = name;
    this.element = element("div", {}, this.none, this.list);
  }

  /** @param deaths  oldest first */
  take(deaths: readonly DeathTold[]): void {
    const kept = new Set(deaths.map(({ label }) => label));
    for (const [label, { element: item }] of this.shown) {
      if (kept.has(label)) continue;
      item.remove();
      this.shown.delete(label);
    }
    for (const death of deaths) {
      if (this.shown.has(death.label)) continue;
      const item = this.itemOf(death);
      this.shown.set(death.label, item);
      this.list.prepend(item.element);
    }
    this.none.hidden = deaths.length > 0;
    this.tick();
  }

  tick(): void {
    for (const { ago, at } of this.shown.values())
      setText(ago, `${roughly(this.app.services.secondsSince(at))} ago`);
  }

  private itemOf(death: DeathTold): Shown {
    const { at, words, pid, uptimeSeconds } = death;
    const says = element("b");
    setText(says, words);
    const ago = element("span", { class: "quiet" });
    const lines = element("div", { class: "lines", hidden: true });
    const button = element("button", { type: "button", "aria-expanded": "false" }, "Log around it");
    button.addEventListener("click", () => {
      lines.hidden = !lines.hidden;
      button.setAttribute("aria-expanded", String(!lines.hidden));
      if (!lines.hidden) void this.fill(lines, death);
    });
    const facts = [
      pid === undefined ? "" : `pid ${pid}`,
      uptimeSeconds === undefined ? "" : `ran ${span(uptimeSeconds)}`,
    ].filter((fact) => fact !== "");
    const item = element(
      "li",
      {},
      element(
        "div",
        { class: "one-death" },
        element("time", { datetime: at }, `${dayOf(at)} ${clock(at)}`),
        says,
        element("span", { class: "quiet" }, facts.join(", ")),
        ago,
        button,
      ),
      lines,
    );
    return { element: item, ago, at };
  }

  private async fill(lines: HTMLElement, { label, at, words }: DeathTold): Promise<void> {
    try {
      const around = await linesAroundDeath(this.name, label);
      const after = around.findIndex((line) => line.label !== null && line.label > label);
      const items: HTMLElement[] = around.map((line) => lineElement(line));
      const mark = element("div", { class: "died" });
      setText(mark, `${clock(at)} ${words}`);
      items.splice(after < 0 ? items.length : after, 0, mark);
      lines.replaceChildren(...items);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      lines.replaceChildren(element("p", { class: "empty" }, error.message));
    }
  }
}
