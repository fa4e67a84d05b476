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
import { Announcer, type Facts } from "./announcer.ts";
import type { Commanded } from "./commanded.ts";
import { type Command, readCommands } from "./commands.ts";
import { Conditions } from "./conditions.ts";
import { ControlDirectory } from "./control-directory.ts";
import { ControlReader } from "./control-reader.ts";
import { DeathRecord } from "./death-record.ts";
import { Ends } from "./ends.ts";
import { Gate } from "./gate.ts";
import { findLeftover, type Leftover, leftoverEnds } from "./leftover.ts";
import { Machine } from "./machine.ts";
import { Programs, type Surroundings } from "./programs.ts";
import { RunProcess } from "./run-process.ts";
import { Scripts } from "./scripts.ts";
import { type Effect, type Event, foundService, newService, type Service } from "./service.ts";
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
}

export class Supervisor {
  /**
   * Resolves when there is nothing more to supervise; everything is let go of by then. Rejects with what
   * can only be a fault of our own.
   */
  readonly ended: Promise<void>;
  private readonly posix: Posix;
  private readonly options: SupervisorOptions;
  private readonly place: ControlDirectory;
  private readonly reader: ControlReader;
  private readonly starts: StartTimer;
  private readonly gate: Gate;
  private readonly starter: Starter;
  private readonly run: RunProcess;
  private readonly scripts: Scripts;
  private readonly deaths: DeathRecord;
  private readonly ends: Ends;
  private readonly announcer: Announcer;
  private readonly machine: Machine;
  private since: Instant;
  private failedAt: Instant | undefined;
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
    const { directory, say, timers = realTimers, onEssentialDeath } = options;
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = resolve;
      this.fail = reject;
    });
    const place = new ControlDirectory(posix, directory, (line) => say("warning", line));
    this.place = place;
    const warn = (words: Words): void => say("warning", joined(words));
    const settings = new Settings(posix, place.dir, directory, warn);
    const conditions = new Conditions(posix, place.dir, directory, options.environment);
    const programs = new Programs(posix, place.dir, options, conditions);
    const means = { posix, programs, settings, timers, directory, warn, say };
    const left = findLeftover(posix, place.readStatus(), settings.pidFile !== undefined);
    const service = left
      ? foundService(left.want, left.paused)
      : newService(place.startsDown ? "down" : "up");
    this.machine = new Machine(service, {
      perform: (effect, command) => this.perform(effect, command),
      settled: () => {
        if (this.service.phase !== "over") this.announcer.tell();
      },
      fail: this.fail,
    });
    this.since = left?.since ?? this.now();
    this.starts = new StartTimer(posix, timers, () => this.handle("due"));
    this.gate = new Gate(means, () => this.ask());
    this.run = new RunProcess(means, {
      ready: () => this.handle("ready"),
      moved: () => this.moved(),
    });
    this.run.takeOver(left?.pid ?? 0);
    this.announcer = new Announcer(place, () => this.facts);
    this.scripts = new Scripts({
      ...means,
      tell: (event) => this.handle(event),
      beforeStart: () => this.announcer.tell(),
      fail: this.fail,
    });
    try {
      place.openControl();
      this.announcer.note();
      this.announcer.tell();
      place.openOk();
      this.reader = new ControlReader(posix, place.control);
    } catch (failure) {
      place.close();
      throw failure;
    }
    this.deaths = new DeathRecord(place, settings);
    const { deaths, run } = this;
    this.ends = new Ends({ deaths, settings, directory, warn, onEssentialDeath });
    this.starter = new Starter({ ...means, run, deaths });
    this.begin(left);
  }

  private get service(): Service {
    return this.machine.service;
  }

  private handle(event: Event, command?: Command): void {
    this.machine.handle(event, command);
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
      if (command.toLog) this.options.onLogCommand?.(command);
      else this.obey(command);
    }
  }

  private obey(command: Command): void {
    if (command.ends && this.run.pid !== 0) this.ends.asked = true;
    else if (command.ends) this.scripts.ask();
    this.handle(command.event, command);
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

  private perform(effect: Effect, command: Command | undefined): void {
    switch (effect) {
      case "ask":
        return this.ask();
      case "forgetOthers":
        return this.gate.forget();
      case "begin":
        // A try of the service: never two within a second.
        this.starts.started();
        return this.scripts.begin();
      case "start":
        return this.start();
      case "startSoon":
        this.deaths.forgetRow();
        return this.starts.startIn(0);
      case "startAfterDeath":
        return this.starts.startIn(this.ends.delayMs);
      case "startAfterFailure":
        return this.starts.startIn(this.starter.pauseMs);
      case "forgetStart":
        return this.starts.cancel();
      case "publish":
        return this.announcer.note();
      case "bury":
        return this.bury();
      case "finish":
        return this.scripts.finish(this.ends.last, (code) => this.outcome(code));
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

  private ask(): void {
    this.handle(this.gate.isOpen() ? "clear" : "blocked");
  }

  /** A supervisor was killed, and its service is still there: another one beside it would be one too many. */
  private takeOver({ pid, ageMs }: Leftover): void {
    this.starts.started(ageMs);
    this.warn(this.options.directory, ` runs already, as process ${pid}: taken over`);
    this.awaitEnd(leftoverEnds(this.posix, pid)).catch(this.fail);
  }

  private start(): void {
    this.announcer.tell();
    this.starts.started();
    const started = this.starter.attempt();
    if (started !== "unstarted") this.since = this.now();
    if (typeof started === "string") return this.handle(started);
    this.awaitEnd(started).catch(this.fail);
    this.ends.asked = false;
    this.handle("started");
    this.scripts.notifyStart("run", this.run.pid);
  }

  private moved(): void {
    this.since = this.now();
    this.handle("moved");
  }

  private async awaitEnd(end: Promise<Ending>): Promise<void> {
    const ending = await end;
    this.ends.last = { ending, pid: this.run.pid };
    this.handle("died");
  }

  private bury(): void {
    const { ending, pid } = this.ends.last;
    this.run.forget();
    this.place.setReady(undefined);
    this.since = this.now();
    this.announcer.note();
    this.ends.add(this.since, this.starts.uptimeMs);
    this.scripts.notifyEnd("run", pid, ending);
  }

  private outcome(code: number | undefined): Event {
    // Of one that was told to stop, there is nothing to give up.
    return this.service.want === "up" && this.ends.isLast(code) ? "failed" : "finished";
  }

  private giveUp(): void {
    this.failedAt = this.now();
    this.warn("given up: ", this.options.directory, " is not started again until it is told to");
  }

  private end(): void {
    this.announcer.tell();
    this.reader.stop();
    this.place.close();
    this.resolveEnded();
  }

  private get facts(): Facts {
    const { service, since, failedAt } = this;
    const { heldBy } = this.gate;
    // While the directory is being taken, nothing has ended yet.
    const ends: Ends | undefined = this.ends;
    return { service, pid: this.run.pid, since, failedAt, heldBy, lastWords: ends?.lastWords };
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
