/** A world for a supervisor: processes and time that do what a test says, on real files. */
import fs from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import {
  type Ending,
  type Fd,
  type Name,
  type Posix,
  posix as real,
  SystemFailure,
  type Watch,
} from "../../src/posix/index.ts";
import type { StartOptions } from "../../src/posix/types.ts";
import {
  decodeStatus,
  encodeStatus,
  type ReadStatus,
  type Status,
} from "../../src/supervise/status.ts";
import { Supervisor } from "../../src/supervise/supervisor.ts";
import type { Timers } from "../../src/supervise/timers.ts";
import { fromUnixNanos } from "../../src/tai64/index.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

/** 2026-11-20 00:00:00 UTC. */
const MIDNIGHT_SECONDS = 1_795_132_800n;
const FIRST_PID = 1000;
const SCRIPTS = new Set(["start", "stop", "notify"]);

export interface FakeProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  /** Milliseconds of the world's clock. */
  readonly startedAt: number;
  readonly options: StartOptions;
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  readonly signals: string[];
  isAlive: boolean;
}

export class World {
  nowMs = 0;
  readonly directory: string;
  /** All that were ever started, oldest first. */
  readonly processes: FakeProcess[] = [];
  readonly said: string[] = [];
  /** Errno names with which coming starts fail; an empty one lets one succeed. */
  readonly startFailures: string[] = [];
  /** How many starts have failed so. */
  failedStarts = 0;
  /** So many turns of the event loop pass until a start of `run` has come to something. */
  startTurns = 0;
  /** Whether processes lead a group of their own. */
  leadGroups = false;
  hasEnded = false;
  /** What the supervisor could only take for a fault of its own. */
  readonly faults: unknown[] = [];
  readonly posix: Posix;
  private readonly waiting = new Map<number, (ending: Ending) => void>();
  private timers: { at: number; action: () => void }[] = [];

  constructor(scope: Scope, files: Readonly<Record<string, string>> = {}) {
    this.directory = temporaryDirectory(scope);
    for (const [name, text] of Object.entries(files)) this.put(name, text);
    this.posix = {
      ...real,
      now: () => MIDNIGHT_SECONDS * 1_000_000_000n + BigInt(Math.round(this.nowMs * 1e6)),
      monotonicMs: () => this.nowMs,
      start: (_program, argv, options) => this.start(argv, options),
      startAside: (_program, argv, options) =>
        this.startTurns === 0 ? this.start(argv, options) : this.startLater(argv, options),
      ended: (pid) => new Promise((resolve) => this.waiting.set(pid, resolve)),
      kill: (pid, signal) => this.kill(pid, signal),
      watch: neverNews,
      findProcess: (pid) => {
        const found = this.processes.find((one) => one.pid === pid);
        return found && { parent: 1, isAlive: found.isAlive, startedTicks: found.startedAt };
      },
      ageMs: ({ startedTicks }) => this.nowMs - startedTicks,
      exited: (pid) => new Promise((resolve) => this.waiting.set(pid, () => resolve())),
    };
  }

  /** Starts to supervise the directory. */
  supervise(posix: Posix = this.posix): Supervisor {
    const timers: Timers = { after: (ms, action) => this.after(ms, action) };
    const say = (kind: string, line: Buffer): void => {
      this.said.push(`${kind}: ${line.toString().replaceAll(this.directory, "DIR")}`);
    };
    const supervisor = new Supervisor(posix, {
      directory: this.directory,
      descriptors: new Map([[1, 1]]),
      say,
      timers,
    });
    const note = (): void => {
      this.hasEnded = true;
    };
    supervisor.ended.then(note, (fault: unknown) => this.faults.push(fault));
    return supervisor;
  }

  get alive(): FakeProcess[] {
    return this.processes.filter(({ isAlive }) => isAlive);
  }

  /** The last process that was started. */
  get last(): FakeProcess {
    return this.processes.at(-1) as FakeProcess;
  }

  /** A service that runs already, and a status that names it. */
  leave(status: Omit<Status, "pid" | "since">, stampedAt: number = this.nowMs): FakeProcess {
    this.start(["./run"], { descriptors: new Map() });
    const since = fromUnixNanos(this.posix.now() - BigInt(this.nowMs - stampedAt) * 1_000_000n);
    fs.mkdirSync(join(this.directory, "supervise"), { recursive: true });
    const record = encodeStatus({ ...status, pid: this.last.pid, since });
    fs.writeFileSync(join(this.directory, "supervise/status"), record);
    return this.last;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.timers.length;
  }

  /** Moves time on; timers run at their times. */
  async pass(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    for (;;) {
      const [next] = this.timers.sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.timers.shift();
      this.nowMs = next.at;
      next.action();
      await turn();
    }
    this.nowMs = end;
    await turn();
  }

  /** Ends a process, the one that was started last unless given. */
  async end(how: number | string, process: FakeProcess = this.last): Promise<void> {
    process.isAlive = false;
    const ending: Ending =
      typeof how === "number" ? { code: how, signal: undefined } : { code: undefined, signal: how };
    this.waiting.get(process.pid)?.(ending);
    await turn();
  }

  get status(): ReadStatus | undefined {
    return decodeStatus(fs.readFileSync(join(this.directory, "supervise/status")));
  }

  put(name: string, text: string): void {
    const mode = SCRIPTS.has(name) ? 0o755 : 0o644;
    fs.writeFileSync(join(this.directory, name), text, { mode });
  }

  /** The programs that were started, by name, oldest first. */
  get names(): string[] {
    return this.processes.map(({ argv }) => argv[0]?.slice("./".length) ?? "");
  }

  /** Text of a file, undefined where there is none. */
  read(name: string): string | undefined {
    const path = join(this.directory, name);
    return fs.existsSync(path) ? fs.readFileSync(path, "latin1") : undefined;
  }

  private start(argv: readonly Name[], options: StartOptions, startedAt = this.nowMs): number {
    const failure = this.startFailures.shift();
    if (failure) {
      this.failedStarts++;
      throw new SystemFailure(failure, "posix_spawn");
    }
    const pid = FIRST_PID + this.processes.length;
    const words = argv.map(String);
    const { descriptors } = options;
    const started = { pid, argv: words, startedAt, options, descriptors, signals: [] };
    this.processes.push({ ...started, isAlive: true });
    return pid;
  }

  private async startLater(argv: readonly Name[], options: StartOptions): Promise<number> {
    const askedAt = this.nowMs;
    for (let left = this.startTurns; left > 0; left--) await turn();
    return this.start(argv, options, askedAt);
  }

  private kill(pid: number, signal: string): void {
    const found = this.processes.find((one) => one.pid === Math.abs(pid));
    if (!found?.isAlive || (pid < 0 && !this.leadGroups)) throw new SystemFailure("ESRCH", "kill");
    found.signals.push(pid < 0 ? `group ${signal}` : signal);
  }

  private after(ms: number, action: () => void): () => void {
    const timer = { at: this.nowMs + ms, action };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }
}

function neverNews(): Watch {
  let stop: () => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  return { next: () => stopped, wake: stop, stop };
}
