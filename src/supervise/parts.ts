/** What a supervisor consists of, put together. */
import { type Ending, joined, type Name, type Posix, type Words } from "../posix/index.ts";
import { Announcer, type Facts } from "./announcer.ts";
import type { Command } from "./commands.ts";
import { Conditions } from "./conditions.ts";
import type { ControlDirectory } from "./control-directory.ts";
import { DeathRecord } from "./death-record.ts";
import { Ends } from "./ends.ts";
import { Gate } from "./gate.ts";
import { Programs, type Surroundings } from "./programs.ts";
import { RunProcess } from "./run-process.ts";
import { Scripts } from "./scripts.ts";
import type { Event } from "./service.ts";
import { Settings } from "./settings.ts";
import { StartTimer } from "./start-timer.ts";
import { Starter } from "./starter.ts";
import { realTimers, type Timers } from "./timers.ts";

export interface SupervisorOptions extends Surroundings {
  /** The service directory, as messages name it. */
  readonly directory: Name;
  /** Is given a line without the program's name; `fatal` is said for `run`, not for the supervisor. */
  readonly say: (kind: "fatal" | "warning", line: Buffer) => void;
  readonly timers?: Timers;
  /** Is told how `run` ended by itself, where the service is an essential one. */
  readonly onEssentialDeath?: ((ending: Ending) => void) | undefined;
  /** Is told commands for the logger (`L`). */
  readonly onLogCommand?: ((command: Command) => void) | undefined;
  readonly onNews?: ((news: News) => void) | undefined;
}

/** What becomes of `run`. */
export type News =
  | { readonly kind: "started"; readonly pid: number }
  | { readonly kind: "ended"; readonly ending: Ending; readonly uptimeMs: number }
  /** It is started again then. */
  | { readonly kind: "waits"; readonly ms: number };

/** What the parts tell the supervisor, and ask it. */
export interface Whole {
  handle(event: Event): void;
  /** Those that are waited for may be up. */
  ask(): void;
  /** `run` is another process now. */
  moved(): void;
  facts(): Facts;
  /** Is told of what can only be a fault of our own. */
  fail(fault: unknown): void;
}

export interface Parts {
  readonly settings: Settings;
  /** When `run` is started. */
  readonly starts: StartTimer;
  readonly gate: Gate;
  readonly starter: Starter;
  readonly run: RunProcess;
  readonly scripts: Scripts;
  readonly deaths: DeathRecord;
  readonly ends: Ends;
  readonly announcer: Announcer;
}

export function makeParts(
  posix: Posix,
  place: ControlDirectory,
  options: SupervisorOptions,
  whole: Whole,
): Parts {
  const { directory, say, timers = realTimers, environment, onEssentialDeath } = options;
  const warn = (words: Words): void => say("warning", joined(words));
  const settings = new Settings(posix, place.dir, directory, warn);
  const conditions = new Conditions(posix, place.dir, directory, environment);
  const programs = new Programs(posix, place.dir, options, conditions);
  const means = { posix, programs, settings, timers, directory, warn, say };
  const deaths = new DeathRecord(place, settings);
  const announcer = new Announcer(place, () => whole.facts());
  const run = new RunProcess(means, {
    ready: () => whole.handle("ready"),
    moved: () => whole.moved(),
  });
  const scripts = new Scripts({
    ...means,
    tell: (event) => whole.handle(event),
    beforeStart: () => announcer.tell(),
    fail: (fault) => whole.fail(fault),
  });
  const what = options.command?.argv.slice(0, 1) ?? place.path("run");
  return {
    settings,
    starts: new StartTimer(posix, timers, () => whole.handle("due")),
    gate: new Gate(means, () => whole.ask()),
    starter: new Starter({ ...means, what, run, deaths }),
    run,
    scripts,
    deaths,
    ends: new Ends({ deaths, settings, directory, warn, onEssentialDeath }),
    announcer,
  };
}
