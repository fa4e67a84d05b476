/** A tree of services without processes: what they are is set, what they are told is kept. */
import type { DeathEntry, ServiceSettings } from "../../../src/supervise/index.ts";
import type { Site } from "../../../src/web/server/site.ts";
import type {
  Action,
  ActOptions,
  Outcome,
  ServiceView,
  Tree,
  TreeListener,
} from "../../../src/web/tree/types.ts";
import { DEFAULT_SETTINGS } from "../../support/settings.ts";

/** A service that has been up for an hour. */
export function viewOf(name: string, more: Partial<ServiceView> = {}): ServiceView {
  return {
    name,
    directory: `/nowhere/${name}`,
    group: null,
    state: "up",
    want: "up",
    normally: "up",
    pid: 100,
    since: new Date(Date.now() - 3_600_000).toISOString(),
    ready: null,
    readySince: null,
    flapping: false,
    waitsFor: [],
    deaths: { minute: 0, hour: 0, kept: 0, perMinute: [] },
    lastDeath: null,
    log: null,
    error: null,
    ...more,
  };
}

export const DOWN: Partial<ServiceView> = { state: "down", want: "down", pid: null };

export class FakeTree implements Tree {
  readonly directories: readonly string[] = [];
  readonly isReadOnly: boolean = false;
  /** `ACTION NAME`, in order. */
  readonly told: string[] = [];
  readonly deathsOf: Map<string, readonly DeathEntry[]> = new Map();
  readonly settingsOf: Map<string, Partial<ServiceSettings>> = new Map();
  /** What becomes of an action. */
  onAct: (name: string, action: Action) => Outcome | undefined = () => undefined;
  private readonly views = new Map<string, ServiceView>();
  private readonly listeners = new Set<TreeListener>();

  constructor(...views: readonly ServiceView[]) {
    for (const view of views) this.views.set(view.name, view);
  }

  /** Changes a service, and tells of it. */
  set(name: string, more: Partial<ServiceView>): void {
    const view = { ...(this.views.get(name) ?? viewOf(name)), ...more };
    this.views.set(name, view);
    for (const listener of this.listeners) listener([view], []);
  }

  remove(name: string): void {
    this.views.delete(name);
    for (const listener of this.listeners) listener([], [name]);
  }

  get listening(): number {
    return this.listeners.size;
  }

  services(): readonly ServiceView[] {
    return [...this.views.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  service(name: string): ServiceView | undefined {
    return this.views.get(name);
  }

  async act(name: string, action: Action, _options: ActOptions): Promise<Outcome> {
    this.told.push(`${action} ${name}`);
    const outcome = this.onAct(name, action);
    return outcome ?? { name, ok: true, words: `it was told to ${action}`, reached: null };
  }

  watch(listener: TreeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  deaths(name: string): readonly DeathEntry[] {
    return this.deathsOf.get(name) ?? [];
  }

  settings(name: string): ServiceSettings | undefined {
    return this.views.has(name) ? { ...DEFAULT_SETTINGS, ...this.settingsOf.get(name) } : undefined;
  }

  logDirectories(name: string): readonly Buffer[] {
    return (this.views.get(name)?.log?.directories ?? []).map((one) => Buffer.from(one));
  }

  logScript(): readonly Buffer[] {
    return [];
  }

  find(word: string): readonly ServiceView[] {
    return this.services().filter(({ name }) => name === word);
  }

  watchOutcomes(): () => void {
    return () => undefined;
  }

  refresh(): void {}

  close(): void {}
}

/** @param said  receives what is recorded and warned of */
export function siteOf(tree: Tree, said: string[] = [], more: Partial<Site> = {}): Site {
  return {
    tree,
    version: "1.2.3",
    readOnly: false,
    user: () => null,
    who: () => "somebody",
    record: (who, words) => said.push(`${who}: ${words}`),
    warn: (words) => said.push(words),
    ending: new AbortController().signal,
    ...more,
  };
}
