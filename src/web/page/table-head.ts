/** The head of the table: what the columns are, by which of them it is sorted, and a box for all that is shown. */
import { element } from "./element.ts";
import type { Column, Order } from "./pure/order.ts";

const HEADINGS: readonly [
  column: Column | "ready",
  label: string,
  title: string,
  classes: string,
][] = [
  ["name", "Service", "its name, and its group", "name"],
  ["state", "State", "", "state"],
  ["ready", "Ready", "whether it has said that it can serve", "ready"],
  ["pid", "Pid", "process id", "pid number"],
  ["uptime", "Uptime", "", "uptime number"],
  ["restarts", "Restarts", "deaths in the last 60 minutes", "restarts"],
  ["death", "Last death", "", "death"],
  ["rate", "Lines/s", "lines a second into its log", "rate number"],
  ["bytes", "Log", "bytes of its log on the disk", "bytes number"],
  ["stalled", "Stalled", "for how long nothing is taken from it into its log", "stalled number"],
];

const LARGEST_FIRST: ReadonlySet<Column> = new Set([
  "restarts",
  "death",
  "rate",
  "bytes",
  "stalled",
]);

interface HeadListener {
  sort(by: Column): void;
  selectAll(isSelected: boolean): void;
}

export class Head {
  readonly element: HTMLElement;
  private readonly box: HTMLInputElement;
  private readonly cells = new Map<string, HTMLElement>();

  constructor(listener: HeadListener) {
    this.box = element("input", {
      type: "checkbox",
      "aria-label": "select all that are shown",
      title: "Select all that are shown (A)",
      change: () => listener.selectAll(this.box.checked),
    });
    const cells = HEADINGS.map(([column, label, title, classes]) => {
      const inside =
        column === "ready"
          ? element("span", {}, label)
          : element("button", { type: "button", click: () => listener.sort(column) }, label);
      const cell = element("th", { role: "columnheader", scope: "col", class: classes }, inside);
      if (title !== "") cell.title = title;
      this.cells.set(column, cell);
      return cell;
    });
    this.element = element(
      "thead",
      { role: "rowgroup" },
      element(
        "tr",
        { role: "row" },
        element("th", { role: "columnheader", class: "box" }, this.box),
        ...cells,
        element(
          "th",
          { role: "columnheader", class: "deeds" },
          element("span", { class: "unseen" }, "Actions"),
        ),
      ),
    );
  }

  show({ by, isReversed }: Order): void {
    const ascends = LARGEST_FIRST.has(by) === isReversed;
    for (const [column, cell] of this.cells) {
      if (column === by) cell.setAttribute("aria-sort", ascends ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
  }

  showSelected(count: number, all: number): void {
    this.box.checked = count > 0 && count === all;
    this.box.indeterminate = count > 0 && count < all;
  }
}
