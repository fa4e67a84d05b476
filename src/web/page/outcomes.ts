/** The line at the bottom: what came of what was asked for. It is read aloud, and the last ones can be looked at again. */
import { element, setText } from "./element.ts";
import { visible } from "./pure/marks.ts";
import { plural } from "./pure/words.ts";
import { clock } from "./times.ts";

const KEPT = 200;

export class Outcomes {
  readonly element: HTMLElement;
  private readonly line = element(
    "output",
    { role: "status", "aria-live": "polite" },
    "? tells the keys",
  );
  private readonly list = element("ol", { class: "history", hidden: true });
  private readonly toggle: HTMLButtonElement;

  constructor() {
    this.toggle = element("button", {
      type: "button",
      class: "plain",
      hidden: true,
      "aria-expanded": "false",
      click: () => this.show(this.list.hasAttribute("hidden")),
    });
    const row = element("div", { class: "last" }, this.line, this.toggle);
    this.element = element("footer", {}, this.list, row);
  }

  /** Says something that something else will follow. */
  note(words: string): void {
    setText(this.line, words);
    this.line.className = "";
  }

  /** @param parts  what came of each service, where there are several */
  say(
    words: string,
    isBad: boolean,
    parts: readonly { words: string; isBad: boolean }[] = [],
  ): void {
    this.note(words);
    this.line.className = isBad ? "bad" : "";
    const at = clock(new Date().toISOString()).slice(0, "14:30:05".length);
    const details = parts.map((part) =>
      element("li", { class: part.isBad ? "bad" : "" }, visible(part.words)),
    );
    this.list.prepend(
      element(
        "li",
        { class: isBad ? "bad" : "" },
        element("time", {}, at),
        element("span", {}, visible(words)),
        details.length === 0 ? undefined : element("ul", {}, ...details),
      ),
    );
    while (this.list.children.length > KEPT) this.list.lastElementChild?.remove();
    this.toggle.hidden = false;
    this.label();
  }

  private show(isShown: boolean): void {
    this.list.hidden = !isShown;
    this.toggle.setAttribute("aria-expanded", String(isShown));
    this.label();
  }

  private label(): void {
    const count = plural(this.list.children.length, "outcome");
    this.toggle.textContent = this.list.hasAttribute("hidden") ? count : "Hide";
  }
}
