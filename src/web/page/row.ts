/** A service's row of the table. What has not changed is not touched: a thousand of them stay cheap. */
import { DEEDS, type Deed } from "./actions.ts";
import type { App } from "./app.ts";
import { Bars } from "./bars.ts";
import { element, icon, setClass, setText, setTitle } from "./element.ts";
import * as facts from "./facts.ts";
import { MORE } from "./icons.ts";
import type { Seen } from "./pure/filter.ts";
import { serviceAddress } from "./pure/place.ts";

export interface RowListener {
  perform(deed: Deed, name: string): void;
  offer(name: string): void;
  select(name: string, isSelected: boolean): void;
}

export class Row {
  readonly element: HTMLTableRowElement;
  private readonly app: App;
  private readonly box: HTMLInputElement;
  private readonly cells: Record<string, HTMLElement> = {};
  private readonly bars = new Bars();
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private seen: Seen;

  constructor(app: App, seen: Seen, listener: RowListener) {
    this.app = app;
    this.seen = seen;
    const { name } = seen;
    this.box = element("input", {
      type: "checkbox",
      tabindex: -1,
      "aria-label": `select ${name}`,
      change: () => listener.select(name, this.box.checked),
    });
    this.element = element("tr", { role: "row", tabindex: -1, "aria-selected": "false" });
    this.element.dataset["name"] = name;
    this.element.append(
      element("td", { role: "gridcell", class: "box" }, this.box),
      this.nameCell(),
      this.cell("state", "state"),
      this.cell("ready", "ready"),
      this.cell("pid", "pid number"),
      this.cell("uptime", "uptime number"),
      this.restartsCell(),
      this.cell("death", "death"),
      this.cell("rate", "rate number"),
      this.cell("bytes", "bytes number"),
      this.cell("stalled", "stalled number"),
      element("td", { role: "gridcell", class: "deeds" }, ...this.deedButtons(listener)),
    );
    this.update(seen);
  }

  get name(): string {
    return this.seen.name;
  }

  set isSelected(isSelected: boolean) {
    this.box.checked = isSelected;
    this.element.setAttribute("aria-selected", String(isSelected));
  }

  update(seen: Seen): void {
    this.seen = seen;
    const { group, error, log, pid, deaths } = seen;
    this.set("group", group ?? "");
    this.set("state", facts.stateWords(seen));
    setTitle(this.at("state"), error ?? facts.stateWords(seen));
    setClass(this.at("state"), `badge ${facts.stateClass(seen)}`);
    this.set("error", error ?? "");
    this.set("ready", facts.readyWords(seen));
    this.set("pid", pid === null ? "" : String(pid));
    this.bars.draw(deaths.perMinute);
    this.set("restarts", String(deaths.hour));
    this.set("rate", facts.rateWords(seen));
    this.set("bytes", facts.bytesWords(seen));
    setTitle(this.at("stalled"), log?.stalledWhy ?? "");
    setClass(this.at("stalled"), facts.stalledClass(seen));
    this.showDeeds();
    this.tick();
  }

  /** What changes by itself. */
  tick(): void {
    const { services } = this.app;
    this.set("uptime", facts.uptimeWords(this.seen, services));
    this.set("death", facts.deathWords(this.seen, services));
    setTitle(this.at("death"), this.seen.lastDeath?.words ?? "");
    this.set("stalled", facts.stalledWords(this.seen, services));
  }

  private nameCell(): HTMLElement {
    const link = element("a", { href: serviceAddress(this.name), tabindex: -1 });
    setText(link, this.name);
    setTitle(link, this.name);
    const group = this.keep("group", element("small", { class: "group" }));
    const error = this.keep("error", element("small", { class: "error" }));
    return element("th", { role: "rowheader", scope: "row", class: "name" }, link, group, error);
  }

  private restartsCell(): HTMLElement {
    const count = this.keep("restarts", element("span", { class: "count" }));
    return element("td", { role: "gridcell", class: "restarts" }, this.bars.element, count);
  }

  private cell(key: string, classes: string): HTMLElement {
    const inside = this.keep(key, element("span"));
    return element("td", { role: "gridcell", class: classes }, inside);
  }

  private keep(key: string, node: HTMLElement): HTMLElement {
    this.cells[key] = node;
    return node;
  }

  private at(key: string): HTMLElement {
    const cell = this.cells[key];
    if (cell === undefined) throw new Error(`there is no cell ${key}`);
    return cell;
  }

  private set(key: string, text: string): void {
    setText(this.at(key), text);
  }

  private deedButtons(listener: RowListener): HTMLElement[] {
    if (this.app.me.readOnly) return [];
    const buttons = DEEDS.filter((deed) => deed.icon !== undefined).map((deed) => {
      const button = element(
        "button",
        {
          type: "button",
          tabindex: -1,
          title: `${deed.label} (${deed.key ?? ""})`,
          "aria-label": `${deed.label} ${this.name}`,
          click: () => listener.perform(deed, this.name),
        },
        icon(deed.icon ?? ""),
      );
      this.buttons.set(deed.action, button);
      return button;
    });
    const more = element(
      "button",
      {
        type: "button",
        tabindex: -1,
        title: "Everything else (.)",
        "aria-label": `more for ${this.name}`,
        click: () => listener.offer(this.name),
      },
      icon(MORE),
    );
    return [...buttons, more];
  }

  /** Start or stop, whichever there is to do. */
  private showDeeds(): void {
    const isWanted = this.seen.want === "up" || this.seen.pid !== null;
    const [start, stop] = [this.buttons.get("start"), this.buttons.get("stop")];
    if (start !== undefined) start.hidden = isWanted;
    if (stop !== undefined) stop.hidden = !isWanted;
  }
}
