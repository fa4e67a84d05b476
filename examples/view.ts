/**
 * The log as it grows, for people: what is added to a log directory, through tai64nlocal, line by
 * line onto the screen.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { basename, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import split2 from "split2";
import { showSize } from "../src/multilog/units.ts";
import { Follower } from "./follow.ts";
import type { Screen } from "./screen.ts";

const POLL_MS = 50;
/** What a line of our own begins with; a line of the log begins with its time. */
const NOTE = "  · ";

export class View {
  private readonly screen: Screen;
  private readonly follower: Follower;
  private readonly filter: ChildProcessByStdio<Writable, Readable, null>;
  private readonly shown: Promise<void>;
  private readonly running: Promise<void>;
  private ended = false;

  /** @param commands  the directory that holds tai64nlocal */
  constructor(screen: Screen, commands: string, directory: string) {
    this.screen = screen;
    this.filter = spawn(join(commands, "tai64nlocal"), {
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    // It may be killed: then there is no more to see, and the log goes on.
    this.filter.stdin.on("error", () => {});
    const name = basename(directory);
    this.follower = new Follower(directory, {
      onBytes: (bytes) => this.filter.stdin.write(bytes),
      // The same way as the lines, so that it comes out between those it came between.
      onRotation: (size) =>
        this.filter.stdin.write(
          `${NOTE}${name}/current was full: its ${showSize(size)} are an old file now\n`,
        ),
    });
    this.shown = this.show();
    this.running = this.run();
  }

  private async show(): Promise<void> {
    const lines = this.filter.stdout.pipe(split2());
    for await (const line of lines as AsyncIterable<string>) {
      if (!this.screen.line(this.painted(line))) await this.screen.drain();
    }
  }

  /** The time in the background; trouble in colour. */
  private painted(line: string): string {
    if (line.startsWith(NOTE)) return this.screen.in("cyan", line);
    const [, time = "", text = line] =
      /^(\d+-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ )(.*)$/.exec(line) ?? [];
    const style = /^5\d\d /.test(text) ? "red" : /^4\d\d /.test(text) ? "yellow" : undefined;
    return this.screen.in("dim", time) + (style === undefined ? text : this.screen.in(style, text));
  }

  private async run(): Promise<void> {
    for (let last = false; ; ) {
      while (this.follower.poll()) {
        if (this.filter.stdin.writableNeedDrain && this.filter.exitCode === null)
          await Promise.race([once(this.filter.stdin, "drain"), once(this.filter, "exit")]);
      }
      if (last) break;
      // Whatever was written before the end was asked for is to be seen.
      last = this.ended;
      if (!last) await sleep(POLL_MS);
    }
    this.follower.close();
    this.filter.stdin.end();
  }

  /** Shows what is there, and ends. */
  async end(): Promise<void> {
    this.ended = true;
    await this.running;
    await this.shown;
  }
}
