/** Above the table: the filter, and how many services are in each state, which are filters as well. */
import { element } from "./element.ts";
import { filterOf, type Seen } from "./pure/filter.ts";

/** Each with the colour that it has in the table; without services it is left out. */
const COUNTED: readonly [word: string, classes: string][] = [
  ["up", "good"],
  ["starting", "changing"],
  ["stopping", "changing"],
  ["finishing", "changing"],
  ["held", "changing"],
  ["paused", "changing"],
  ["started", "idle"],
  ["down", "idle"],
  ["failed", "bad"],
  ["unsupervised", "bad"],
  ["flapping", "bad"],
  ["stalled", "bad"],
];

const FILTERS = COUNTED.map(([word]) => filterOf(`is:${word}`));

export class Toolbar {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly counts = element("div", {
    class: "counts",
    role: "group",
    "aria-label": "By state",
  });
  private readonly listener: (words: string) => void;
  private drawn = "";

  constructor(listener: (words: string) => void) {
    this.listener = listener;
    this.input = element("input", {
      type: "search",
      placeholder: "Filter: web, web*, mail:*, is:failed",
      "aria-label": "Filter services",
      autocomplete: "off",
      spellcheck: "false",
      input: () => listener(this.input.value),
      keydown: (event) => {
        if (event instanceof KeyboardEvent) this.press(event);
      },
    });
    this.element = element("div", { class: "toolbar" }, this.input, this.counts);
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  show(words: string): void {
    if (this.input.value !== words) this.input.value = words;
    for (const chip of this.counts.children)
      chip.setAttribute("aria-pressed", String(isIn(chip.getAttribute("data-word") ?? "", words)));
  }

  count(services: readonly Seen[]): void {
    const counts = FILTERS.map((filter) => services.filter(filter).length);
    const drawn = [services.length, ...counts].join(" ");
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const chips = COUNTED.flatMap(([word, classes], at) => {
      const count = counts[at] ?? 0;
      return count === 0 ? [] : [this.chip(`is:${word}`, `${count} ${word}`, classes)];
    });
    this.counts.replaceChildren(this.chip("", `${services.length} in all`, ""), ...chips);
    this.show(this.input.value);
  }

  private chip(word: string, label: string, classes: string): HTMLElement {
    const press = (): void => this.listener(isIn(word, this.input.value) ? "" : word);
    const chip = element(
      "button",
      { type: "button", class: `chip ${classes}`, click: press },
      label,
    );
    chip.dataset["word"] = word;
    return chip;
  }

  private press(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      if (this.input.value !== "") this.listener("");
      else this.input.blur();
      event.stopPropagation();
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      document.querySelector<HTMLElement>("table.services tbody tr[tabindex='0']")?.focus();
      event.preventDefault();
      event.stopPropagation();
    }
  }
}

/** Whether the filter is that word and nothing else. */
function isIn(word: string, words: string): boolean {
  return words.trim() === word;
}
