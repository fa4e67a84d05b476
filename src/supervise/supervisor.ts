/**
 * The supervisor of one service: carries out what the table (service.ts) says.
 *
 * It owns neither the process nor its signals nor its end, and never waits: hundreds of them live in
 * one event loop. Whoever holds them calls `sweepOrphans` on SIGCHLD if strangers' children are to
 * be taken off the process table as well.
 *
 * @see daemontools 0.76, supervise.c
 */
import {
  type Ending,
  joined,
  type Name,
  type Posix,
  SystemFailure,
  unableTo,
  type Words,
} from "../posix/index.ts";
import { fromUnixNanos, type Instant } from "../tai64/index.ts";
import { delayMs } from "./backoff.ts";
import { type Command, readCommands } from "./commands.ts";
import { ControlDirectory } from "./control-directory.ts";
import { ControlReader } from "./control-reader.ts";
import { DeathRecord } from "./death-record.ts";
import { FinishProcess } from "./finish-process.ts";
import { findLeftover, type Leftover, leftoverEnds } from "./leftover.ts";
import { Programs, type Surroundings } from "./programs.ts";
import { RunProcess } from "./run-process.ts";
import {
  type Effect,
  type Event,
  foundService,
  newService,
  type Service,
  step,
} from "./service.ts";
import { LockHeld } from "./service-lock.ts";
import { Settings } from "./settings.ts";
import { StartTimer } from "./start-timer.ts";
import { realTimers, type Timers } from "./timers.ts";

/** No process could be made: memory or processes are short, and not for this service alone. */
const NO_PROCESS = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);
const NO_PROCESS_PAUSE_MS = 60_000;
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
  private readonly run: RunProcess;
  private readonly finishing: FinishProcess;
  private readonly place: ControlDirectory;
  private readonly reader: ControlReader;
  private readonly settings: Settings;
  private readonly deaths: DeathRecord;
  private service: Service;
  private since: Instant;
  private lastPid = 0;
  private lastEnding: Ending = { code: 0, signal: undefined };
  private failurePauseMs = 0;
  /** A command has told `run` to end. */
  private asked = false;
  /** For the lock of an earlier run. */
  private isWaiting = false;
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
    const timers = options.timers ?? realTimers;
    this.starts = new StartTimer(posix, timers, () => this.handle("due"));
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = resolve;
      this.fail = reject;
    });
    const warn = (line: Buffer): void => options.say("warning", line);
    this.place = new ControlDirectory(posix, options.directory, warn);
    const { place } = this;
    const left = findLeftover(posix, place.readStatus());
    this.service = left
      ? foundService(left.want, left.paused)
      : newService(place.startsDown ? "down" : "up");
    this.since = left?.since ?? this.now();
    this.settings = new Settings(posix, place.dir, options.directory, (words) =>
      this.warn(...words),
    );
    const { settings } = this;
    const means = { programs: new Programs(posix, place.dir, options), settings, timers };
    this.run = new RunProcess(posix, means, {
      ready: () => this.handle("ready"),
      killDue: () => this.handle("killDue"),
    });
    this.run.takeOver(left?.pid ?? 0);
    this.finishing = new FinishProcess(posix, means, () => this.handle("finishDue"));
    try {
      place.openControl();
      this.publish();
      place.openOk();
      this.reader = new ControlReader(posix, place.control);
    } catch (failure) {
      place.close();
      throw failure;
    }
    this.deaths = new DeathRecord(place, this.settings);
    if (left === undefined) place.setReady(undefined);
    else this.takeOver(left);
    if (this.service.phase === "waiting") this.starts.startIn(0);
    this.listen();
  }

  /** The process id of `run`; 0 when there is none. */
  get process(): number {
    return this.run.pid;
  }

  /** Whether a command, or `down`, keeps the service from being started. */
  get isWantedDown(): boolean {
    return this.service.want === "down";
  }

  /** Does what these bytes ask, as if they had stood in `control`. */
  command(bytes: Uint8Array): void {
    for (const command of readCommands(bytes)) {
      if (command.ends && this.run.pid !== 0) this.asked = true;
      this.handle(command.event, command);
    }
  }

  private listen(): void {
    if (this.reader.isDeaf) {
      const path = this.place.path("supervise/control");
      this.warn(
        "unable to hear commands: ",
        ...path,
        " is not a FIFO: remove it and start the supervisor again",
      );
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
    } catch (fault) {
      this.fail(fault);
    } finally {
      this.isStepping = false;
    }
  }

  private perform(effect: Effect, command: Command | undefined): void {
    switch (effect) {
      case "start":
        return this.start();
      case "startSoon":
        this.deaths.forgetRow();
        return this.starts.startIn(0);
      case "startAfterDeath":
        return this.starts.startIn(this.delayAfterDeath());
      case "startAfterFailure":
        return this.starts.startIn(this.failurePauseMs);
      case "forgetStart":
        return this.starts.cancel();
      case "publish":
        return this.publish();
      case "bury":
        return this.bury();
      case "finish":
        return this.finish();
      case "stop":
        return this.run.stop(command?.toGroup ?? false);
      case "pause":
        return this.run.signal("SIGSTOP", command?.toGroup);
      case "resume":
        return this.run.signal("SIGCONT", command?.toGroup);
      case "signal":
        return command?.signal && this.run.signal(command.signal, command.toGroup);
      case "kill":
        return this.run.kill();
      case "killFinish":
        return this.killFinish();
      case "tellReady":
        return this.place.setReady(this.now());
      case "giveUp":
        return this.giveUp();
      case "end":
        return this.end();
    }
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

  private start(): void {
    this.starts.started();
    try {
      this.awaitEnd(this.posix.ended(this.run.start())).catch(this.fail);
    } catch (failure) {
      return this.notStarted(failure);
    }
    this.isWaiting = false;
    this.since = this.now();
    this.asked = false;
    this.handle("started");
  }

  private notStarted(failure: unknown): void {
    if (failure instanceof LockHeld) return this.stillRunning();
    if (!(failure instanceof SystemFailure)) throw failure;
    if (NO_PROCESS.has(failure.code)) {
      this.failurePauseMs = NO_PROCESS_PAUSE_MS;
      const pause = `, sleeping ${NO_PROCESS_PAUSE_MS / 1000} seconds`;
      this.options.say("warning", unableTo(["fork for ", this.options.directory, pause], failure));
    } else {
      this.failurePauseMs = 0;
      this.options.say("fatal", unableTo(["start ", ...this.place.path("run")], failure));
    }
    this.deaths.addFailedStart({ at: this.now(), unstarted: failure.code });
    this.handle("unstarted");
  }

  /** Said once; asked again every second. */
  private stillRunning(): void {
    const words = [
      "another instance of ",
      this.options.directory,
      " is still running: waiting for it",
    ];
    if (!this.isWaiting) this.warn(...words);
    this.isWaiting = true;
    this.failurePauseMs = 0;
    this.handle("unstarted");
  }

  // Ending.

  private async awaitEnd(end: Promise<Ending>): Promise<void> {
    this.lastEnding = await end;
    this.handle("died");
  }

  private bury(): void {
    const { asked, lastEnding } = this;
    const pid = this.run.forget();
    this.lastPid = pid;
    this.place.setReady(undefined);
    this.since = this.now();
    this.publish();
    const { uptimeMs } = this.starts;
    this.deaths.add(this.since, pid, lastEnding, { uptimeMs, asked });
    if (!asked && this.settings.isEssential) this.options.onEssentialDeath?.(lastEnding);
  }

  private finish(): void {
    try {
      const { lastEnding, lastPid, options } = this;
      const end = this.finishing.start(lastEnding, options.directory, lastPid);
      if (end !== undefined) {
        end.then(({ code }) => this.finished(code)).catch(this.fail);
        return;
      }
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      this.options.say("warning", unableTo(["start ", ...this.place.path("finish")], failure));
    }
    this.finished(undefined);
  }

  private finished(code: number | undefined): void {
    const most = this.settings.mostDeaths;
    const tooMany = most !== undefined && this.deaths.inRow >= most;
    const isUseless = code === PERMANENT_FAILURE || tooMany;
    // Of one that was told to stop, there is nothing to give up.
    this.handle(isUseless && this.service.want === "up" ? "failed" : "finished");
  }

  private giveUp(): void {
    this.deaths.giveUp();
    this.warn("given up: ", this.options.directory, " is not started again until it is told to");
  }

  private end(): void {
    this.reader.stop();
    this.place.close();
    this.resolveEnded();
  }

  private killFinish(): void {
    this.warn(...this.place.path("finish"), " has not ended in its time (timeout-finish): killed");
    this.finishing.kill();
  }

  // Telling.

  private publish(): void {
    const { since } = this;
    const { paused, want } = this.service;
    this.place.writeStatus({ since, pid: this.run.pid, paused, want });
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
