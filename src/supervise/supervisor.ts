/**
 * The supervisor of one service: carries out what the table (service-table.ts) says.
 *
 * It owns neither the process nor its signals nor its end, and never waits: hundreds of them live in
 * one event loop. Whoever holds them calls `sweepOrphans` on SIGCHLD if strangers' children are to
 * be taken off the process table as well.
 *
 * @see daemontools 0.76, supervise.c
 */
import { type Ending, joined, type Posix, type Words } from "../posix/index.ts";
import { fromUnixNanos, type Instant } from "../tai64/index.ts";
import type { Facts } from "./announcer.ts";
import type { Commanded } from "./commanded.ts";
import { type Command, readCommands } from "./commands.ts";
import { ControlDirectory } from "./control-directory.ts";
import { ControlReader } from "./control-reader.ts";
import { findLeftover, type Leftover, leftoverEnds } from "./leftover.ts";
import { Machine } from "./machine.ts";
import { makeParts, type Parts, type SupervisorOptions } from "./parts.ts";
import { type Effect, type Event, foundService, newService, type Service } from "./service.ts";
import type { Outcome } from "./starter.ts";

export type { News, SupervisorOptions } from "./parts.ts";

export class Supervisor {
  /**
   * Resolves when there is nothing more to supervise; everything is let go of by then. Rejects with what
   * can only be a fault of our own.
   */
  readonly ended: Promise<void>;
  private readonly posix: Posix;
  private readonly options: SupervisorOptions;
  private readonly place: ControlDirectory;
  private readonly parts: Parts;
  private readonly reader: ControlReader;
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
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = resolve;
      this.fail = reject;
    });
    const warn = (line: Buffer): void => options.say("warning", line);
    const place = new ControlDirectory(posix, options.directory, warn);
    this.place = place;
    const parts = makeParts(posix, place, options, {
      handle: (event) => this.handle(event),
      ask: () => this.ask(),
      moved: () => this.moved(),
      facts: () => this.facts,
      fail: this.fail,
    });
    this.parts = parts;
    const left = findLeftover(posix, place.readStatus(), parts.settings.pidFile !== undefined);
    const fresh = newService(place.startsDown ? "down" : "up");
    this.machine = new Machine(left ? foundService(left.want, left.paused) : fresh, {
      perform: (effect, command) => this.perform(effect, command),
      heard: (command) => this.heard(command),
      settled: () => {
        if (this.service.phase !== "over") parts.announcer.tell();
      },
      fail: this.fail,
    });
    this.since = left?.since ?? this.now();
    parts.run.takeOver(left?.pid ?? 0);
    try {
      place.openControl();
      parts.announcer.note();
      parts.announcer.tell();
      place.openOk();
      this.reader = new ControlReader(posix, place.control);
    } catch (failure) {
      place.close();
      throw failure;
    }
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
    return this.parts.run.pid;
  }

  /** Whether a command, or `down`, keeps the service from being started. */
  get isWantedDown(): boolean {
    return this.service.want === "down";
  }

  /** Whether it waits for the time of its next start. */
  get isDue(): boolean {
    return this.service.phase === "waiting";
  }

  /** Whether its directory was removed: nobody can ask anything of it any more. */
  get isRemoved(): boolean {
    return this.place.isRemoved;
  }

  /** Does what these bytes ask, as if they had stood in `control`. */
  command(bytes: Uint8Array): void {
    for (const command of readCommands(bytes)) {
      if (command.toLog) this.options.onLogCommand?.(command);
      else this.handle(command.event, command);
    }
  }

  private heard({ ends }: Command): void {
    if (ends && this.parts.run.pid !== 0) this.parts.ends.asked = true;
    else if (ends) this.parts.scripts.ask();
  }

  private begin(left: Leftover | undefined): void {
    const { place } = this;
    place.setPhase(undefined);
    if (left === undefined) place.setReady(undefined);
    else this.takeOver(left);
    if (this.service.phase === "waiting") this.parts.starts.startIn(0);
    if (this.reader.isDeaf) {
      const path = place.path("supervise/control");
      const cure = " is not a FIFO: remove it and start the supervisor again";
      this.warn("unable to hear commands: ", ...path, cure);
    }
    this.reader.listen((bytes) => this.command(bytes)).catch(this.fail);
  }

  private perform(effect: Effect, command: Command | undefined): void {
    const { announcer, ends, gate, scripts, starter, starts } = this.parts;
    switch (effect) {
      case "ask":
        return this.ask();
      case "forgetOthers":
        return gate.forget();
      case "begin":
        // A try of the service: never two within a second.
        starts.started();
        return scripts.begin();
      case "start":
        return this.start();
      case "startSoon":
        ends.forgetRow();
        return void starts.startIn(0);
      case "startAfterDeath":
        return this.startIn(ends.delayMs);
      case "startAfterFailure":
        return this.startIn(starter.pauseMs);
      case "forgetStart":
        return starts.cancel();
      case "publish":
        return announcer.note();
      case "bury":
        return this.bury();
      case "finish":
        return scripts.finish(ends.last, (code) => this.outcome(code));
      case "undo":
        return scripts.undo();
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
        return scripts.killFinish();
      case "tellReady":
        // Whoever sees that it is ready finds the process in the status.
        announcer.tell();
        return this.place.setReady(this.now());
      case "giveUp":
        return this.giveUp();
      case "end":
        return this.end();
    }
  }

  /** Whom commands reach: `run`, or the script that is there in its place. */
  private get commanded(): Commanded {
    return this.parts.run.pid === 0
      ? this.parts.scripts.process.commanded
      : this.parts.run.commanded;
  }

  private ask(): void {
    this.handle(this.parts.gate.isOpen() ? "clear" : "blocked");
  }

  /** A supervisor was killed, and its service is still there: another one beside it would be one too many. */
  private takeOver({ pid, ageMs }: Leftover): void {
    this.parts.starts.started(ageMs);
    this.warn(this.options.directory, ` runs already, as process ${pid}: taken over`);
    this.awaitEnd(leftoverEnds(this.posix, pid)).catch(this.fail);
  }

  private startIn(ms: number): void {
    const left = this.parts.starts.startIn(ms);
    this.options.onNews?.({ kind: "waits", ms: left });
  }

  private start(): void {
    this.parts.announcer.tell();
    this.parts.starts.started();
    const outcome = this.parts.starter.attempt();
    if (outcome instanceof Promise)
      this.machine.hold(outcome.then((known) => () => this.startedOrNot(known)));
    else this.startedOrNot(outcome);
  }

  private startedOrNot(outcome: Outcome): void {
    if (outcome !== "unstarted") this.since = this.now();
    if (typeof outcome === "string") return this.handle(outcome);
    this.awaitEnd(outcome.ended).catch(this.fail);
    this.parts.ends.asked = false;
    this.options.onNews?.({ kind: "started", pid: this.parts.run.pid });
    this.handle("started");
    this.parts.scripts.notifyStart("run", this.parts.run.pid);
  }

  private moved(): void {
    this.since = this.now();
    this.handle("moved");
  }

  private async awaitEnd(end: Promise<Ending>): Promise<void> {
    const ending = await end;
    this.parts.ends.last = { ending, pid: this.parts.run.pid };
    this.handle("died");
  }

  private bury(): void {
    const { ending, pid } = this.parts.ends.last;
    this.parts.run.forget();
    this.place.setReady(undefined);
    this.since = this.now();
    this.parts.announcer.note();
    const { uptimeMs } = this.parts.starts;
    this.parts.ends.add(this.since, uptimeMs);
    this.options.onNews?.({ kind: "ended", ending, uptimeMs });
    this.parts.scripts.notifyEnd("run", pid, ending);
  }

  private outcome(code: number | undefined): Event {
    // Of one that was told to stop, there is nothing to give up.
    return this.service.want === "up" ? this.parts.ends.outcome(code) : "finished";
  }

  private giveUp(): void {
    this.failedAt = this.now();
    this.warn("given up: ", this.options.directory, " is not started again until it is told to");
  }

  private end(): void {
    this.parts.announcer.tell();
    this.reader.stop();
    this.place.close();
    this.resolveEnded();
  }

  private get facts(): Facts {
    const { service, since, failedAt } = this;
    const { run, gate, ends } = this.parts;
    const { heldBy } = gate;
    return { service, pid: run.pid, since, failedAt, heldBy, lastWords: ends.lastWords };
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
