/** What can be done to the selected services; there only while some are. */
import { DEEDS, type Deed } from "./actions.ts";
import { element } from "./element.ts";
import { plural } from "./pure/words.ts";

interface BarListener {
  perform(deed: Deed): void;
  offer(): void;
  clear(): void;
}

export class SelectionBar {
  readonly element: HTMLElement;
  private readonly count = element("b");

  constructor(listener: BarListener) {
    const buttons = DEEDS.map((deed) =>
      element(
        "button",
        {
          type: "button",
          title: `${deed.says} (${deed.key ?? ""})`,
          click: () => listener.perform(deed),
        },
        deed.label,
      ),
    );
    this.element = element(
      "div",
      { class: "selected", role: "toolbar", "aria-label": "Selected services", hidden: true },
      this.count,
      ...buttons,
      element("button", { type: "button", click: () => listener.offer() }, "More …"),
      element("button", { type: "button", class: "plain", click: () => listener.clear() }, "Clear"),
    );
  }

  show(count: number, all: number): void {
    this.element.hidden = count === 0;
    this.count.textContent =
      count === all && all > 1 ? `all ${all} services` : `${plural(count, "service")} selected`;
  }
}
