/** What keeps a start back: the services of `after` that are not up yet. */
import { joined, type Name, type Posix, type Words } from "../posix/index.ts";
import { type Awaited, findAwaited, findCycle } from "./others.ts";
import type { Settings } from "./settings.ts";
import { onStateNews } from "./state-news.ts";
import { Alarm, type Timers } from "./timers.ts";

/** How often others are looked at, whatever is told of them. */
const LOOK_MS = 5000;

export interface GateMeans {
  readonly posix: Posix;
  readonly settings: Settings;
  readonly timers: Timers;
  /** The service directory, from the working directory. */
  readonly directory: Name;
  readonly warn: (words: Words) => void;
}

export class Gate {
  private readonly means: GateMeans;
  private readonly alarm: Alarm;
  private readonly onNews: () => void;
  private awaited: readonly Awaited[] = [];
  private stopNews: () => void = nothing;
  private said = "";

  /** @param onNews  is called when it may have opened, until it is left or forgotten */
  constructor(means: GateMeans, onNews: () => void) {
    this.means = means;
    this.alarm = new Alarm(means.timers);
    this.onNews = onNews;
  }

  /** The names of those that are waited for. */
  get heldBy(): readonly string[] {
    return this.awaited.map(({ name }) => name.toString("latin1"));
  }

  /** @returns whether nothing has to be waited for; else news are told */
  isOpen(): boolean {
    const { posix, settings, directory } = this.means;
    this.forget();
    const names = settings.after;
    this.awaited = findAwaited(posix, directory, names);
    if (this.awaited.length === 0) {
      this.said = "";
      return true;
    }
    this.wait(names);
    return false;
  }

  /** Waits no more. */
  forget(): void {
    this.alarm.cancel();
    this.stopNews();
    this.stopNews = nothing;
    this.awaited = [];
  }

  private wait(names: readonly Buffer[]): void {
    const { posix, directory } = this.means;
    const before = this.awaited;
    this.stopNews = onStateNews(
      before.map((one) => one.directory),
      this.onNews,
    );
    this.alarm.set(LOOK_MS, this.onNews);
    // One may have come up before it was listened for.
    this.awaited = findAwaited(posix, directory, names);
    if (this.awaited.length < before.length) this.alarm.set(0, this.onNews);
    this.complain(names);
  }

  /** Says what nobody but people can mend, once. */
  private complain(names: readonly Buffer[]): void {
    const { posix, directory, warn } = this.means;
    const cycle = findCycle(posix, directory, names);
    const words =
      cycle === undefined
        ? this.troubles()
        : [
            directory,
            " waits for itself: ",
            ...between(cycle, " after "),
            ": mend their files after",
          ];
    const text = joined(words).toString("latin1");
    if (text !== "" && text !== this.said) warn(words);
    this.said = text;
  }

  private troubles(): Words {
    const troubles = this.awaited.filter(({ trouble }) => trouble !== undefined);
    if (troubles.length === 0) return [];
    const told = troubles.map(({ name, trouble }) => joined([name, ` (${trouble})`]));
    const { directory } = this.means;
    return [directory, " waits for services that cannot be looked at: ", ...between(told, ", ")];
  }
}

function between(words: Words, what: string): Words {
  return words.flatMap((word, at) => (at === 0 ? [word] : [what, word]));
}

function nothing(): void {
  // Until something is listened for.
}
