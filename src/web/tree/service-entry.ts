/** One service that is watched: what was read of it, and when it is to be read again. */
import { AT_CWD, joined, type Posix, unlessRefused } from "../../posix/index.ts";
import type { DirectoryNews } from "../../supervise/directory-news.ts";
import { hasReader } from "../../supervise/service-state.ts";
import { type Facts, readFacts } from "./facts.ts";
import { serviceJson } from "./service-json.ts";
import type { ServiceView } from "./types.ts";
import { show } from "./view.ts";
import { WatchedLog } from "./watched-log.ts";

/** A directory in which much goes on that is none of ours is not read more often than that. */
const LONGEST_REST_MS = 2000;
const SHORTEST_REST_MS = 50;

export class ServiceEntry {
  readonly name: string;
  readonly directory: Buffer;
  readonly log: WatchedLog;
  facts: Facts;
  view: ServiceView;
  /** Milliseconds since 1970: time alone changes nothing before. */
  validUntilMs = 0;
  /** News have come since it was read. */
  isDirty = false;
  /** On the monotonic clock: it is not read again before. */
  restUntilMs = 0;
  private restMs = SHORTEST_REST_MS;
  private readonly posix: Posix;
  private readonly news: DirectoryNews | undefined;
  private readonly onNews: () => void;
  private readonly watches: [own: number | undefined, state: number | undefined] = [
    undefined,
    undefined,
  ];

  /** @param onNews  is called when it has become dirty */
  constructor(
    posix: Posix,
    place: { readonly name: string; readonly directory: Buffer },
    news: DirectoryNews | undefined,
    onNews: (entry: ServiceEntry) => void,
  ) {
    this.posix = posix;
    this.name = place.name;
    this.directory = place.directory;
    this.news = news;
    this.onNews = () => {
      if (this.isDirty) return;
      this.isDirty = true;
      onNews(this);
    };
    this.watch();
    this.log = new WatchedLog(posix, this.directory);
    this.facts = readFacts(posix, this.directory);
    this.view = this.make();
  }

  /** Whether the system tells what changes in it. */
  get isWatched(): boolean {
    return this.watches[1] !== undefined;
  }

  /** Reads it again. @returns whether something has changed */
  read(): boolean {
    this.isDirty = false;
    this.watch();
    this.facts = readFacts(this.posix, this.directory, this.facts);
    this.log.find();
    const isChanged = this.refresh();
    this.restMs = isChanged ? SHORTEST_REST_MS : Math.min(LONGEST_REST_MS, 2 * this.restMs);
    this.restUntilMs = this.posix.monotonicMs() + this.restMs;
    return isChanged;
  }

  /** Makes the view anew, of what was read. @returns whether it is another one */
  refresh(): boolean {
    const view = this.make();
    if (serviceJson(view) === serviceJson(this.view)) return false;
    this.view = view;
    return true;
  }

  /** Whether its supervisor is there, or is not, as was read: nobody tells when one is killed. */
  get isAsRead(): boolean {
    if (this.facts.isStale) return false;
    const was = this.facts.state?.isSupervised ?? false;
    const ok = joined([this.directory, "/supervise/ok"]);
    return unlessRefused(() => hasReader(this.posix, AT_CWD, ok) === was) ?? !was;
  }

  close(): void {
    for (const number of this.watches) this.news?.remove(number, this.onNews);
  }

  private make(): ServiceView {
    const { name, directory, facts, log, posix } = this;
    const { view, validUntilMs } = show(
      { name, directory: directory.toString() },
      facts,
      log.view,
      posix,
    );
    this.validUntilMs = validUntilMs;
    return view;
  }

  /** Directories are others when they were removed and made anew. */
  private watch(): void {
    const places = [this.directory, joined([this.directory, "/supervise"])];
    for (const [at, place] of places.entries()) {
      const number = this.news?.add([place], this.onNews);
      if (number === this.watches[at]) continue;
      this.news?.remove(this.watches[at], this.onNews);
      this.watches[at] = number;
    }
  }
}
