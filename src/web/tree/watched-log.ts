/**
 * The log of one service: what its account says where it keeps one, else what its directories tell. Whatever
 * neither tells is null.
 */
import { type Account, parseAccount } from "../../multilog/account.ts";
import { AT_CWD, type Posix, readSmall, SystemFailure } from "../../posix/index.ts";
import { LogDirectory } from "./log-directory.ts";
import { findLog, type LogPlace } from "./log-place.ts";
import type { LogView } from "./types.ts";
import { isShortage } from "./unseen.ts";

const MOST_ACCOUNT_BYTES = 1 << 20;
const MS_PER_SECOND = 1000;
/** An account that is older than this is of a log to which nothing comes. */
const SILENT_MS = 3000;
/** A rate is news when it differs in the first two digits. */
const DIGITS = 2;
/** Log bytes are news when they differ by so much, or after so long. */
const BYTES_SHARE = 0.05;
const BYTES_MS = 10_000;

export class WatchedLog {
  private readonly posix: Posix;
  private readonly service: Buffer;
  private place: LogPlace | undefined;
  private directories: readonly LogDirectory[] = [];
  private lookedMs: number | undefined;
  private account: { readonly account: Account; readonly mark: string } | undefined;
  private rate: number | null = null;
  private shownMs = 0;
  /** As it was last found worth showing. */
  view: LogView | null = null;

  constructor(posix: Posix, service: Buffer) {
    this.posix = posix;
    this.service = service;
    this.find();
  }

  /** Looks for the log itself: it may come, go or be another one. Where it cannot look, nothing has changed. */
  find(): void {
    let place: LogPlace | undefined;
    try {
      place = findLog(this.posix, this.service, "stdout");
    } catch (failure) {
      if (!isShortage(failure)) throw failure;
      return;
    }
    if (keyOf(place) === keyOf(this.place)) return;
    this.place = place;
    this.directories = place?.directories.map((path) => new LogDirectory(this.posix, path)) ?? [];
    this.account = undefined;
    this.lookedMs = undefined;
    this.rate = null;
    this.shownMs = 0;
    this.view = null;
  }

  /** @param nowMs  on the clock of the wall. @returns whether `view` is another one now */
  look(nowMs: number): boolean {
    if (this.place === undefined) return false;
    const fresh = this.read(this.place, nowMs);
    if (this.view !== null && !isNews(this.view, fresh) && nowMs - this.shownMs < BYTES_MS)
      return false;
    const isSame = JSON.stringify(this.view) === JSON.stringify(fresh);
    this.shownMs = nowMs;
    this.view = fresh;
    return !isSame;
  }

  private read(place: LogPlace, nowMs: number): LogView {
    const account = this.readAccount(place, nowMs);
    const grown = this.directories.map((directory) => directory.look(account === undefined));
    const isThere = grown.some((one) => one !== undefined);
    if (account === undefined && this.lookedMs !== undefined) {
      const lines = grown.reduce((sum, one) => sum + (one?.lines ?? 0), 0);
      const seconds = Math.max(1, nowMs - this.lookedMs) / MS_PER_SECOND;
      this.rate = isThere ? lines / seconds : null;
    }
    this.lookedMs = nowMs;
    const bytes = this.directories.reduce((sum, one) => sum + one.bytes, 0);
    return {
      kind: place.kind,
      directories: place.directories.map(String),
      bytes: isThere ? bytes : null,
      linesPerSecond: this.rate === null ? null : Number(this.rate.toPrecision(DIGITS)),
      ...ofAccount(account, nowMs),
    };
  }

  private readAccount({ stats }: LogPlace, nowMs: number): Account | undefined {
    if (stats === undefined) return undefined;
    try {
      const status = this.posix.statusAt(AT_CWD, stats);
      const mark = status && `${status.inode} ${status.modifiedSeconds} ${status.sizeBytes}`;
      if (mark !== this.account?.mark) {
        const text = readSmall(this.posix, AT_CWD, stats, MOST_ACCOUNT_BYTES)?.toString() ?? "";
        const account = parseAccount(text);
        this.noteRate(account);
        this.account = account && { account, mark: mark ?? "" };
      } else if (this.isSilent(nowMs)) this.rate = 0;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      if (!isShortage(failure)) this.account = undefined;
    }
    return this.account?.account;
  }

  private noteRate(account: Account | undefined): void {
    const before = this.account?.account;
    if (account === undefined || before === undefined) return;
    const ms = Date.parse(account.updated) - Date.parse(before.updated);
    const lines = account.read.lines - before.read.lines;
    this.rate = ms > 0 && lines >= 0 ? (lines * MS_PER_SECOND) / ms : null;
  }

  private isSilent(nowMs: number): boolean {
    const updated = this.account?.account.updated;
    return updated !== undefined && nowMs - Date.parse(updated) > SILENT_MS;
  }
}

function keyOf(place: LogPlace | undefined): string {
  return place === undefined
    ? ""
    : [place.kind, place.stats ?? "", ...place.directories]
        .map((one) => one.toString("latin1"))
        .join("\0");
}

type Accounted = Pick<
  LogView,
  "lines" | "stalledSeconds" | "stalledWhy" | "rotations" | "processorFailures"
>;

const UNKNOWN: Accounted = {
  lines: null,
  stalledSeconds: null,
  stalledWhy: null,
  rotations: null,
  processorFailures: null,
};

function ofAccount(account: Account | undefined, nowMs: number): Accounted {
  if (account === undefined) return UNKNOWN;
  const { stalled, logdirs, updated } = account;
  const sinceMs = Math.max(0, nowMs - Date.parse(updated));
  const seconds = stalled.now === null ? 0 : stalled.now.seconds + sinceMs / MS_PER_SECOND;
  return {
    lines: account.read.lines,
    stalledSeconds: Math.floor(seconds),
    stalledWhy: stalled.now?.reason ?? null,
    rotations: logdirs.reduce((sum, { rotations }) => sum + rotations, 0),
    processorFailures: logdirs.reduce((sum, { processor }) => sum + processor.failures, 0),
  };
}

/** Whether more has changed than that a log grew a little. */
function isNews(before: LogView, now: LogView): boolean {
  const grown = Math.abs((now.bytes ?? 0) - (before.bytes ?? 0));
  return (
    grown > BYTES_SHARE * (before.bytes ?? 0) ||
    (now.bytes === null) !== (before.bytes === null) ||
    now.linesPerSecond !== before.linesPerSecond ||
    now.stalledSeconds !== before.stalledSeconds ||
    now.stalledWhy !== before.stalledWhy ||
    now.rotations !== before.rotations ||
    now.processorFailures !== before.processorFailures
  );
}
