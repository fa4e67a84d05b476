/** The state of one service, stepped by events one after the other. */
import type { Command } from "./commands.ts";
import { type Effect, type Event, type Service, step } from "./service.ts";

export interface MachineMeans {
  /** Carries an effect out; `command`: what the event came with. */
  readonly perform: (effect: Effect, command: Command | undefined) => void;
  /** Is told of a command before it is dealt with. */
  readonly heard: (command: Command) => void;
  /** Is called after whatever has happened at once. */
  readonly settled: () => void;
  /** Is told what was thrown. */
  readonly fail: (fault: unknown) => void;
}

export class Machine {
  private readonly means: MachineMeans;
  private current: Service;
  private readonly events: [event: Event, command: Command | undefined][] = [];
  private isBusy = false;
  private isHeld = false;

  constructor(first: Service, means: MachineMeans) {
    this.current = first;
    this.means = means;
  }

  get service(): Service {
    return this.current;
  }

  /** Deals with an event. What an effect brings about at once is dealt with after the effects before it. */
  handle(event: Event, command?: Command): void {
    this.events.push([event, command]);
    if (!this.isBusy) this.goOn();
  }

  /** To be called by an effect that takes its time: what happens before its outcome is dealt with after it. */
  hold(outcome: Promise<() => void>): void {
    this.isHeld = true;
    outcome
      .then((follow) => {
        const later = this.events.splice(0);
        follow();
        this.events.push(...later);
        this.isHeld = false;
        this.goOn();
      })
      .catch(this.means.fail);
  }

  private goOn(): void {
    this.isBusy = true;
    try {
      for (let first = this.events.shift(); first !== undefined; first = this.events.shift()) {
        this.deal(...first);
        if (this.isHeld) return;
      }
      this.means.settled();
      this.isBusy = false;
    } catch (fault) {
      this.isBusy = false;
      this.means.fail(fault);
    }
  }

  private deal(event: Event, command: Command | undefined): void {
    if (command !== undefined) this.means.heard(command);
    const { next, effects } = step(this.current, event);
    this.current = next;
    for (const effect of effects) this.means.perform(effect, command);
  }
}
