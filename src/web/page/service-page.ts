/** A service's own page: what it is, what can be done to it, its charts, and its log, deaths or files. */
import { DEEDS } from "./actions.ts";
import { type Detail, detailOf, Refusal } from "./api.ts";
import type { App, Screen } from "./app.ts";
import { Charts } from "./charts.ts";
import { DeathsView } from "./deaths-view.ts";
import { element, setText } from "./element.ts";
import { FactsList } from "./facts-list.ts";
import { FilesView } from "./files-view.ts";
import { LogView } from "./log-view.ts";
import { visible } from "./pure/marks.ts";
import { type Place, serviceAddress, tableAddress, type View } from "./pure/place.ts";

const TABS: readonly [view: View, label: string][] = [
  ["log", "Log"],
  ["deaths", "Deaths"],
  ["files", "Files"],
];

export class ServicePage implements Screen {
  readonly element: HTMLElement;
  private readonly app: App;
  private readonly name: string;
  private readonly facts: FactsList;
  private readonly charts: Charts;
  private readonly log: LogView;
  private readonly deaths: DeathsView;
  private readonly files = new FilesView();
  private readonly tabs = new Map<View, HTMLAnchorElement>();
  private readonly inside = element("div", { class: "view" });
  private readonly gone = element("p", { class: "empty", role: "alert", hidden: true });
  private view: View | undefined;
  private isLeft = false;
  /** What the detail was asked for last: it is asked again when that has changed. */
  private known = "";

  constructor(app: App, name: string) {
    this.app = app;
    this.name = name;
    this.facts = new FactsList(app);
    this.charts = new Charts(app.services);
    this.log = new LogView(name);
    this.deaths = new DeathsView(app, name);
    const title = element("h1");
    setText(title, name);
    this.element = element(
      "section",
      { class: "service" },
      element(
        "div",
        { class: "title" },
        element("a", { href: tableAddress(), class: "back", title: "All services (Esc)" }, "‹ All"),
        title,
        this.facts.state,
        this.deeds(),
      ),
      this.gone,
      element("div", { class: "overview" }, this.facts.element, this.charts.element),
      element("nav", { class: "tabs", "aria-label": "Views" }, ...this.tabLinks()),
      this.inside,
    );
  }

  enter(place: Place): void {
    document.title = `${visible(this.name)} – Timberline`;
    this.show(place.kind === "service" ? place.view : "log");
    if (this.view === "log") this.log.enter(place.words);
    this.refresh();
  }

  leave(): void {
    this.isLeft = true;
    this.log.leave();
    this.charts.leave();
  }

  update(): void {
    this.refresh();
  }

  tick(): void {
    const seen = this.app.services.all.get(this.name);
    if (seen === undefined) return;
    this.facts.show(seen);
    this.charts.take(seen);
    this.deaths.tick();
  }

  press(event: KeyboardEvent): boolean {
    const [view] = TABS[Number(event.key) - 1] ?? [];
    if (view !== undefined) location.hash = serviceAddress(this.name, view);
    else if (event.key === "Escape") location.hash = tableAddress();
    else if (event.key === ".") void this.offer();
    else return this.view === "log" && this.log.press(event);
    return true;
  }

  private deeds(): HTMLElement {
    if (this.app.me.readOnly) return element("div");
    const buttons = DEEDS.map((deed) =>
      element(
        "button",
        { type: "button", title: deed.says, click: () => void this.app.perform(deed, [this.name]) },
        deed.label,
      ),
    );
    const more = element(
      "button",
      { type: "button", title: "Everything (.)", click: () => void this.offer() },
      "More …",
    );
    return element(
      "div",
      { class: "deeds", role: "toolbar", "aria-label": "Actions" },
      ...buttons,
      more,
    );
  }

  private async offer(): Promise<void> {
    if (!this.app.me.readOnly) await this.app.offer([this.name]);
  }

  private tabLinks(): HTMLElement[] {
    return TABS.map(([view, label], at) => {
      const link = element(
        "a",
        { href: serviceAddress(this.name, view), title: `${label} (${at + 1})` },
        label,
      );
      this.tabs.set(view, link);
      return link;
    });
  }

  private show(view: View): void {
    for (const [one, link] of this.tabs) {
      if (one === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (this.view === view) return;
    if (this.view === "log") this.log.rest();
    this.view = view;
    const views = { log: this.log, deaths: this.deaths, files: this.files };
    this.inside.replaceChildren(views[view].element);
  }

  /** Shows the service as it is now, and asks for the rest where that has changed. */
  private refresh(): void {
    const seen = this.app.services.all.get(this.name);
    this.gone.hidden = seen !== undefined || this.app.services.all.size === 0;
    if (!this.gone.hidden) setText(this.gone, `There is no service ${this.name} (any more).`);
    if (seen === undefined) return;
    this.facts.show(seen);
    this.charts.take(seen);
    const known = `${seen.state} ${seen.deaths.kept} ${seen.lastDeath?.at ?? ""}`;
    if (known === this.known) return;
    this.known = known;
    void this.ask();
  }

  private async ask(): Promise<void> {
    try {
      const detail = await detailOf(this.name);
      if (!this.isLeft) this.take(detail);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.known = "";
      this.app.say(`${this.name}: ${error.message}`, true);
    }
  }

  private take({ deaths, files, script, stderrScript, logs, stderrLogs }: Detail): void {
    this.deaths.take(deaths);
    this.files.take(files, script, stderrScript);
    this.log.offer(logs, stderrLogs);
    const label = `Deaths (${deaths.length})`;
    const tab = this.tabs.get("deaths");
    if (tab !== undefined) tab.textContent = label;
  }
}
