/** All services as the server tells them, kept true by its events. */
import type { Outcome } from "../tree/shapes.ts";
import type { Seen } from "./pure/filter.ts";

interface News {
  /** Names of those that are new or have changed. */
  readonly changed: readonly string[];
  readonly gone: readonly string[];
}

interface Listeners {
  news(news: News): void;
  /** Whether what is shown is true at this moment. */
  liveness(isLive: boolean): void;
  /** What came of something that was asked for, here or elsewhere. */
  outcome(outcome: Told): void;
}

/** An outcome as it is told to everybody. */
export interface Told extends Outcome {
  readonly action?: string;
  readonly who?: string;
}

interface Heard {
  readonly at?: string;
  readonly services: readonly Seen[];
  readonly gone?: readonly string[];
}

export class Services {
  readonly all: Map<string, Seen> = new Map();
  private aheadMs = 0;
  /** When each was told last, by the browser's clock. */
  private readonly toldAt = new Map<string, number>();
  private readonly listeners: Listeners;

  constructor(listeners: Listeners) {
    this.listeners = listeners;
  }

  /** Milliseconds since 1970 by the server's clock, which is what its times are told by. */
  nowMs(): number {
    return Date.now() + this.aheadMs;
  }

  /** Since a time of the server's, in seconds. */
  secondsSince(time: string): number {
    return Math.max(0, (this.nowMs() - Date.parse(time)) / 1000);
  }

  /** For how long nothing is taken from it into its log: what was told, and the time since. */
  stalledSeconds({ name, log }: Seen): number | null {
    const told = log?.stalledSeconds ?? null;
    if (told === null || told === 0) return told;
    return told + (Date.now() - (this.toldAt.get(name) ?? Date.now())) / 1000;
  }

  /** The browser connects again by itself, and is told everything then. */
  listen(): void {
    const source = new EventSource("/api/events");
    source.addEventListener("services", (event: MessageEvent<string>) => this.takeAll(event.data));
    source.addEventListener("changed", (event: MessageEvent<string>) => this.take(event.data));
    source.addEventListener("outcome", (event: MessageEvent<string>) => {
      this.listeners.outcome(JSON.parse(event.data) as Told);
    });
    source.addEventListener("error", () => {
      this.listeners.liveness(false);
      // Refused for good (a server that has just come up answers so): the browser leaves it at that.
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(() => this.listen(), AGAIN_MS);
      }
    });
  }

  private takeAll(text: string): void {
    const { services, at } = JSON.parse(text) as Heard;
    if (at !== undefined) this.aheadMs = Date.parse(at) - Date.now();
    const names = new Set(services.map(({ name }) => name));
    const gone = [...this.all.keys()].filter((name) => !names.has(name));
    this.update(services, gone);
    this.listeners.liveness(true);
  }

  private take(text: string): void {
    const { services, gone = [] } = JSON.parse(text) as Heard;
    this.update(services, gone);
  }

  private update(services: readonly Seen[], gone: readonly string[]): void {
    for (const service of services) {
      this.all.set(service.name, service);
      this.toldAt.set(service.name, Date.now());
    }
    for (const name of gone) {
      this.all.delete(name);
      this.toldAt.delete(name);
    }
    this.listeners.news({ changed: services.map(({ name }) => name), gone });
  }
}

const AGAIN_MS = 3_000;
