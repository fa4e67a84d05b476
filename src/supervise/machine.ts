/** The state of one service, stepped by events one after the other. */
import type { Command } from "./commands.ts";
import { type Effect, type Event, type Service, step } from "./service.ts";

export interface MachineMeans {
  /** Carries an effect out; `command`: what the event came with. */
  readonly perform: (effect: Effect, command: Command | undefined) => void;
  /** Is called after whatever has happened at once. */
  readonly settled: () => void;
  /** Is told what was thrown. */
  readonly fail: (fault: unknown) => void;
}

export class Machine {
  private readonly means: MachineMeans;
  private current: Service;
  private readonly events: [event: Event, command: Command | undefined][] = [];
  private isStepping = false;

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
    if (this.isStepping) return;
    this.isStepping = true;
    try {
      for (let first = this.events.shift(); first !== undefined; first = this.events.shift()) {
        const [happened, asking] = first;
        const { next, effects } = step(this.current, happened);
        this.current = next;
        for (const effect of effects) this.means.perform(effect, asking);
      }
      this.means.settled();
    } catch (fault) {
      this.means.fail(fault);
    } finally {
      this.isStepping = false;
    }
  }
}
