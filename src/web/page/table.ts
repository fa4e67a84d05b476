/** All services in one table. */
import { DEEDS, type Deed } from "./actions.ts";
import type { App, Screen } from "./app.ts";
import { element } from "./element.ts";
import { COLUMNS, type Column, type Order } from "./pure/order.ts";
import { type Place, serviceAddress, tableAddress } from "./pure/place.ts";
import type { Row } from "./row.ts";
import { Selection } from "./selection.ts";
import { SelectionBar } from "./selection-bar.ts";
import { TableBody } from "./table-body.ts";
import { Head } from "./table-head.ts";
import { Toolbar } from "./toolbar.ts";

const ROWS_A_PAGE = 20;

export class Table implements Screen {
  readonly element: HTMLElement;
  private readonly app: App;
  private readonly body: TableBody;
  private readonly head: Head;
  private readonly toolbar: Toolbar;
  private readonly bar: SelectionBar;
  private readonly empty = element("p", { class: "empty", hidden: true });
  private readonly selection = new Selection();
  private order: Order = { by: "name", isReversed: false };
  private words = "";
  private isStale = false;

  constructor(app: App) {
    this.app = app;
    this.toolbar = new Toolbar((words) => this.filter(words));
    this.head = new Head({
      sort: (by) => this.sort(by),
      selectAll: (isSelected) => this.selectAll(isSelected),
    });
    this.bar = new SelectionBar({
      perform: (deed) => void this.perform(deed),
      offer: () => void this.offer(),
      clear: () => this.clearSelection(),
    });
    this.body = new TableBody(
      app,
      {
        perform: (deed, name) => void app.perform(deed, [name]),
        offer: (name) => void app.offer([name]),
        select: (name, isSelected) => this.select(name, isSelected),
      },
      () => this.drew(),
    );
    const table = element(
      "table",
      { role: "grid", class: "services", "aria-multiselectable": "true", "aria-label": "Services" },
      this.head.element,
      this.body.element,
    );
    this.body.element.addEventListener("focusin", (event) => this.focused(event));
    this.body.element.addEventListener("dblclick", (event) => this.opened(event));
    this.element = element(
      "section",
      { class: "table" },
      this.toolbar.element,
      element("div", { class: "wide" }, table),
      this.empty,
      this.bar.element,
    );
  }

  enter({ words }: Place): void {
    const sort = words.get("sort") ?? "name";
    const by = COLUMNS.find((column) => column === sort.replace(/^-/, "")) ?? "name";
    this.order = { by, isReversed: sort.startsWith("-") };
    this.words = words.get("filter") ?? "";
    this.toolbar.show(this.words);
    document.title = "Timberline";
    this.arrange();
    this.focusCurrent();
  }

  leave(): void {}

  update(changed: readonly string[], gone: readonly string[]): void {
    for (const name of gone) this.selection.set(name, false);
    const isNew = this.body.update(changed, gone);
    this.toolbar.count([...this.app.services.all.values()]);
    // Rows that change are put in their places once a second: none jumps away under a finger.
    this.isStale = true;
    if (isNew || gone.length > 0) this.arrange();
  }

  tick(): void {
    if (this.isStale) this.arrange();
    this.body.tick();
  }

  press(event: KeyboardEvent): boolean {
    const { key } = event;
    if (key === "/") this.toolbar.focus();
    else if (key === "Escape") this.escape();
    else if (key === "A") this.selectAll(this.selection.size < this.body.names.length);
    else if (key === ".") void this.offer();
    else if (key === "Enter" && this.isInBody()) this.open();
    else if (key === " " && this.isInBody()) this.toggleCurrent();
    else return this.pressMove(event) || this.pressDeed(key);
    return true;
  }

  private arrange(): void {
    this.isStale = false;
    this.body.arrange(this.words, this.order);
  }

  private drew(): void {
    this.head.show(this.order);
    this.showEmptiness();
    this.rove();
    this.showSelection();
  }

  private showEmptiness(): void {
    this.empty.hidden = this.body.names.length > 0;
    if (this.empty.hidden) return;
    this.empty.textContent =
      this.app.services.all.size === 0
        ? "There are no services here yet. A directory with a file run in it, in the scan directory, is one."
        : "No service is like that. Esc clears the filter.";
  }

  /** One row can be reached by Tab: the current one, else the first. */
  private rove(): void {
    const rows = this.body.made;
    const current = this.currentRow() ?? rows[0];
    for (const row of rows) row.element.tabIndex = row === current ? 0 : -1;
  }

  private currentRow(): Row | undefined {
    return this.body.row(this.selection.current ?? "");
  }

  private focusCurrent(): void {
    this.currentRow()?.element.focus();
  }

  private isInBody(): boolean {
    const { activeElement } = document;
    return activeElement?.parentElement === this.body.element;
  }

  private focused(event: FocusEvent): void {
    const row = rowOf(event.target);
    if (row === undefined || row === this.selection.current) return;
    this.selection.current = row;
    this.rove();
  }

  private opened(event: MouseEvent): void {
    const name = rowOf(event.target);
    if (name !== undefined) location.hash = serviceAddress(name);
  }

  private open(): void {
    const { current } = this.selection;
    if (current !== undefined) location.hash = serviceAddress(current);
  }

  private pressMove(event: KeyboardEvent): boolean {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: ROWS_A_PAGE,
      PageUp: -ROWS_A_PAGE,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const step = steps[event.key];
    const { names } = this.body;
    if (step === undefined || names.length === 0) return false;
    const from = this.currentRow();
    const outside = step > 0 ? -1 : names.length;
    const at = from !== undefined && this.isInBody() ? names.indexOf(from.name) : outside;
    const to = this.body.row(names[Math.min(names.length - 1, Math.max(0, at + step))] ?? "");
    if (to === undefined) return false;
    if (event.shiftKey) {
      if (from !== undefined) this.selection.set(from.name, true);
      this.selection.set(to.name, true);
      this.showSelection();
    }
    to.element.focus();
    return true;
  }

  private pressDeed(key: string): boolean {
    const deed = DEEDS.find((one) => one.key === key);
    if (deed === undefined) return false;
    void this.perform(deed);
    return true;
  }

  private escape(): void {
    if (this.selection.size > 0) this.clearSelection();
    else if (this.words !== "") this.filter("");
  }

  private filter(words: string): void {
    this.words = words;
    this.toolbar.show(words);
    this.keepPlace();
    this.arrange();
  }

  private sort(by: Column): void {
    this.order = { by, isReversed: this.order.by === by && !this.order.isReversed };
    this.keepPlace();
    this.arrange();
  }

  /** In the address, without a step to go back to for each letter. */
  private keepPlace(): void {
    const { by, isReversed } = this.order;
    const sort = `${isReversed ? "-" : ""}${by}`;
    const address = tableAddress({ filter: this.words, sort: sort === "name" ? "" : sort });
    history.replaceState(null, "", address);
  }

  private select(name: string, isSelected: boolean): void {
    this.selection.set(name, isSelected);
    this.showSelection();
  }

  private toggleCurrent(): void {
    const { current } = this.selection;
    if (current !== undefined) this.select(current, !this.selection.has(current));
  }

  private selectAll(isSelected: boolean): void {
    for (const name of this.body.names) this.selection.set(name, isSelected);
    this.showSelection();
  }

  private clearSelection(): void {
    this.selection.clear();
    this.showSelection();
  }

  private showSelection(): void {
    for (const row of this.body.made) row.isSelected = this.selection.has(row.name);
    const count = this.body.names.filter((name) => this.selection.has(name)).length;
    this.head.showSelected(count, this.body.names.length);
    this.bar.show(this.app.me.readOnly ? 0 : count, this.app.services.all.size);
  }

  private async perform(deed: Deed): Promise<void> {
    if (!this.app.me.readOnly) await this.app.perform(deed, this.selection.meant(this.body.names));
  }

  private async offer(): Promise<void> {
    if (!this.app.me.readOnly) await this.app.offer(this.selection.meant(this.body.names));
  }
}

function rowOf(target: EventTarget | null): string | undefined {
  const row = target instanceof Element ? target.closest("tr") : null;
  return row?.dataset["name"];
}
