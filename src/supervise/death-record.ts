/** The deaths of one service while it is supervised: those that are kept, and how many came in a row. */
import type { Ending } from "../posix/index.ts";
import type { Instant } from "../tai64/index.ts";
import { deathsInRow } from "./backoff.ts";
import type { ControlDirectory } from "./control-directory.ts";
import type { Death, DeathEntry, FailedStart } from "./deaths.ts";
import type { Settings } from "./settings.ts";

export class DeathRecord {
  private readonly place: ControlDirectory;
  private readonly settings: Settings;
  private entries: DeathEntry[];
  private row = 0;

  constructor(place: ControlDirectory, settings: Settings) {
    this.place = place;
    this.settings = settings;
    this.entries = place.readDeaths();
  }

  /** Deaths by itself, with no good run and no command to end among them. */
  get inRow(): number {
    return this.row;
  }

  add(at: Instant, pid: number, ending: Ending, life: { uptimeMs: number; asked: boolean }): void {
    const { uptimeMs, asked } = life;
    this.row = asked ? 0 : deathsInRow(this.row, uptimeMs, this.settings.goodRunMs);
    const cause = ending.code ?? ending.signal;
    const core = ending.core === true;
    this.keep({ at, pid, cause, uptimeMs, core, asked, givenUp: false });
  }

  addFailedStart(failed: FailedStart): void {
    this.keep(failed);
  }

  /** Somebody looks after it: what was before does not count. */
  forgetRow(): void {
    this.row = 0;
  }

  /** The last death was one too many. */
  giveUp(): void {
    const last = this.entries.at(-1) as Death | undefined;
    if (last === undefined) return;
    this.entries[this.entries.length - 1] = { ...last, givenUp: true };
    this.place.writeDeaths(this.entries);
  }

  private keep(entry: DeathEntry): void {
    const most = this.settings.rememberedDeaths;
    this.entries = most === 0 ? [] : [...this.entries, entry].slice(-most);
    this.place.writeDeaths(this.entries);
  }
}
