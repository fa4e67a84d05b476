/** A command that runs while a test talks to it. */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import type { Fd } from "../../src/posix/index.ts";
import { Pipe } from "./pipe.ts";
import type { Scope } from "./temporary.ts";
import { until } from "./until.ts";

export const BARE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/bin",
  TZ: "UTC",
};

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; a pipe of its own unless given. */
  readonly input?: Pipe;
  /** Standard output; closed programs' affairs are their own: /dev/null unless given. */
  readonly stdout?: Fd;
  /** Who it runs as. */
  readonly user?: number | undefined;
  /** Where its stderr is kept; `cwd` unless given. */
  readonly stderrIn?: string;
}

export class Running {
  readonly input: Pipe;
  readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;
  private readonly stderrFile: string;
  private static count = 0;

  constructor(scope: Scope, program: string, args: readonly string[], options: StartOptions) {
    const { cwd, env = BARE_ENVIRONMENT } = options;
    this.input = options.input ?? new Pipe(scope, { large: true });
    this.stderrFile = join(options.stderrIn ?? cwd, `.stderr-${Running.count++}`);
    const stderr = fs.openSync(this.stderrFile, "a");
    this.child = spawn(program, args, {
      cwd,
      env: { ...env },
      ...(options.user === undefined ? {} : { uid: options.user, gid: options.user }),
      stdio: [this.input.readEnd, options.stdout ?? "ignore", stderr],
    });
    fs.closeSync(stderr);
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    this.ended.catch(() => undefined);
    scope.after(() => this.child.kill("SIGKILL"));
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Whether it has not ended yet. */
  get isUp(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** All that it has said on stderr. */
  get stderr(): string {
    return fs.readFileSync(this.stderrFile, "latin1");
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits until it has said something. */
  async says(text: string | RegExp): Promise<void> {
    await until(`${String(text)} on stderr, where stands: ${this.stderr}`, () =>
      typeof text === "string" ? this.stderr.includes(text) : text.test(this.stderr),
    );
  }

  /** Sends a signal, and waits until it has been served, as all that came before it. */
  async hear(signal: NodeJS.Signals): Promise<void> {
    await until("the command to sleep", () => this.isCalm);
    // Whom it wakes is no sleeper any more when kill(2) returns.
    this.signal(signal);
    await until(`${signal} to be served`, () => this.isCalm);
  }

  /**
   * Whether all of its threads sleep, and none has passed news on to another while we looked: one wakes
   * the next before it sleeps, so nothing is under way then.
   */
  private get isCalm(): boolean {
    const seen = this.sleepers();
    return seen !== undefined && seen === this.sleepers();
  }

  /** How often each thread has gone to sleep; undefined when one is awake, or has just ended. */
  private sleepers(): string | undefined {
    const tasks = `/proc/${this.pid}/task`;
    const seen: string[] = [];
    for (const id of fs.readdirSync(tasks)) {
      const status = contentOf(join(tasks, id, "status"));
      if (!/^State:\tS/m.test(status)) return undefined;
      seen.push(`${id} ${/^voluntary_ctxt_switches:.*/m.exec(status)?.[0]}`);
    }
    return seen.join();
  }

  /** Ends the input and waits for the end. */
  async finish(): Promise<Ending> {
    this.input.end();
    return this.ended;
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals): Promise<Ending> {
    this.signal(signal);
    return this.ended;
  }
}

function contentOf(path: string): string {
  try {
    return fs.readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

export interface Ran extends Ending {
  readonly stderr: string;
}

/** Runs a command to the end of its input, given in pieces. */
export async function runOn(
  scope: Scope,
  program: string,
  args: readonly string[],
  pieces: string | readonly (string | Uint8Array)[],
  options: StartOptions,
): Promise<Ran> {
  const running = new Running(scope, program, args, options);
  for (const piece of typeof pieces === "string" ? [pieces] : pieces) {
    await running.input.write(piece);
  }
  return { ...(await running.finish()), stderr: running.stderr };
}
