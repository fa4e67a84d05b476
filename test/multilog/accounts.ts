/** Accounts to compare with: one of a single log directory. */
import type { Account, LogdirAccount } from "../../src/multilog/account.ts";

export interface LogdirParts {
  readonly path: string;
  readonly selectedLines: number;
  readonly deselectedLines: number;
  readonly currentBytes: number;
  readonly rotations: number;
  readonly processor: LogdirAccount["processor"];
}

/** How long each counted line is. */
const LINE_BYTES = 10;

/** The account of a logger that has one log directory, before anything goes wrong. */
export function accountOf(parts: LogdirParts, rest: Partial<Account> = {}): Account {
  const { path, selectedLines, deselectedLines, currentBytes, rotations, processor } = parts;
  const tally = (lines: number) => ({ lines, bytes: lines * LINE_BYTES });
  const read = tally(selectedLines + deselectedLines);
  return {
    version: 1,
    pid: process.pid,
    since: "2026-01-01T00:00:00.000Z",
    updated: "2026-01-01T00:00:05.000Z",
    starts: 1,
    read,
    lastLabel: undefined,
    stalled: { now: null, seconds: 0 },
    failures: 0,
    retrying: null,
    repeatedLines: 0,
    logdirs: [
      {
        path,
        read,
        selected: tally(selectedLines),
        deselected: tally(deselectedLines),
        syncedLines: 0,
        currentBytes,
        rotations,
        processor,
      },
    ],
    ...rest,
  };
}

/** One as a logger leaves it. */
export const ACCOUNT: Account = accountOf(
  {
    path: "./main",
    selectedLines: 2,
    deselectedLines: 1,
    currentBytes: 20,
    rotations: 0,
    processor: { runs: 0, failures: 0 },
  },
  { lastLabel: "@400000003b4a39c23294b13c" },
);
