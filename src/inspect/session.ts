/**
 * Reads logs and shows their lines, in the order of time where there are several: what there is, and
 * then what comes.
 */
import { DirectoryWatch, type Posix, SystemFailure, unableTo } from "../posix/index.ts";
import { beginFile, beginLog } from "./begin.ts";
import { type Bound, type Range, unixOf } from "./bound.ts";
import type { CursorFile } from "./cursor-file.ts";
import { FileReader } from "./file-reader.ts";
import { compareKeys } from "./label-key.ts";
import type { News } from "./line-source.ts";
import { LogReader } from "./log-reader.ts";
import { Merge } from "./merge.ts";
import type { Producer } from "./producer.ts";
import { Selection, type Wanted } from "./selection.ts";
import type { Log } from "./targets.ts";

export interface ReadOptions extends Wanted {
  readonly range?: Range;
  readonly producer?: Producer;
  /** The last so many lines; undefined: all. */
  readonly last?: number | undefined;
  /** The lines around this time, `last` of them. */
  readonly around?: Bound | undefined;
  readonly follow?: boolean;
  readonly cursor?: CursorFile | undefined;
  readonly news?: News;
}

/** What is done with the lines. */
export interface Taker {
  line(source: Selection): void;
  /** Lines that were given stand somewhere else from now on; a promise: go on when it is kept. */
  flush(): void | Promise<void>;
  readonly isFull: boolean;
  /** Nothing is to be done now. */
  idle?(): void;
}

interface Open {
  readonly log: Log;
  readonly source: Selection;
  readonly reader: LogReader | FileReader;
  begun: boolean;
  /** Its line stands in the merge. */
  waiting: boolean;
}

/** How long no news are waited for before every log is looked at. */
const TICK_MS = 250;
/** After news: lines that come thick and fast are taken together. */
const REST_MS = 3;
const SEVERAL_BYTES = 64 * 1024;
const SINGLE_BYTES = 512 * 1024;

export class Session {
  private readonly posix: Posix;
  private readonly options: ReadOptions;
  private readonly taker: Taker;
  private readonly merge = new Merge();
  private readonly opens = new Map<string, Open>();
  private readonly bySource = new Map<Selection, Open>();
  private savedAt = 0;
  private isOver = false;
  private first = true;
  private isLast = false;
  private watch: Watching | undefined;

  constructor(posix: Posix, options: ReadOptions, taker: Taker) {
    this.posix = posix;
    this.options = options;
    this.taker = taker;
  }

  /** Adds a log; a directory that is not there yet is looked for later. */
  add(log: Log, isSingle: boolean): void {
    if (this.opens.has(log.path)) return;
    const { posix, options } = this;
    let reader: LogReader | FileReader | undefined;
    const source = new Selection(
      log.name,
      (sink) => {
        reader =
          log.kind === "file"
            ? new FileReader(posix, log.path, sink)
            : new LogReader(posix, log.path, sink);
        return reader;
      },
      options.news ?? (() => undefined),
      isSingle ? SINGLE_BYTES : SEVERAL_BYTES,
    );
    source.want(options);
    const open = { log, source, reader: reader as LogReader, begun: false, waiting: false };
    this.opens.set(log.path, open);
    this.bySource.set(source, open);
  }

  /** Whether there is one log, and every line of it is wanted. */
  get takesOneWhole(): boolean {
    const [source, ...others] = this.bySource.keys();
    return others.length === 0 && source !== undefined && source.takesAll;
  }

  /** Begins to read the only log; undefined when it cannot be read. */
  beginOnly(): Selection | undefined {
    const [open] = this.opens.values();
    return open !== undefined && this.begin(open) ? open.source : undefined;
  }

  /** Opens a log and goes to the place where its reading begins. @returns whether it is there */
  begin(open: Open): boolean {
    if (open.begun) return true;
    const { posix, options } = this;
    const { reader, source, log } = open;
    const selects = options.grep !== undefined || (options.patterns?.length ?? 0) > 0;
    const place = options.cursor?.placeOf(log.path);
    const start = {
      range: options.range ?? {},
      producer: options.producer ?? "auto",
      // A log that appears later is new from its beginning.
      lines: selects || !this.first || place !== undefined ? undefined : options.last,
      around: options.around,
      place,
      only: options.follow !== true,
    };
    try {
      if (reader instanceof LogReader) {
        if (!reader.open()) return false;
        beginLog(posix, reader, source, start);
      } else {
        const content = reader.open();
        if (content === undefined) return false;
        reader.follows = options.follow === true;
        beginFile(posix, content, source, start);
      }
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      options.news?.(unableTo(["read ", log.path], failure).toString(), true);
      return false;
    }
    open.begun = true;
    return true;
  }

  /** Gives all lines that there are to the taker. */
  async readAll(): Promise<void> {
    for (const open of this.opens.values()) if (this.begin(open)) await this.stir(open);
    await this.drain();
    this.first = false;
    await this.flushed();
  }

  /** Whatever of a log stands there has its turn. */
  private async stir(open: Open): Promise<void> {
    if (open.waiting || !open.begun) return;
    const { source } = open;
    const got = source.advance() || (await this.more(source));
    if (!got) return;
    open.waiting = true;
    this.merge.add(source);
  }

  private async drain(): Promise<void> {
    const { merge, taker } = this;
    for (let source = merge.first; source !== undefined; source = merge.first) {
      if (this.isOver) return;
      if (this.isPast(source)) return this.stop();
      taker.line(source);
      if (source.advance()) merge.changed();
      else {
        const later = this.more(source);
        if (typeof later === "boolean" ? later : await later) merge.changed();
        else this.remove(source);
      }
      if (taker.isFull) await this.flushed();
    }
  }

  private remove(source: Selection): void {
    this.merge.removeFirst();
    const open = this.bySource.get(source);
    if (open !== undefined) open.waiting = false;
  }

  /** Reads until there is a line. */
  private more(source: Selection): boolean | Promise<boolean> {
    for (;;) {
      if (source.isOver) return false;
      const filled = source.fill();
      if (typeof filled !== "boolean") return this.moreLater(source, filled);
      if (!filled) return this.rest(source);
      if (source.advance()) return true;
    }
  }

  private async moreLater(source: Selection, filling: Promise<boolean>): Promise<boolean> {
    if (!(await filling)) return this.rest(source);
    return source.advance() || this.more(source);
  }

  /** An unfinished line is shown where nothing more is waited for. */
  private rest(source: Selection): boolean {
    const { follow, cursor } = this.options;
    return !follow && cursor === undefined && source.takeRest();
  }

  /** Whether the lines around a time have been shown. */
  private isPast(source: Selection): boolean {
    const { around, last } = this.options;
    if (around === undefined || last === undefined) return false;
    if (compareKeys(source, unixOf(around, source.toUnix)) < 0) return false;
    return this.behind++ >= Math.floor(last / 2);
  }

  private behind = 0;

  /** Ends `follow` when what stands there has been read. */
  finish(): void {
    this.isLast = true;
    this.watch?.wake();
  }

  /** Ends the reading at its next step. */
  stop(): void {
    this.isOver = true;
  }

  private async flushed(): Promise<void> {
    await this.taker.flush();
    this.saveCursor(false);
  }

  private saveCursor(now: boolean): void {
    const { cursor } = this.options;
    if (cursor === undefined || (this.first && this.options.last !== undefined)) return;
    const time = this.posix.monotonicMs();
    if (!now && time - this.savedAt < SAVE_MS) return;
    this.savedAt = time;
    for (const { log, source, waiting, begun } of this.opens.values())
      if (begun) cursor.reached(log.path, source, waiting);
    cursor.save();
  }

  /**
   * Shows what comes, until nobody reads it any more.
   *
   * @param resolve  which logs there are by now
   */
  async follow(resolve: () => readonly Log[]): Promise<void> {
    const watch = new Watching(this.posix);
    this.watch = watch;
    try {
      for (let resolvedAt = 0; !this.isOver; ) {
        const time = this.posix.monotonicMs();
        const { isLast } = this;
        const isTick = isLast || time - resolvedAt >= TICK_MS;
        if (isTick) {
          resolvedAt = time;
          for (const log of resolve()) this.add(log, false);
          for (const { log } of this.opens.values()) watch.add(log);
        }
        const stirred = watch.take();
        let any = false;
        for (const open of this.opens.values()) {
          if (!isTick && !stirred(open.log)) continue;
          any = true;
          if (this.begin(open)) await this.stir(open);
        }
        await this.drain();
        await this.taker.flush();
        this.saveCursor(true);
        if (isTick) this.taker.idle?.();
        if (isLast || this.isDone) return;
        if (any && !isTick) await this.posix.sleep(REST_MS);
        else await watch.wait(TICK_MS);
      }
    } finally {
      watch.close();
    }
  }

  /** Whether nothing that comes could be wanted: all logs are past the end of the time. */
  private get isDone(): boolean {
    const opens = [...this.opens.values()];
    return opens.length > 0 && opens.every(({ source }) => source.isOver);
  }

  /** All lines that were given are out: the cursor is moved behind them. */
  reached(): void {
    this.saveCursor(true);
  }

  close(): void {
    for (const { reader } of this.opens.values()) reader.close();
  }
}

const SAVE_MS = 50;

/** News of the directories of logs; without inotify every log is looked at each time. */
class Watching {
  private readonly posix: Posix;
  private readonly directories: DirectoryWatch | undefined;
  private readonly numbers = new Map<string, number | undefined>();

  constructor(posix: Posix) {
    this.posix = posix;
    try {
      this.directories = new DirectoryWatch();
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
    }
  }

  add(log: Log): void {
    const path = log.kind === "file" ? directoryOf(log.path) : log.path;
    this.numbers.set(log.path, this.directories?.add(path));
  }

  /** Takes the news; answers whether a log may have some. */
  take(): (log: Log) => boolean {
    const told = new Set<number>();
    this.directories?.take((number) => told.add(number));
    return ({ path }) => {
      const number = this.numbers.get(path);
      return number === undefined || told.has(number) || told.has(-1);
    };
  }

  /** Ends a wait. */
  wake(): void {
    this.directories?.wake();
  }

  async wait(timeoutMs: number): Promise<void> {
    const isBlind = [...this.numbers.values()].includes(undefined);
    const patienceMs = isBlind ? BLIND_MS : timeoutMs;
    if (this.directories === undefined) await this.posix.sleep(patienceMs);
    else await this.directories.wait(patienceMs);
  }

  close(): void {
    this.directories?.close();
  }
}

const BLIND_MS = 25;

function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash + 1);
}
