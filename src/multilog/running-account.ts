/**
 * The account of an engine while it runs: what has been counted since its start, what an earlier
 * account said, and the `:stats` file in which others read it.
 */
import type { Posix } from "../posix/index.ts";
import { type Account, type Books, makeAccount } from "./account.ts";
import { StatsFile } from "./stats-file.ts";
import type { Warn } from "./trouble.ts";

export class RunningAccount {
  private readonly posix: Posix;
  private readonly books: Books;
  private readonly startMs: number;
  private readonly stats: StatsFile | undefined;
  private before: Account | undefined;
  private hasRead = false;

  /** @param statsFile  path of the `:stats` file, if there is to be one */
  constructor(posix: Posix, books: Books, statsFile: Uint8Array | undefined, warn: Warn) {
    this.posix = posix;
    this.books = books;
    this.startMs = this.nowMs;
    if (statsFile === undefined) return;
    this.stats = new StatsFile(posix, statsFile, warn);
    this.stats.account = () => this.now();
    books.trouble.onChange = () => this.stats?.write();
  }

  /** Milliseconds since 1970. */
  private get nowMs(): number {
    return Number(this.posix.now() / 1_000_000n);
  }

  /** What has been counted so far, with what an earlier account said. */
  now(): Account {
    // Trouble may write the file before the logs are open: it is read before it is first replaced.
    if (!this.hasRead) this.before = this.stats?.read();
    this.hasRead = true;
    return makeAccount(this.books, this.before, this.startMs, this.nowMs, this.posix.monotonicMs());
  }

  /** A batch was taken; `lines` are those of every batch so far. */
  noteTaken(bytes: number, lines: number): void {
    this.books.read.bytes += bytes;
    this.books.read.lines = lines;
    this.stats?.touch();
  }

  noteRepeated(lines: number): void {
    this.books.repeatedLines += lines;
  }

  /** Writes the file now. */
  write(): void {
    this.stats?.write();
  }
}
