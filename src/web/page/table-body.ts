/** The rows of the table: those that the filter leaves, in their order, as many as have been drawn so far. */
import type { App } from "./app.ts";
import { element } from "./element.ts";
import { filterOf, type Seen } from "./pure/filter.ts";
import { compare, type Order } from "./pure/order.ts";
import { Row, type RowListener } from "./row.ts";

/** A screen is full at once; the others follow in pieces, so that the page answers meanwhile. */
const FIRST_ROWS = 60;
const MORE_ROWS = 120;

export class TableBody {
  readonly element: HTMLElement = element("tbody", { role: "rowgroup" });
  private readonly app: App;
  private readonly listener: RowListener;
  private readonly drew: () => void;
  private readonly rows = new Map<string, Row>();
  /** Names of what the filter leaves, in order. */
  private shown: readonly string[] = [];
  /** So many of them have their rows in the document. */
  private drawn = FIRST_ROWS;

  /** @param drew  called when rows have come or gone */
  constructor(app: App, listener: RowListener, drew: () => void) {
    this.app = app;
    this.listener = listener;
    this.drew = drew;
  }

  get names(): readonly string[] {
    return this.shown;
  }

  /** Those of them that are made. */
  get made(): readonly Row[] {
    return this.shown.flatMap((name) => this.rows.get(name) ?? []);
  }

  /** @returns the row of a service that is shown */
  row(name: string): Row | undefined {
    return this.shown.includes(name) ? this.rows.get(name) : undefined;
  }

  /** @returns whether there is one that was not there before */
  update(changed: readonly string[], gone: readonly string[]): boolean {
    for (const name of gone) {
      this.rows.get(name)?.element.remove();
      this.rows.delete(name);
    }
    let isNew = false;
    for (const name of changed) {
      const seen = this.app.services.all.get(name);
      if (seen !== undefined) this.rows.get(name)?.update(seen);
      isNew ||= !this.rows.has(name);
    }
    return isNew;
  }

  tick(): void {
    for (const row of this.made) row.tick();
  }

  /** Finds out what is to be shown, in which order, and shows it. */
  arrange(words: string, order: Order): void {
    this.shown = [...this.app.services.all.values()]
      .filter(filterOf(words))
      .sort(compare(order))
      .map(({ name }) => name);
    this.draw();
  }

  private draw(): void {
    const focused = document.activeElement;
    const rows = this.shown.slice(0, this.drawn).map((name) => this.rowFor(name));
    const kept = new Set<Element>(rows.map((row) => row.element));
    for (const row of this.rows.values()) if (!kept.has(row.element)) row.element.remove();
    let next = this.element.firstElementChild;
    for (const { element: row } of rows) {
      if (row === next) next = row.nextElementSibling;
      else this.element.insertBefore(row, next);
    }
    if (focused instanceof HTMLElement && focused !== document.activeElement && kept.has(focused))
      focused.focus({ preventScroll: true });
    if (this.drawn < this.shown.length) setTimeout(() => this.drawMore());
    this.drew();
  }

  private drawMore(): void {
    if (this.drawn >= this.shown.length) return;
    this.drawn += MORE_ROWS;
    this.draw();
  }

  private rowFor(name: string): Row {
    const known = this.rows.get(name);
    if (known !== undefined) return known;
    const row = new Row(this.app, this.seen(name), this.listener);
    this.rows.set(name, row);
    return row;
  }

  private seen(name: string): Seen {
    const seen = this.app.services.all.get(name);
    if (seen === undefined) throw new Error(`there is no service ${name}`);
    return seen;
  }
}
