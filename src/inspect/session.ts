/**
 * Reads logs and shows their lines, in the order of time where there are several: what there is, and
 * then what comes.
 */
import { type Posix, turn } from "../posix/index.ts";
import { unixOf } from "./bound.ts";
import { Follow, type Followed } from "./follow.ts";
import { compareKeys, type Key } from "./label-key.ts";
import { Merge } from "./merge.ts";
import { OpenLog, type ReadOptions } from "./open-log.ts";
import type { Selection } from "./selection.ts";
import type { Log } from "./targets.ts";

/** What is done with the lines. */
export interface Taker {
  line(source: Selection): void;
  /** What comes from now on is wanted, whatever there was before. */
  letGo(): void;
  /** Lines that were given stand somewhere else from now on; a promise: go on when it is kept. */
  flush(): void | Promise<void>;
  readonly isFull: boolean;
  /** Nothing is to be done now. */
  idle?(): void;
}

/** Between two savings of the cursor, while there is much to read. */
const SAVE_MS = 50;
const SEVERAL_BYTES = 64 * 1024;
const SINGLE_BYTES = 512 * 1024;
/** How long others wait for their turn, where there are others. */
const TURN_MS = 8;
/** Lines between two looks at the clock. */
const TURN_LINES = 64;

export class Session implements Followed {
  private readonly posix: Posix;
  private readonly options: ReadOptions;
  private readonly taker: Taker;
  private readonly merge = new Merge();
  private readonly opens = new Map<string, OpenLog>();
  private readonly bySource = new Map<Selection, OpenLog>();
  private savedAt = 0;
  /** Lines at or behind the time that lines are wanted around. */
  private behind = 0;
  private isOver = false;
  private first = true;
  private turnEndsMs = 0;
  private linesOfTurn = 0;
  private readonly following: Follow;

  constructor(posix: Posix, options: ReadOptions, taker: Taker) {
    this.posix = posix;
    this.options = options;
    this.taker = taker;
    this.following = new Follow(posix, this, options.looksMs);
  }

  /** Adds a log; a directory that is not there yet is looked for later. */
  add(log: Log, isSingle: boolean): void {
    const key = log.path.toString("latin1");
    if (this.opens.has(key)) return;
    const bytes = isSingle ? SINGLE_BYTES : SEVERAL_BYTES;
    const open = new OpenLog(this.posix, log, this.options, bytes);
    this.opens.set(key, open);
    this.bySource.set(open.source, open);
  }

  /** Whether there is one log, and every line of it is wanted. */
  get takesOneWhole(): boolean {
    const [source, ...others] = this.bySource.keys();
    return others.length === 0 && source !== undefined && source.takesAll;
  }

  /** Begins to read the only log; undefined when it cannot be read. */
  beginOnly(): Selection | undefined {
    const [open] = this.opens.values();
    return open?.begin(true) ? open.source : undefined;
  }

  /** Gives all lines that there are to the taker. */
  async readAll(): Promise<void> {
    for (const open of this.opens.values()) {
      const isThere = open.begin(this.first);
      if (this.opens.size === 1 && open.isExact && this.options.around === undefined)
        this.taker.letGo();
      if (isThere) await this.stir(open);
    }
    await this.drain();
    this.first = false;
    await this.flushed();
  }

  /** Whatever of a log stands there has its turn. */
  private async stir(open: OpenLog): Promise<void> {
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
      if (++this.linesOfTurn % TURN_LINES === 0 && this.isTurnOver) await this.others();
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
      if (source.isOver || this.isOver) return false;
      if (this.isTurnOver) return this.moreAfterOthers(source);
      const filled = source.fill();
      if (typeof filled !== "boolean") return this.moreLater(source, filled);
      if (!filled) return this.rest(source);
      if (source.advance()) return true;
    }
  }

  private get isTurnOver(): boolean {
    return this.options.isShared === true && this.posix.monotonicMs() >= this.turnEndsMs;
  }

  private async others(): Promise<void> {
    await turn();
    this.turnEndsMs = this.posix.monotonicMs() + TURN_MS;
  }

  private async moreAfterOthers(source: Selection): Promise<boolean> {
    await this.others();
    return this.more(source);
  }

  private async moreLater(source: Selection, filling: Promise<boolean>): Promise<boolean> {
    if (!(await filling)) return this.rest(source);
    return source.advance() || this.more(source);
  }

  /** All that there is was read. An unfinished line is shown where nothing more is waited for. */
  private rest(source: Selection): boolean {
    const { follow, cursor } = this.options;
    if (follow) source.stretch.goOn(this.now());
    return !follow && cursor === undefined && source.takeRest();
  }

  private now(): Key {
    const nanos = this.posix.now();
    return { seconds: Number(nanos / BILLION), nanos: Number(nanos % BILLION) };
  }

  /** Whether the lines around a time have been shown. */
  private isPast(source: Selection): boolean {
    const { around, last } = this.options;
    if (around === undefined || last === undefined) return false;
    const isBefore = compareKeys(source, unixOf(around, source.toUnix)) < 0;
    if (isBefore && this.behind === 0) return false;
    return this.behind++ >= Math.floor(last / 2);
  }

  /** Ends `follow` when what stands there has been read. */
  finish(): void {
    this.following.finish();
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
  follow(resolve: () => readonly Log[]): Promise<void> {
    return this.following.run(resolve);
  }

  get logs(): Log[] {
    return [...this.opens.values()].map(({ log }) => log);
  }

  async catchUp(isStirred: (log: Log) => boolean, isTick: boolean): Promise<boolean> {
    let any = false;
    for (const open of this.opens.values()) {
      if (!isTick && !isStirred(open.log)) continue;
      any = true;
      if (open.begin(false)) await this.stir(open);
    }
    await this.drain();
    await this.taker.flush();
    this.saveCursor(true);
    if (isTick) this.taker.idle?.();
    return any;
  }

  /** Whether nothing that comes could be wanted: all logs are past the end of the time. */
  get isDone(): boolean {
    const opens = [...this.opens.values()];
    return this.isOver || (opens.length > 0 && opens.every(({ source }) => source.isOver));
  }

  /** All lines that were given are out: the cursor is moved behind them. */
  reached(): void {
    this.saveCursor(true);
  }

  close(): void {
    for (const open of this.opens.values()) open.close();
  }
}

const BILLION = 1_000_000_000n;
