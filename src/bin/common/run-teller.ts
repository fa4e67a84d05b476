/** What timberline run says, in words, on standard error. */

import { plural, showSize } from "../../multilog/units.ts";
import {
  AT_CWD,
  type Ending,
  joined,
  type Name,
  posix,
  SystemFailure,
  say,
  type Words,
} from "../../posix/index.ts";
import { quoted } from "../../supervise/sh-words.ts";
import type { News } from "../../supervise/supervisor.ts";
import { duration } from "../../supervise/why.ts";

const MS_PER_SECOND = 1000;

export class RunTeller {
  private readonly name: string;
  private readonly service: Name;
  private readonly place: Buffer;
  private readonly prefix: string;
  private starts = 0;
  private isEnding = false;

  /**
   * @param name  of the command
   * @param place  the service's directory
   * @param prefix  of our commands, as they can be typed
   */
  constructor(name: string, service: Name, place: Buffer, prefix: string) {
    this.name = name;
    this.service = service;
    this.place = place;
    this.prefix = prefix;
  }

  hear(news: News): void {
    switch (news.kind) {
      case "started":
        return this.started(news.pid);
      case "ended":
        return this.tell(`${how(news.ending)} after ${duration(news.uptimeMs / MS_PER_SECOND)}`);
      case "waits":
        if (this.isEnding) return;
        return this.tell(`is started again in ${duration(Math.round(news.ms / 100) / 10)}`);
    }
  }

  private started(pid: number): void {
    this.starts++;
    if (this.starts > 1) return this.tell(`runs again, as process ${pid}`);
    this.tell(`runs, as process ${pid}; Ctrl-C stops it`);
  }

  /** Where it is, and how to get at it. */
  introduce(): void {
    const place = quoted(this.place);
    this.line("  its log   ", this.place, "/main");
    this.line(`  read it   ${this.prefix}svlog -f `, place);
    this.line(`  ask       ${this.prefix}svstat --why `, place);
    this.line(`  tell it   ${this.prefix}svc restart `, place);
  }

  stopping(reason: string): void {
    this.isEnding = true;
    this.tell(`is being stopped (${reason}); what it has said is still written. Again: no waiting`);
  }

  hurrying(): void {
    this.tell("is not waited for any longer");
  }

  /** What is left of it. */
  left(): void {
    const main = joined([this.place, "/main"]);
    const sizes = sizesIn(main);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const what = `${plural(sizes.length, "file")}, ${showSize(all)}`;
    this.line("its log stays in ", main, `: ${what}; ${this.prefix}svlog `, quoted(this.place));
  }

  private tell(text: string): void {
    this.line(this.service, ` ${text}`);
  }

  private line(...words: Words): void {
    say(this.name, words);
  }
}

function how({ code, signal }: Ending): string {
  if (code !== undefined) return `ended with exit code ${code}`;
  // One that was taken over from another supervisor: only that one would have been told.
  return signal === undefined ? "ended, nobody knows how," : `was ended by ${signal}`;
}

/** Of what there is of a log: current, and finished files. */
function sizesIn(directory: Buffer): number[] {
  try {
    const fd = posix.openAt(AT_CWD, directory, "directory");
    try {
      const names = posix.list(fd).filter((n) => n[0] === AT || String(n) === "current");
      return names.map((name) => posix.statusAt(fd, name)?.sizeBytes ?? 0);
    } finally {
      posix.close(fd);
    }
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    return [];
  }
}

const AT = 0x40;
