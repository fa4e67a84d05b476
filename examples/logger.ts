/**
 * The logger of a demonstration: dist/bin/multilog at the end of a real pipe, as svscan would keep
 * one. The reading end stays open here too, so that a logger that was killed is followed by another
 * on the same pipe, and no line is missing.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "../src/multilog/account.ts";
import { posix } from "../src/posix/index.ts";

const READY_POLL_MS = 20;
/** As svscan: not more often than once a second. */
const RESTART_PAUSE_MS = 1000;

export interface LoggerOptions {
  /** The file that runs multilog: log/run of a service directory. */
  readonly run: string;
  /** Where it is run; the directories in its script are relative to this. */
  readonly directory: string;
  /** Where the commands are: put in front of PATH. */
  readonly commands: string;
  readonly onRestart: (how: string) => void;
}

export class Logger {
  /** What the service writes into; close it with `noMoreWriters` once the service has it. */
  readonly input: number;
  /** The account as it was when the logger began. */
  before: Account | undefined;
  restarts = 0;
  private readonly readEnd: number;
  private readonly options: LoggerOptions;
  private child: ChildProcess | undefined;
  /** It has held its directories: should it die, another is to follow. */
  private begun = false;
  private ending = false;

  constructor(options: LoggerOptions) {
    this.options = options;
    [this.readEnd, this.input] = posix.pipe();
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Starts it and waits until it holds its directories.
   *
   * @returns false when it gave up; it has said why on stderr
   */
  async start(): Promise<boolean> {
    const child = this.spawn();
    while (child.exitCode === null && child.signalCode === null) {
      this.before = this.account();
      this.begun = this.before?.pid === child.pid;
      if (this.begun) return true;
      await sleep(READY_POLL_MS);
    }
    for (const fd of [this.input, this.readEnd]) closeSync(fd);
    return false;
  }

  private spawn(): ChildProcess {
    const { run, directory, commands } = this.options;
    const path = [commands, process.env["PATH"] ?? ""].join(delimiter);
    const child = spawn(run, {
      cwd: directory,
      env: { ...process.env, PATH: path },
      stdio: [this.readEnd, "inherit", "inherit"],
      // Out of reach of the terminal's Ctrl-C: it ends when there is nothing more to read.
      detached: true,
    });
    this.child = child;
    child.on("exit", (code, signal) => {
      // 0: it has read to the end.
      if (this.ending || !this.begun || code === 0) return;
      this.restarts++;
      this.options.onRestart(signal ?? `exit code ${code}`);
      setTimeout(() => {
        if (!this.ending) this.spawn();
      }, RESTART_PAUSE_MS);
    });
    return child;
  }

  noMoreWriters(): void {
    closeSync(this.input);
  }

  /** Every writer is gone, or about to: waits until the logger has read to the end and closed its logs. */
  async drained(): Promise<number | null> {
    this.ending = true;
    if (!this.isRunning && this.child?.exitCode !== 0) this.spawn();
    const { child } = this;
    if (child !== undefined && this.isRunning) await once(child, "exit");
    closeSync(this.readEnd);
    return child?.exitCode ?? null;
  }

  /** Ends it now; what it has not read stays in the pipe, and goes with it. */
  end(): void {
    this.ending = true;
    this.child?.kill("SIGTERM");
  }

  private get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** What the logger has counted, as of the last second. */
  account(): Account | undefined {
    try {
      const file = join(this.options.directory, "stats.json");
      return JSON.parse(readFileSync(file, "utf8")) as Account;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
