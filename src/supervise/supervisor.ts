/**
 * The supervisor of one service: carries out what the table (service-table.ts) says.
 *
 * It owns neither the process nor its signals nor its end, and never waits: hundreds of them live in
 * one event loop. Whoever holds them calls `sweepOrphans` on SIGCHLD if strangers' children are to
 * be taken off the process table as well.
 *
 * @see daemontools 0.76, supervise.c
 */
import { type Ending, joined, type Name, type Posix, type Words } from "../posix/index.ts";
import { fromUnixNanos, type Instant } from "../tai64/index.ts";
import { delayMs } from "./backoff.ts";
import type { Commanded } from "./commanded.ts";
import { type Command, readCommands } from "./commands.ts";
import { Conditions } from "./conditions.ts";
import { ControlDirectory } from "./control-directory.ts";
import { ControlReader } from "./control-reader.ts";
import { DeathRecord } from "./death-record.ts";
import { Gate } from "./gate.ts";
import { findLeftover, type Leftover, leftoverEnds } from "./leftover.ts";
import { essentialEnd, phaseOf } from "./phase.ts";
import { Programs, type Surroundings } from "./programs.ts";
import { BACKGROUND_ADVICE, QuickEnds } from "./quick-ends.ts";
import { RunProcess } from "./run-process.ts";
import { Scripts } from "./scripts.ts";
import {
  type Effect,
  type Event,
  foundService,
  newService,
  type Service,
  step,
} from "./service.ts";
import { Settings } from "./settings.ts";
import { StartTimer } from "./start-timer.ts";
import { Starter } from "./starter.ts";
import { realTimers, type Timers } from "./timers.ts";

/** The exit code of `finish` that says: do not start it again. */
const PERMANENT_FAILURE = 125;

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
}

export class Supervisor {
  /**
   * Resolves when there is nothing more to supervise; everything is let go of by then. Rejects with what
   * can only be a fault of our own.
   */
  readonly ended: Promise<void>;
  private readonly posix: Posix;
  private readonly options: SupervisorOptions;
  private readonly starts: StartTimer;
  private readonly gate: Gate;
  private readonly starter: Starter;
  private readonly run: RunProcess;
  private readonly scripts: Scripts;
  private readonly place: ControlDirectory;
  private readonly reader: ControlReader;
  private readonly settings: Settings;
  private readonly deaths: DeathRecord;
  private readonly quickEnds = new QuickEnds();
  private service: Service;
  private since: Instant;
  private lastPid = 0;
  private lastEnding: Ending = { code: 0, signal: undefined };
  /** A command has told `run` to end. */
  private asked = false;
  /** What stands in `supervise/phase`. */
  private told: string | undefined;
  /** What is to stand there when it has ended. */
  private lastWords: string | undefined;
  private readonly events: [event: Event, command: Command | undefined][] = [];
  private isStepping = false;
  private resolveEnded = nothing;
  private fail: (fault: unknown) => void = nothing;

  /**
   * Takes the directory, says that it is supervised, and starts the service unless it is to be down.
   *
   * @throws Fatal, exit code 111
   */
  constructor(posix: Posix, options: SupervisorOptions) {
    this.posix = posix;
    this.options = options;
    const { directory, say, timers = realTimers } = options;
    this.starts = new StartTimer(posix, timers, () => this.handle("due"));
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = resolve;
      this.fail = reject;
    });
    const place = new ControlDirectory(posix, directory, (line) => say("warning", line));
    this.place = place;
    const warn = (words: Words): void => say("warning", joined(words));
    const settings = new Settings(posix, place.dir, directory, warn);
    this.settings = settings;
    const conditions = new Conditions(posix, place.dir, directory, options.environment);
    const programs = new Programs(posix, place.dir, options, conditions);
    const means = { posix, programs, settings, timers, directory, warn, say };
    this.run = new RunProcess(means, directory, {
      ready: () => this.handle("ready"),
      moved: () => {
        this.since = this.now();
        this.handle("moved");
      },
      warn,
    });
    const { run } = this;
    const tell = (event: Event): void => this.handle(event);
    this.scripts = new Scripts({ ...means, tell, fail: this.fail });
    this.gate = new Gate(means, () => this.handleGate());
    const left = findLeftover(posix, place.readStatus(), settings.pidFile !== undefined);
    this.service = left
      ? foundService(left.want, left.paused)
      : newService(place.startsDown ? "down" : "up");
    this.since = left?.since ?? this.now();
    run.takeOver(left?.pid ?? 0);
    try {
      place.openControl();
      this.publish();
      place.openOk();
      this.reader = new ControlReader(posix, place.control);
    } catch (failure) {
      place.close();
      throw failure;
    }
    this.deaths = new DeathRecord(place, settings);
    this.starter = new Starter({ ...means, run, deaths: this.deaths });
    this.begin(left);
  }

  /** The process id of `run`; 0 when there is none. */
  get process(): number {
    return this.run.pid;
  }

  /** Whether a command, or `down`, keeps the service from being started. */
  get isWantedDown(): boolean {
    return this.service.want === "down";
  }

  /** Whether its directory was removed: nobody can ask anything of it any more. */
  get isRemoved(): boolean {
    return this.place.isRemoved;
  }

  /** Does what these bytes ask, as if they had stood in `control`. */
  command(bytes: Uint8Array): void {
    for (const command of readCommands(bytes)) {
      if (command.toLog) {
        this.options.onLogCommand?.(command);
        continue;
      }
      if (command.ends && this.run.pid !== 0) this.asked = true;
      if (command.ends) this.scripts.ask();
      this.handle(command.event, command);
    }
  }

  private begin(left: Leftover | undefined): void {
    const { place } = this;
    place.setPhase(undefined);
    if (left === undefined) place.setReady(undefined);
    else this.takeOver(left);
    if (this.service.phase === "waiting") this.starts.startIn(0);
    if (this.reader.isDeaf) {
      const path = place.path("supervise/control");
      const cure = " is not a FIFO: remove it and start the supervisor again";
      this.warn("unable to hear commands: ", ...path, cure);
    }
    this.reader.listen((bytes) => this.command(bytes)).catch(this.fail);
  }

  /** What an effect brings about at once is dealt with after the effects before it. */
  private handle(event: Event, command?: Command): void {
    this.events.push([event, command]);
    if (this.isStepping) return;
    this.isStepping = true;
    try {
      for (let first = this.events.shift(); first !== undefined; first = this.events.shift()) {
        const [happened, asking] = first;
        const { next, effects } = step(this.service, happened);
        this.service = next;
        for (const effect of effects) this.perform(effect, asking);
      }
      this.tellPhase();
    } catch (fault) {
      this.fail(fault);
    } finally {
      this.isStepping = false;
    }
  }

  private perform(effect: Effect, command: Command | undefined): void {
    switch (effect) {
      case "ask":
        return this.handleGate();
      case "forgetOthers":
        return this.gate.forget();
      case "begin":
        return this.scripts.begin();
      case "start":
        return this.start();
      case "startSoon":
        this.deaths.forgetRow();
        return this.starts.startIn(0);
      case "startAfterDeath":
        return this.starts.startIn(this.delayAfterDeath());
      case "startAfterFailure":
        return this.starts.startIn(this.starter.pauseMs);
      case "forgetStart":
        return this.starts.cancel();
      case "publish":
        return this.publish();
      case "bury":
        return this.bury();
      case "finish":
        return this.scripts.finish(this.lastEnding, this.lastPid, (code) => this.outcome(code));
      case "undo":
        return this.scripts.undo();
      case "stop":
        return this.commanded.stop(command?.toGroup ?? false, () => this.handle("killDue"));
      case "pause":
        return this.commanded.signal("SIGSTOP", command?.toGroup);
      case "resume":
        return this.commanded.signal("SIGCONT", command?.toGroup);
      case "signal":
        return command?.signal && this.commanded.signal(command.signal, command.toGroup);
      case "kill":
        return this.commanded.kill(() => this.handle("killDue"));
      case "killFinish":
        return this.scripts.killFinish();
      case "tellReady":
        return this.place.setReady(this.now());
      case "giveUp":
        return this.giveUp();
      case "end":
        return this.end();
    }
  }

  /** Whom commands reach: `run`, or the script that is there in its place. */
  private get commanded(): Commanded {
    return this.run.pid === 0 ? this.scripts.process.commanded : this.run.commanded;
  }

  // Starting.

  /** A supervisor was killed, and its service is still there: another one beside it would be one too many. */
  private takeOver({ pid, ageMs }: Leftover): void {
    this.starts.started(ageMs);
    this.warn(this.options.directory, ` runs already, as process ${pid}: taken over`);
    this.awaitEnd(leftoverEnds(this.posix, pid)).catch(this.fail);
  }

  private delayAfterDeath(): number {
    const longest = this.settings.backoffMs;
    return longest === undefined || this.deaths.inRow === 0
      ? 0
      : delayMs(this.deaths.inRow, longest);
  }

  private handleGate(): void {
    this.handle(this.gate.isOpen() ? "clear" : "blocked");
  }

  private start(): void {
    this.starts.started();
    const started = this.starter.attempt();
    if (typeof started === "string") return this.handle(started);
    this.awaitEnd(started).catch(this.fail);
    this.since = this.now();
    this.asked = false;
    this.handle("started");
    this.scripts.notifyStart("run", this.run.pid);
  }

  // Ending.

  private async awaitEnd(end: Promise<Ending>): Promise<void> {
    this.lastEnding = await end;
    this.handle("died");
  }

  private bury(): void {
    const { asked, lastEnding, options } = this;
    const pid = this.run.forget();
    this.lastPid = pid;
    this.place.setReady(undefined);
    this.since = this.now();
    this.publish();
    const { uptimeMs } = this.starts;
    this.deaths.add(this.since, pid, lastEnding, { uptimeMs, asked });
    this.scripts.notifyEnd("run", pid, lastEnding);
    if (!asked && this.quickEnds.isTelling(lastEnding, uptimeMs))
      this.warn(options.directory, "/run ends as soon as it has begun: ", BACKGROUND_ADVICE);
    if (asked || options.onEssentialDeath === undefined || !this.settings.isEssential) return;
    this.lastWords = essentialEnd(lastEnding);
    options.onEssentialDeath(lastEnding);
  }

  /** What comes after `finish`. */
  private outcome(code: number | undefined): Event {
    const most = this.settings.mostDeaths;
    const tooMany = most !== undefined && this.deaths.inRow >= most;
    const isUseless = code === PERMANENT_FAILURE || tooMany;
    // Of one that was told to stop, there is nothing to give up.
    if (!isUseless || this.service.want !== "up") return "finished";
    this.deaths.giveUp();
    return "failed";
  }

  private giveUp(): void {
    this.warn("given up: ", this.options.directory, " is not started again until it is told to");
  }

  private end(): void {
    this.tellPhase();
    this.reader.stop();
    this.place.close();
    this.resolveEnded();
  }

  // Telling.

  private publish(): void {
    const { since } = this;
    const { paused, want } = this.service;
    this.place.writeStatus({ since, pid: this.run.pid, paused, want });
  }

  /** After whatever has happened at once: what is passed through in no time is not told. */
  private tellPhase(): void {
    const isOver = this.service.phase === "over";
    const line = isOver ? this.lastWords : phaseOf(this.service, this.gate.heldBy);
    if (line !== this.told) this.place.setPhase(line);
    this.told = line;
  }

  private warn(...words: Words): void {
    this.options.say("warning", joined(words));
  }

  private now(): Instant {
    return fromUnixNanos(this.posix.now());
  }
}

function nothing(): void {
  // Until there is something.
}
