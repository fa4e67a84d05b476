/** The log of a service: its newest lines as they come, and all of it by time. */
import { element, setText } from "./element.ts";
import { LogFeed } from "./log-feed.ts";
import { LogForm } from "./log-form.ts";
import { LogLines } from "./log-lines.ts";
import { addressWords, isSame, type LogQuery, queryOf, soughtWords } from "./pure/log-query.ts";
import { serviceAddress } from "./pure/place.ts";

export class LogView {
  readonly element: HTMLElement;
  private readonly name: string;
  private readonly lines: LogLines;
  private readonly form: LogForm;
  private readonly state = element("span", { class: "feed", role: "status" });
  private readonly pauseButton: HTMLButtonElement;
  private readonly newestButton: HTMLButtonElement;
  private query: LogQuery | undefined;
  private feed: LogFeed | undefined;
  private isResting = false;

  constructor(name: string) {
    this.name = name;
    this.lines = new LogLines(() => this.scrolled());
    this.form = new LogForm({
      ask: (query) => this.go(query),
      redraw: () => this.lines.redraw(),
    });
    this.pauseButton = element("button", {
      type: "button",
      class: "pause",
      title: "P",
      click: () => this.toggle(),
    });
    this.newestButton = element(
      "button",
      { type: "button", title: "N", click: () => this.newest() },
      "Newest",
    );
    this.form.element.prepend(this.pauseButton, this.newestButton, this.state);
    this.element = element("div", { class: "log" }, this.form.element, this.lines.element);
  }

  enter(words: URLSearchParams): void {
    const query = queryOf(words);
    this.form.show(query);
    if (this.query !== undefined && isSame(query, this.query)) {
      this.lines.restore();
      if (this.isResting) void this.feed?.resume();
      this.isResting = false;
      return;
    }
    this.query = query;
    this.lines.sought = soughtWords(query);
    this.feed?.end();
    this.feed = new LogFeed(this.name, query, this.lines, () => this.show());
    void this.feed.open();
  }

  /** The names of its log directories. */
  offer(logs: readonly string[], stderrLogs: readonly string[]): void {
    this.form.offer(logs, stderrLogs);
  }

  /** Another view is shown meanwhile: the place is kept. */
  rest(): void {
    const { feed } = this;
    if (feed?.goesOn !== true) return;
    feed.pause();
    this.isResting = true;
  }

  leave(): void {
    this.feed?.end();
  }

  press(event: KeyboardEvent): boolean {
    if (event.key === "/") this.form.focus();
    else if (event.key === "p" || event.key === "P") this.toggle();
    else if (event.key === "n" || event.key === "N") this.newest();
    else if (event.key === "Home") this.lines.goToStart();
    else if (event.key === "End") this.lines.goToEnd();
    else return false;
    return true;
  }

  private go(query: LogQuery): void {
    const address = serviceAddress(this.name, "log", addressWords(query));
    if (address === location.hash) return;
    location.hash = address;
  }

  private toggle(): void {
    const { feed } = this;
    if (feed === undefined) return;
    if (feed.goesOn) feed.pause();
    else void feed.resume();
  }

  private newest(): void {
    if (this.query !== undefined && (this.query.from !== "" || this.query.to !== ""))
      this.go({ ...this.query, from: "", to: "" });
    else void this.feed?.newest();
  }

  private scrolled(): void {
    const { feed } = this;
    if (feed === undefined || this.lines.isEmpty) return;
    if (this.lines.isNearStart) void feed.earlier();
    if (this.lines.isNearEnd) void feed.later();
  }

  private show(): void {
    const { feed } = this;
    if (feed === undefined) return;
    const { goesOn } = feed;
    this.pauseButton.textContent = goesOn ? "Pause" : this.canFollow() ? "Resume" : "Follow";
    this.pauseButton.setAttribute("aria-pressed", String(!goesOn));
    setText(this.state, this.stateWords(feed));
    this.state.className = `feed ${feed.trouble === "" ? feed.state : "lost"}`;
    this.lines.say(
      feed.isAtBeginning && !this.lines.isEmpty ? "The beginning of what was asked for" : "",
      feed.state === "whole"
        ? this.lines.isEmpty
          ? "No line is like that"
          : "The end of what was asked for"
        : "",
    );
  }

  private canFollow(): boolean {
    return this.query?.from === "" && this.query.to === "";
  }

  private stateWords(feed: LogFeed): string {
    const trouble = feed.trouble === "" ? "" : `: ${feed.trouble}`;
    switch (feed.state) {
      case "loading":
        return `loading${trouble}`;
      case "following":
        return "following";
      case "lost":
        return `lost, tried again${trouble}`;
      case "paused":
        return "paused: resume goes on where it was";
      case "paging":
        return `more below${trouble}`;
      case "whole":
        return trouble === "" ? "all of it" : trouble.slice(2);
    }
  }
}
