/** The lines of a log in the document, as many as the window onto it holds. */
import type { WireLine } from "./api.ts";
import { element } from "./element.ts";
import { lineElement } from "./line-element.ts";
import { LineWindow, MOST_LINES } from "./pure/line-window.ts";
import { dayOf } from "./times.ts";

interface Held {
  readonly line: WireLine;
  readonly weight: number;
  readonly element: HTMLElement;
}

/** Pixels from an end that still count as being there. */
const NEAR = 40;
const FAR = 400;

export class LogLines {
  readonly element: HTMLElement;
  sought = "";
  private readonly window = new LineWindow<Held>();
  private readonly list = element("div", { class: "list" });
  private readonly above = element("p", { class: "edge" });
  private readonly below = element("p", { class: "edge" });
  private wasAtEnd = true;
  private top = 0;

  constructor(scrolled: () => void) {
    this.element = element(
      "div",
      { class: "lines", tabindex: 0, role: "log", "aria-live": "off", "aria-label": "Log lines" },
      this.above,
      this.list,
      this.below,
    );
    this.element.addEventListener("scroll", () => {
      // Taken out of the document, it is said to be scrolled to 0.
      if (!this.element.isConnected) return;
      this.wasAtEnd = this.distanceToEnd < NEAR;
      this.top = this.element.scrollTop;
      scrolled();
    });
  }

  get lines(): readonly WireLine[] {
    return this.window.held.map(({ line }) => line);
  }

  get isEmpty(): boolean {
    return this.window.held.length === 0;
  }

  /** Whether the newest line can be seen, so that those to come are to be seen as well. */
  get isAtEnd(): boolean {
    return this.wasAtEnd;
  }

  get isNearStart(): boolean {
    return this.element.scrollTop < FAR;
  }

  get isNearEnd(): boolean {
    return this.distanceToEnd < FAR;
  }

  /** Whether so many more lines would push out the oldest ones. */
  isFullWith(more: number): boolean {
    return this.window.held.length + more > MOST_LINES;
  }

  /** What is said where the lines begin, and where they end. */
  say(above: string, below: string): void {
    this.above.textContent = above;
    this.below.textContent = below;
  }

  /** @returns whether lines at the beginning have made room */
  append(lines: readonly WireLine[]): boolean {
    // Those that would be pushed out at once are not made.
    const items = lines.slice(-MOST_LINES).map((line) => this.held(line));
    const follows = this.wasAtEnd;
    const last = this.window.held.at(-1);
    const gone = new Set(this.window.append(items));
    const kept = items.filter((item) => !gone.has(item));
    const height = follows ? 0 : this.element.scrollHeight;
    for (const item of gone) item.element.remove();
    // What is read stays where it is when lines above it go.
    if (!follows && gone.size > 0) this.element.scrollTop -= height - this.element.scrollHeight;
    this.list.append(...kept.map((item) => item.element));
    this.showDays(last === undefined ? 0 : this.window.held.indexOf(last));
    if (follows) this.goToEnd();
    return gone.size > 0 || lines.length > items.length;
  }

  /** @returns whether lines at the end have made room */
  prepend(lines: readonly WireLine[]): boolean {
    const items = lines.map((line) => this.held(line));
    const height = this.element.scrollHeight;
    const top = this.element.scrollTop;
    const gone = this.window.prepend(items);
    this.list.prepend(...items.map((item) => item.element));
    this.element.scrollTop = top + this.element.scrollHeight - height;
    for (const item of gone) item.element.remove();
    this.showDays(0, items.length + 1);
    return gone.length > 0;
  }

  clear(): void {
    this.window.clear();
    this.list.replaceChildren();
    this.wasAtEnd = true;
  }

  goToEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
    this.wasAtEnd = true;
  }

  goToStart(): void {
    this.element.scrollTop = 0;
    this.wasAtEnd = this.distanceToEnd < NEAR;
  }

  /** Goes where it was before it was taken out of the document. */
  restore(): void {
    if (this.wasAtEnd) this.goToEnd();
    else this.element.scrollTop = this.top;
  }

  /** Draws every line anew: times are shown in another zone. */
  redraw(): void {
    const { lines } = this;
    const top = this.element.scrollTop;
    const { wasAtEnd } = this;
    this.clear();
    this.append(lines);
    this.element.scrollTop = wasAtEnd ? this.element.scrollHeight : top;
  }

  private get distanceToEnd(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight;
  }

  private held(line: WireLine): Held {
    return { line, weight: line.text.length, element: lineElement(line, this.sought) };
  }

  /** The day stands over the first line of each. */
  private showDays(from: number, to: number = this.window.held.length): void {
    const { held } = this.window;
    const begin = Math.max(0, from);
    let before = dayAt(held, begin - 1);
    for (let at = begin; at < Math.min(to, held.length); at++) {
      const day = dayAt(held, at);
      const isNew = day !== undefined && day !== before;
      before = day;
      const node = held[at]?.element;
      if (isNew) node?.setAttribute("data-day", day);
      else node?.removeAttribute("data-day");
    }
  }
}

function dayAt(held: readonly Held[], at: number): string | undefined {
  const time = held[at]?.line.time;
  return time === null || time === undefined ? undefined : dayOf(time);
}
