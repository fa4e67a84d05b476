/**
 * The log as it grows, for people: what is added to a log directory, as `svlog -f` shows it, line by
 * line onto the screen.
 */
import { basename } from "node:path";
import { lineText, type Place, readLog } from "../src/inspect/index.ts";
import { showSize } from "../src/multilog/units.ts";
import type { Screen } from "./screen.ts";

/** What a line of our own begins with; a line of the log begins with its time. */
const NOTE = "  · ";

export class View {
  private readonly screen: Screen;
  private readonly directory: string;
  private readonly leaving = new AbortController();
  private readonly shown: Promise<void>;

  constructor(screen: Screen, directory: string) {
    this.screen = screen;
    this.directory = directory;
    this.shown = this.show();
  }

  private async show(): Promise<void> {
    const { screen, directory } = this;
    const textOf = lineText();
    let last: Place | undefined;
    const options = { follow: true, last: 0, signal: this.leaving.signal };
    for await (const line of readLog(directory, options)) {
      const { place } = line;
      if (last !== undefined && place?.inode !== last.inode) this.sayRotation(last.offset);
      last = place;
      if (!screen.line(this.painted(textOf(line).toString()))) await screen.drain();
    }
  }

  private sayRotation(size: number): void {
    const file = `${basename(this.directory)}/current`;
    this.screen.line(
      this.screen.in("cyan", `${NOTE}${file} was full: its ${showSize(size)} are an old file now`),
    );
  }

  /** The time in the background; trouble in colour. */
  private painted(line: string): string {
    const [, time = "", text = line] =
      /^(\d+-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ )(.*)$/.exec(line) ?? [];
    const style = /^5\d\d /.test(text) ? "red" : /^4\d\d /.test(text) ? "yellow" : undefined;
    return this.screen.in("dim", time) + (style === undefined ? text : this.screen.in(style, text));
  }

  /** Shows what is there, and ends. */
  async end(): Promise<void> {
    this.leaving.abort();
    await this.shown;
  }
}
