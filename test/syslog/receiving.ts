/** syslog-in as it runs, and what it has written. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ours } from "../support/commands.ts";
import { Running } from "../support/running.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

export const HOST: string = hostname();

export interface ReceivingOptions {
  readonly args?: readonly string[];
  /** Where its lines go; a file of its own unless given. */
  readonly stdout?: number;
  readonly user?: number;
}

export class Receiving {
  readonly directory: string;
  readonly running: Running;
  readonly socket: string;
  private readonly file: string;

  constructor(scope: Scope, options: ReceivingOptions = {}) {
    const directory = temporaryDirectory(scope);
    this.directory = directory;
    this.socket = join(directory, "log");
    this.file = join(directory, "lines");
    if (options.user !== undefined) fs.chmodSync(directory, 0o777);
    const stdout = options.stdout ?? fs.openSync(this.file, "a");
    const args = options.args ?? ["--socket", this.socket];
    const { user } = options;
    this.running = new Running(scope, ours("syslog-in"), args, { cwd: directory, stdout, user });
    if (options.stdout === undefined) fs.closeSync(stdout);
  }

  /** Waits until it hears. */
  async ready(): Promise<this> {
    await until(`it to listen: ${this.running.stderr}`, () => this.text.includes(" listening on "));
    return this;
  }

  /** All that it has written; bytes as in latin1. */
  get text(): string {
    return fs.readFileSync(this.file, "latin1");
  }

  /** What it was sent, as lines. */
  get lines(): string[] {
    return this.text.split("\n").slice(1, -1);
  }

  /** Waits for so many. */
  async heard(count: number): Promise<string[]> {
    await until(`${count} lines in ${this.text}`, () => this.lines.length >= count);
    return this.lines;
  }

  /** The port that it was given where it asked for any. */
  port(kind: "UDP" | "TCP"): number {
    return Number(new RegExp(`${kind} .*?:([0-9]+)(?:,|$)`, "m").exec(this.text)?.[1]);
  }
}

/** Runs logger(1). @returns its process id */
export function logger(...args: string[]): number {
  const { pid, status, stderr } = spawnSync("/usr/bin/logger", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`logger ${args.join(" ")}: ${stderr}`);
  return pid;
}
