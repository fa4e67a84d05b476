/**
 * Starts that failed: where a service directory says how long `run` has to live (`start-seconds`), how often it is
 * tried (`start-retries`), and with which exit codes it has done its work (`exit-codes`). Supervisor's rules.
 *
 * A start that failed is tried again after one second, the next after two, three, …
 */
import type { Ending } from "../posix/index.ts";
import type { Settings } from "./settings.ts";

const STEP_MS = 1000;
/** As Supervisor has it: where `start-retries` alone is given. */
const START_MS = 1000;

/** What an end of `run` means: it is started again, is not to be tried any more, or has done its work. */
export type Judgement = "again" | "useless" | "done";

export class Tries {
  private readonly settings: Settings;
  private failed = 0;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Judges the end of a run that nobody had asked to end. */
  judge({ code }: Ending, uptimeMs: number): Judgement {
    const { startMs, startRetries, exitCodes } = this.settings;
    const leastMs = startMs ?? (startRetries === undefined ? 0 : START_MS);
    if (uptimeMs < leastMs) {
      this.failed++;
      return startRetries !== undefined && this.failed > startRetries ? "useless" : "again";
    }
    this.failed = 0;
    if (exitCodes === undefined || (exitCodes !== "any" && !exitCodes.has(code ?? -1)))
      return "again";
    return "done";
  }

  /** Somebody looks after it: what was before does not count. */
  forget(): void {
    this.failed = 0;
  }

  /** How long the next start waits. */
  get delayMs(): number {
    return this.settings.startRetries === undefined ? 0 : this.failed * STEP_MS;
  }
}
