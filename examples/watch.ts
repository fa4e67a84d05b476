/**
 * The table of svstat and the last lines of the logs: on a terminal redrawn in place; elsewhere the lines as they
 * come, and the table now and then.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { followLogs } from "../src/bin/common/follow-log.ts";
import type { Places } from "./places.ts";
import type { Screen } from "./screen.ts";

/** On a terminal; elsewhere a table every so many of these. */
const TICK_MS = 1000;
const TICKS_PER_TABLE = 10;
const MOST_LINES = 10;
const NANOS_PER_MS = 1_000_000n;

export interface WatchOptions {
  readonly screen: Screen;
  readonly places: Places;
  readonly tree: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Log directories and service directories, relative to `tree`. */
  readonly logs: readonly string[];
  readonly shown: readonly string[];
}

export class Watch {
  private readonly options: WatchOptions;
  private readonly leaving = new AbortController();
  private readonly lines: string[] = [];
  private readonly notes: string[] = [];
  private readonly following: Promise<void>;
  private readonly timer: NodeJS.Timeout;
  private table: readonly string[] = [];
  private ticks = 0;
  private asking: Promise<void> | undefined;

  constructor(options: WatchOptions) {
    this.options = options;
    this.following = this.follow();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Says something of ours, above what is redrawn. */
  async note(text: string): Promise<void> {
    const { screen } = this.options;
    if (!screen.isTerminal) screen.line(`  · ${text}`);
    else {
      this.notes.push(text);
      this.redraw();
    }
    await screen.drain();
  }

  /** Shows what is still there to be shown, and ends. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.asking;
    this.leaving.abort();
    await this.following;
    // What it said is no longer so.
    this.table = [];
    this.redraw();
  }

  private tick(): void {
    const isDue = this.options.screen.isTerminal || this.ticks++ % TICKS_PER_TABLE === 1;
    if (isDue) this.asking ??= this.ask();
    this.redraw();
  }

  private async ask(): Promise<void> {
    const { screen, places, tree, environment, shown } = this.options;
    this.table = await new Promise((resolve) => {
      const words = ["--table", ...shown];
      const options = { cwd: tree, env: environment };
      execFile(join(places.commands, "svstat"), words, options, (error, text) =>
        resolve(error ? [error.message] : text.trimEnd().split("\n")),
      );
    });
    this.asking = undefined;
    if (!screen.isTerminal) for (const line of ["", ...this.table, ""]) screen.line(line);
  }

  private async follow(): Promise<void> {
    const { screen, tree, logs } = this.options;
    const directories = logs.map((log) => join(tree, log));
    const since = BigInt(Date.now()) * NANOS_PER_MS;
    const names = new Map(directories.map((path, at) => [path, logs[at]?.split("/")[0] ?? ""]));
    for await (const line of followLogs(directories, { since, signal: this.leaving.signal })) {
      const name = (names.get(line.source) ?? line.source).padEnd(6);
      const text = `${screen.in("cyan", name)} ${painted(screen, line.shown.toString())}`;
      if (!screen.isTerminal) {
        if (!screen.line(text)) await screen.drain();
        continue;
      }
      this.lines.push(text);
      if (this.lines.length > MOST_LINES) this.lines.shift();
    }
  }

  private redraw(): void {
    const { screen } = this.options;
    if (!screen.isTerminal) return;
    const [heading, ...rows] = this.table;
    const shown = rows.map((row) => (row.includes(" flapping ") ? screen.in("red", row) : row));
    const table = heading === undefined ? [] : [screen.in("bold", heading), ...shown, ""];
    screen.replace(this.notes.splice(0), [...table, ...this.lines]);
  }
}

/** The time in the background; trouble in colour. */
function painted(screen: Screen, line: string): string {
  const [, time = "", text = line] =
    /^(\d+-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\d* (.*)$/.exec(line) ?? [];
  const style = /^5\d\d /.test(text) ? "red" : /^4\d\d /.test(text) ? "yellow" : undefined;
  return `${screen.in("dim", time)} ${style === undefined ? text : screen.in(style, text)}`;
}
