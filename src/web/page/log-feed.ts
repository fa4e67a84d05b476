/**
 * Where the lines come from: the newest as they are written, or pages of the whole archive in both directions. The
 * place in the log is the label of the last line that is shown: from there it goes on, whatever happened in between.
 */
import { logLines, Refusal, type WireLine } from "./api.ts";
import type { LogLines } from "./log-lines.ts";
import { before, endOf, LooseEnd } from "./pure/joint.ts";
import { type LogQuery, selectionWords } from "./pure/log-query.ts";

const PAGE = 500;
const AGAIN_MS = [500, 1000, 2000, 5000, 10_000];
const HIDDEN_PAUSE_MS = 250;

/**
 * `following`: lines are shown as they are written; `lost`: it would be, and is tried again
 * `paused`: it goes on from here when it is told to; `paging`: lines behind these are there, or may be
 * `whole`: everything up to the end of the range is shown
 */
type FeedState = "loading" | "following" | "lost" | "paused" | "paging" | "whole";

export class LogFeed {
  state: FeedState = "loading";
  /** Why it was lost, or refused. */
  trouble = "";
  private readonly name: string;
  private readonly query: LogQuery;
  private readonly lines: LogLines;
  private readonly changed: () => void;
  private control = new AbortController();
  private hasEarlier = true;
  /** Of the page that is being fetched. */
  private paging: AbortController | undefined;

  constructor(name: string, query: LogQuery, lines: LogLines, changed: () => void) {
    this.name = name;
    this.query = query;
    this.lines = lines;
    this.changed = changed;
  }

  /** Shows the beginning of the range, its end, or the newest lines and those to come. */
  async open(): Promise<void> {
    const { from, to } = this.query;
    if (from === "" && to === "") return this.newest();
    this.lines.clear();
    if (from === "") {
      await this.page({ last: String(PAGE) }, (lines) => {
        this.lines.append(lines);
        this.hasEarlier = lines.length > 0;
        this.turn("whole");
      });
    } else {
      this.hasEarlier = false;
      await this.page({ limit: String(PAGE) }, (lines) => {
        this.takeLater(lines, lines.length);
        this.lines.goToStart();
      });
    }
  }

  /** Leaves out what lies between. */
  async newest(): Promise<void> {
    this.lines.clear();
    this.hasEarlier = true;
    await this.follow({ last: String(PAGE) });
  }

  pause(): void {
    if (!this.goesOn) return;
    this.control.abort();
    this.turn("paused");
  }

  /** Goes on behind the last line that is shown. */
  async resume(): Promise<void> {
    const end = endOf(this.lines.lines);
    if (end === undefined) await this.newest();
    else await this.follow({ cursor: end.label });
  }

  /** Shows a page of lines before the first one, if there are any. */
  async earlier(): Promise<void> {
    if (!this.hasEarlier || this.paging !== undefined) return;
    const held = this.lines.lines;
    const first = held.find((line) => line.label !== null)?.label ?? undefined;
    if (first === undefined) return;
    const overlap = held.findIndex((line) => line.label !== first && line.label !== null);
    const words = { until: first, last: String(PAGE + Math.max(1, overlap)) };
    await this.page(words, (lines) => {
      // Newer lines have pushed out the first ones meanwhile: what is before those does not belong here now.
      if (this.lines.lines[0] !== held[0]) return;
      const found = before(lines, held);
      // Fewer than a page may be all that is left of it: lines that stand in two directories come once.
      this.hasEarlier = found.length > 0;
      if (!this.lines.prepend(found)) return;
      // The newest lines have made room: they are not the end any more.
      if (this.goesOn) this.pause();
      else if (this.state === "whole") this.turn("paging");
    });
  }

  /** Shows a page of lines behind the last one. */
  async later(): Promise<void> {
    if (this.state !== "paging" || this.paging !== undefined) return;
    const end = endOf(this.lines.lines);
    if (end === undefined) return;
    const loose = new LooseEnd(end.loose);
    const words = { cursor: end.label, since: "", limit: String(PAGE) };
    await this.page(words, (lines) => this.takeLater(loose.rest(lines), lines.length));
  }

  end(): void {
    this.control.abort();
    this.paging?.abort();
  }

  /** Whether lines are shown as they are written, or would be. */
  get goesOn(): boolean {
    return this.state === "following" || this.state === "lost";
  }

  get isAtBeginning(): boolean {
    return !this.hasEarlier;
  }

  /** @param got  how many came, those among them that are held already */
  private takeLater(lines: readonly WireLine[], got: number): void {
    if (this.lines.append(lines)) this.hasEarlier = true;
    this.turn(got >= PAGE ? "paging" : "whole");
  }

  private async follow(words: Readonly<Record<string, string>>): Promise<void> {
    this.end();
    this.control = new AbortController();
    const { signal } = this.control;
    this.trouble = "";
    let asked = words;
    for (let tries = 0; !signal.aborted; tries++) {
      this.turn("following");
      const took = await this.stream(asked, signal);
      if (signal.aborted) return;
      if (took) tries = 0;
      this.turn("lost");
      await sleep(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] ?? 0);
      const end = endOf(this.lines.lines);
      if (end !== undefined) asked = { cursor: end.label };
      else this.lines.clear();
    }
  }

  /** @returns whether lines came, before it ended */
  private async stream(
    words: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<boolean> {
    let took = false;
    const end = endOf(this.lines.lines);
    const loose = new LooseEnd("cursor" in words && end !== undefined ? end.loose : 0);
    const asked = { ...selectionWords(this.query), ...words, follow: "1" };
    try {
      for await (const lines of logLines(this.name, asked, signal)) {
        if (signal.aborted) break;
        // Who reads further up is not to lose what is read: it goes on from here when it is told to.
        if (!this.lines.isAtEnd && this.lines.isFullWith(lines.length)) this.pause();
        else if (this.lines.append(loose.rest(lines))) this.hasEarlier = true;
        took = true;
        this.trouble = "";
        this.changed();
        // No faster than it can be drawn: the server waits meanwhile.
        await drawn();
      }
      this.trouble = "the server has ended it";
    } catch (error) {
      if (!signal.aborted) this.trouble = reasonOf(error);
    }
    return took;
  }

  /** @param words  ask for at most a page of lines of the range */
  private async page(
    words: Readonly<Record<string, string>>,
    take: (lines: readonly WireLine[]) => void,
  ): Promise<void> {
    this.paging?.abort();
    const control = new AbortController();
    this.paging = control;
    const { from, to } = this.query;
    const asked = { since: from, until: to, ...selectionWords(this.query), ...words };
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ""));
    const lines: WireLine[] = [];
    try {
      for await (const some of logLines(this.name, given, control.signal)) {
        lines.push(...some);
      }
      // The lines that they belong to may be gone.
      if (control.signal.aborted) return;
      this.trouble = "";
      take(lines);
    } catch (error) {
      if (control.signal.aborted) return;
      this.trouble = reasonOf(error);
      if (this.state === "loading") this.turn("whole");
    } finally {
      if (this.paging === control) this.paging = undefined;
      control.abort();
    }
    this.changed();
  }

  private turn(state: FeedState): void {
    this.state = state;
    this.changed();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  throw error;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Resolves when the browser has drawn what there is; a page that is not looked at draws nothing. */
function drawn(): Promise<void> {
  if (document.hidden) return sleep(HIDDEN_PAUSE_MS);
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
  });
}
