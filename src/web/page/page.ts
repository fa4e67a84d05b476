/** The page: what it is made of, and which part of it is shown. */

import { me as askMe, type Me, Refusal } from "./api.ts";
import type { App, Screen } from "./app.ts";
import { chooseDeed } from "./dialogs.ts";
import { element, isTyping } from "./element.ts";
import { help } from "./help.ts";
import { Outcomes } from "./outcomes.ts";
import { OwnDeeds, perform } from "./perform.ts";
import { type Place, placeOf, tableAddress } from "./pure/place.ts";
import { plural } from "./pure/words.ts";
import { ServicePage } from "./service-page.ts";
import { Services, type Told } from "./services.ts";
import { Table } from "./table.ts";

const TICK_MS = 1000;
const AGAIN_MS = 3000;

class Page implements App {
  readonly me: Me;
  readonly services: Services;
  private readonly outcomes = new Outcomes();
  private readonly own = new OwnDeeds();
  private readonly main = element("main");
  private readonly liveness = element("span", { class: "liveness", role: "status" });
  private readonly table: Table;
  private screen: Screen | undefined;
  private name = "";

  constructor(me: Me) {
    this.me = me;
    this.services = new Services({
      news: ({ changed, gone }) => this.update(changed, gone),
      liveness: (isLive) => this.showLiveness(isLive),
      outcome: (told) => this.hear(told),
    });
    this.table = new Table(this);
  }

  begin(): void {
    document.body.replaceChildren(this.header(), this.main, this.outcomes.element);
    this.showLiveness(false);
    window.addEventListener("hashchange", () => this.go(placeOf(location.hash)));
    document.addEventListener("keydown", (event) => this.press(event));
    setInterval(() => this.screen?.tick(), TICK_MS);
    this.services.listen();
    this.go(placeOf(location.hash));
  }

  async perform(...[deed, names]: Parameters<App["perform"]>): Promise<void> {
    const { outcomes, own, services } = this;
    await perform(deed, names, { all: services.all.size, outcomes, own });
  }

  async offer(names: readonly string[]): Promise<void> {
    const [first] = names;
    if (first === undefined) return;
    const subject = names.length === 1 ? first : plural(names.length, "service");
    const deed = await chooseDeed(subject);
    if (deed !== undefined) await this.perform(deed, names);
  }

  say(words: string, isBad = false): void {
    this.outcomes.say(words, isBad);
  }

  /** What others have asked for; what was asked for here is said by who asked. */
  private hear({ name, ok, words, action = "", who = "" }: Told): void {
    if (this.own.take(action, name)) return;
    this.outcomes.say(`${who}: ${action} ${name}: ${words}`, !ok);
  }

  private header(): HTMLElement {
    const { user, readOnly } = this.me;
    const who = [user ?? "", readOnly ? "read only" : ""].filter((word) => word !== "").join(", ");
    return element(
      "header",
      {},
      element("a", { href: tableAddress(), class: "home" }, "Timberline"),
      this.liveness,
      element("span", { class: "who" }, who),
      element(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-label": "Help",
          title: "Help (?)",
          click: () => void help(),
        },
        "?",
      ),
    );
  }

  private showLiveness(isLive: boolean): void {
    this.liveness.textContent = isLive ? "live" : "connecting …";
    document.body.classList.toggle("stale", !isLive);
  }

  private update(changed: readonly string[], gone: readonly string[]): void {
    this.table.update(changed, gone);
    if (this.screen !== this.table) this.screen?.update(changed, gone);
  }

  private go(place: Place): void {
    if (place.kind === "service") {
      if (place.name !== this.name) this.put(new ServicePage(this, place.name), place.name);
    } else if (this.screen !== this.table) this.put(this.table, "");
    this.screen?.enter(place);
  }

  private put(screen: Screen, name: string): void {
    this.screen?.leave();
    this.screen = screen;
    this.name = name;
    this.main.replaceChildren(screen.element);
    window.scrollTo(0, 0);
  }

  private press(event: KeyboardEvent): void {
    const isOther = event.ctrlKey || event.metaKey || event.altKey;
    if (isOther || isTyping(event) || document.querySelector("dialog[open]") !== null) return;
    // Enter and blanks belong to buttons and links that have the focus.
    const { target } = event;
    const isPressing = event.key === "Enter" || event.key === " ";
    if (isPressing && target instanceof Element && target.closest("button, a, input, summary"))
      return;
    if (event.key === "?") void help();
    else if (this.screen?.press(event) !== true) return;
    event.preventDefault();
  }
}

async function open(): Promise<void> {
  try {
    new Page(await askMe()).begin();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const words = `${error.message[0]?.toUpperCase() ?? ""}${error.message.slice(1)}. It is tried again.`;
    document.body.replaceChildren(element("p", { class: "empty", role: "alert" }, words));
    setTimeout(() => void open(), AGAIN_MS);
  }
}

void open();
