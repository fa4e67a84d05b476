/**
 * The tree as it is now: all services of some scan directories, through the files that they keep.
 *
 * The system tells what changes in service directories (inotify); one clock sees to all that it does not
 * tell: supervisors that were killed, logs that grow, deaths that become old, directories that cannot be
 * watched. It holds nothing that is not read from the disk again by the next that is started.
 */
import { joined, type Posix, SystemFailure, unableTo, unlessRefused } from "../../posix/index.ts";
import { DirectoryNews, openWatch } from "../../supervise/directory-news.ts";
import { type DeathEntry, type ServiceSettings } from "../../supervise/index.ts";

import { act } from "./actions.ts";
import { findServices, readSettingsAt } from "./find-services.ts";
import { findLog, LOG_FOLDER, type LogStream, scriptWords } from "./log-place.ts";
import { matching } from "./names.ts";
import { Rounds } from "./rounds.ts";
import { ServiceEntry } from "./service-entry.ts";
import type { Action, ActOptions, Outcome, ServiceView, Tree, TreeListener } from "./types.ts";

const GATHER_MS = 50;

export interface LiveTreeOptions {
  /** Absolute. */
  readonly directories: readonly string[];
  readonly readOnly?: boolean;
  /** Says who changed what, and what became of it. */
  readonly record: (who: string, words: string) => void;
  /** Says what keeps it from looking, once for each time that something does. */
  readonly warn?: (words: string) => void;
}

interface News {
  readonly changed: readonly ServiceEntry[];
  readonly gone: readonly string[];
}

const NO_NEWS: News = { changed: [], gone: [] };

type OutcomeListener = (outcome: Outcome, action: Action, who: string) => void;

export class LiveTree implements Tree {
  readonly directories: readonly string[];
  readonly isReadOnly: boolean;
  private readonly posix: Posix;
  private readonly record: LiveTreeOptions["record"];
  private readonly warn: (words: string) => void;
  private readonly news: DirectoryNews | undefined;
  private readonly entries = new Map<string, ServiceEntry>();
  private sorted: readonly ServiceView[] | undefined;
  private readonly listeners = new Set<TreeListener>();
  private readonly outcomeListeners = new Set<OutcomeListener>();
  private readonly dirty = new Set<ServiceEntry>();
  private readonly rounds: Rounds;
  private gathering: NodeJS.Timeout | undefined;
  /** Why it could not be looked; undefined: it could. */
  private trouble: string | undefined;
  private readonly onScanNews = (): void => this.tell(this.scan());

  constructor(
    posix: Posix,
    { directories, readOnly = false, record, warn = () => undefined }: LiveTreeOptions,
  ) {
    this.posix = posix;
    this.directories = directories;
    this.isReadOnly = readOnly;
    this.record = record;
    this.warn = warn;
    const watch = openWatch();
    this.news = watch && new DirectoryNews(watch);
    this.scan();
    this.rounds = new Rounds({
      posix,
      entries: () => [...this.entries.values()],
      isWatchedBySomebody: () => this.listeners.size > 0,
      onChange: (changed) => this.tell({ changed, gone: [] }),
      scan: this.onScanNews,
      onTrouble: (failure) => this.say(failure),
    });
  }

  services(): readonly ServiceView[] {
    this.sorted ??= [...this.entries.values()]
      .map(({ view }) => view)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.sorted;
  }

  service(name: string): ServiceView | undefined {
    return this.entries.get(name)?.view;
  }

  find(word: string): readonly ServiceView[] {
    const exact = this.service(word);
    return exact === undefined ? matching(this.services(), word) : [exact];
  }

  deaths(name: string): readonly DeathEntry[] {
    return this.entries.get(name)?.facts.deaths ?? [];
  }

  settings(name: string): ServiceSettings | undefined {
    const directory = this.entries.get(name)?.directory;
    return directory && unlessRefused(() => readSettingsAt(this.posix, directory));
  }

  logDirectories(name: string, stream: LogStream): readonly Buffer[] {
    const directory = this.entries.get(name)?.directory;
    const found = directory && unlessRefused(() => findLog(this.posix, directory, stream));
    return found?.directories ?? [];
  }

  logScript(name: string, stream: LogStream): readonly Buffer[] {
    const directory = this.entries.get(name)?.directory;
    if (directory === undefined) return [];
    const place = joined([directory, `/${LOG_FOLDER[stream]}`]);
    return unlessRefused(() => scriptWords(this.posix, place)) ?? [];
  }

  async act(name: string, action: Action, options: ActOptions): Promise<Outcome> {
    const { who } = options;
    const outcome = await this.tryToAct(name, action, options);
    this.record(who, `${action} ${name}: ${outcome.words}`);
    const entry = this.entries.get(name);
    // Whoever asks now is to see what it has come to.
    if (entry?.read()) this.tell({ changed: [entry], gone: [] });
    for (const listener of this.outcomeListeners) listener(outcome, action, who);
    return outcome;
  }

  watch(listener: TreeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  watchOutcomes(listener: OutcomeListener): () => void {
    this.outcomeListeners.add(listener);
    return () => this.outcomeListeners.delete(listener);
  }

  refresh(): void {
    const { changed: found, gone } = this.scan();
    const changed = [...this.entries.values()].filter((entry) => {
      const isRead = entry.read();
      const isLooked = entry.log.look(Number(this.posix.now() / 1_000_000n));
      return isLooked ? entry.refresh() || isRead : isRead;
    });
    this.tell({ changed: [...new Set([...found, ...changed])], gone });
  }

  close(): void {
    this.rounds.close();
    clearTimeout(this.gathering);
    for (const entry of this.entries.values()) entry.close();
    this.news?.close();
    this.listeners.clear();
    this.outcomeListeners.clear();
  }

  private async tryToAct(name: string, action: Action, options: ActOptions): Promise<Outcome> {
    const entry = this.entries.get(name);
    const refused = (words: string): Outcome => ({ name, ok: false, words, reached: null });
    if (entry === undefined) return refused("there is no such service");
    if (this.isReadOnly) return refused("nothing may be changed here: --read-only");
    const { directory } = entry;
    try {
      return await act(this.posix, { name, directory }, action, options);
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      return refused(`unable to look into its directory: ${failure.text}`);
    }
  }

  /** Finds out which services there are; where that cannot be told, they stay as they were. */
  private scan(): News {
    try {
      for (const scanned of this.directories) this.news?.add([scanned], this.onScanNews);
      const news = this.take(findServices(this.posix, this.directories));
      this.trouble = undefined;
      return news;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      this.say(failure);
      return NO_NEWS;
    }
  }

  /** A name may have come to be that of another directory. */
  private take(found: ReadonlyMap<string, Buffer>): News {
    const stale = [...this.entries.values()].filter(
      ({ name, directory }) => found.get(name)?.equals(directory) !== true,
    );
    for (const { name } of stale) this.remove(name);
    const changed = [...found].flatMap(([name, directory]) => {
      if (this.entries.has(name)) return [];
      const entry = new ServiceEntry(this.posix, { name, directory }, this.news, this.onNews);
      this.entries.set(name, entry);
      return [entry];
    });
    return { changed, gone: stale.map(({ name }) => name).filter((name) => !found.has(name)) };
  }

  private say(failure: SystemFailure): void {
    const words = unableTo(["look for services"], failure).toString();
    if (this.trouble !== words) this.warn(words);
    this.trouble = words;
  }

  private remove(name: string): void {
    const entry = this.entries.get(name);
    if (entry === undefined) return;
    entry.close();
    this.dirty.delete(entry);
    this.entries.delete(name);
  }

  private readonly onNews = (entry: ServiceEntry): void => {
    this.dirty.add(entry);
    this.gathering ??= setTimeout(() => this.readDirty(), GATHER_MS);
  };

  /** Reads those of which there is news, each not too often. */
  private readDirty(): void {
    this.gathering = undefined;
    const now = this.posix.monotonicMs();
    const due = [...this.dirty].filter(({ restUntilMs }) => restUntilMs <= now);
    for (const entry of due) this.dirty.delete(entry);
    this.tell({ changed: due.filter((entry) => entry.read()), gone: [] });
    if (this.dirty.size > 0) this.gathering ??= setTimeout(() => this.readDirty(), GATHER_MS);
  }

  private tell({ changed, gone }: News): void {
    if (changed.length === 0 && gone.length === 0) return;
    this.sorted = undefined;
    const views = changed.map(({ view }) => view);
    for (const listener of this.listeners) listener(views, gone);
  }
}
