/** What is made of the ends of `run`: a death that is kept, a delay, a service that is given up, a hint. */
import { type Ending, type Name, type Words } from "../posix/index.ts";
import type { Instant } from "../tai64/index.ts";
import { delayMs } from "./backoff.ts";
import type { DeathRecord } from "./death-record.ts";
import { essentialEnd } from "./phase.ts";
import { BACKGROUND_ADVICE, QuickEnds } from "./quick-ends.ts";
import type { Settings } from "./settings.ts";
import { type Judgement, Tries } from "./tries.ts";

/** The exit code of `finish` that says: do not start it again. */
const PERMANENT_FAILURE = 125;

export interface EndsMeans {
  readonly deaths: DeathRecord;
  readonly settings: Settings;
  /** The service directory, as messages name it. */
  readonly directory: Name;
  readonly warn: (words: Words) => void;
  readonly onEssentialDeath: ((ending: Ending) => void) | undefined;
}

export class Ends {
  /** A command has told `run` to end. */
  asked = false;
  /** How it ended for the last time, and the process id that it had. */
  last: { readonly ending: Ending; readonly pid: number } = {
    ending: { code: 0, signal: undefined },
    pid: 0,
  };
  private readonly means: EndsMeans;
  private readonly quickEnds = new QuickEnds();
  private readonly tries: Tries;
  private judgement: Judgement = "again";
  private essential: string | undefined;

  constructor(means: EndsMeans) {
    this.means = means;
    this.tries = new Tries(means.settings);
  }

  /** What is to be known when an essential service, and its supervisor with it, has ended. */
  get lastWords(): string | undefined {
    return this.essential;
  }

  /** How long after the last death it may be started again. */
  get delayMs(): number {
    const { deaths, settings } = this.means;
    const longest = settings.backoffMs;
    const isDelayed = longest !== undefined && deaths.inRow > 0;
    return Math.max(isDelayed ? delayMs(deaths.inRow, longest) : 0, this.tries.delayMs);
  }

  /** Somebody looks after it: what was before does not count. */
  forgetRow(): void {
    this.means.deaths.forgetRow();
    this.tries.forget();
  }

  /** `run` has ended as `last` says. */
  add(at: Instant, uptimeMs: number): void {
    const { asked, last } = this;
    const { deaths, settings, directory, warn, onEssentialDeath } = this.means;
    deaths.add(at, last.pid, last.ending, { uptimeMs, asked });
    this.judgement = asked ? "again" : this.tries.judge(last.ending, uptimeMs);
    if (asked) return;
    if (this.quickEnds.isTelling(last.ending, uptimeMs))
      warn([directory, "/run ends as soon as it has begun: ", BACKGROUND_ADVICE]);
    if (onEssentialDeath === undefined || !settings.isEssential) return;
    this.essential = essentialEnd(last.ending);
    onEssentialDeath(last.ending);
  }

  /**
   * What becomes of a service that is wanted up: whether there is to be another start.
   *
   * @param code  the exit code of `finish`; undefined: there is none
   */
  outcome(code: number | undefined): "finished" | "completed" | "failed" {
    const { deaths, settings } = this.means;
    const most = settings.mostDeaths;
    const tooMany = most !== undefined && deaths.inRow >= most;
    if (code === PERMANENT_FAILURE || tooMany || this.judgement === "useless") {
      deaths.giveUp();
      return "failed";
    }
    return this.judgement === "done" ? "completed" : "finished";
  }
}
