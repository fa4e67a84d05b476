/** What stands in for supervisord: the tree in its terms, and whether it is stopping all of it. */
import { statusOf } from "../../posix/glob.ts";
import { type Posix, whyNotRun } from "../../posix/index.ts";
import type { Site } from "../server/site.ts";
import type { LogStream } from "../tree/log-place.ts";
import type { ServiceView, Tree } from "../tree/types.ts";
import { describe, exitStatus, spawnError, timesOf } from "./describe.ts";
import { RpcFault } from "./faults.ts";
import { LabelText } from "./label-text.ts";
import { logDirectory } from "./log-places.ts";
import type { Process } from "./processes.ts";
import { type Seen, STATES, type StateName, stateOf } from "./state.ts";
import type { RpcStruct } from "./values.ts";

/** By their numbers in Supervisor. */
export const DAEMON_STATES = { RUNNING: 1, RESTARTING: 0, SHUTDOWN: -1 } as const;

type Settings = ReturnType<Seen["settings"]>;
/** Of a service that has just gone. */
const NO_SETTINGS: Settings = { startMs: undefined, exitCodes: undefined };

export class Supervisord {
  readonly site: Site;
  readonly posix: Posix;
  readonly labels: LabelText;
  /** What it is doing with all services together. */
  state: keyof typeof DAEMON_STATES = "RUNNING";
  /** Settings as they were when a service was last started: they take some 15 files each. */
  private readonly settings = new Map<string, { readonly key: string; readonly found: Settings }>();

  constructor(site: Site, posix: Posix) {
    this.site = site;
    this.posix = posix;
    this.labels = new LabelText(posix);
  }

  get tree(): Tree {
    return this.site.tree;
  }

  stateOf(view: ServiceView): StateName {
    return stateOf(this.seen(view));
  }

  seen(view: ServiceView): Seen {
    return {
      view,
      now: Number(this.posix.now() / 1_000_000n),
      deaths: () => this.tree.deaths(view.name),
      settings: () => this.settingsOf(view),
    };
  }

  private settingsOf({ name, directory, since, state }: ServiceView): Settings {
    const key = `${directory} ${state} ${since}`;
    const known = this.settings.get(name);
    if (known?.key === key) return known.found;
    const found = this.tree.settings(name) ?? NO_SETTINGS;
    // Services that are gone are not remembered for ever.
    if (this.settings.size > 2 * this.tree.services().length) this.settings.clear();
    this.settings.set(name, { key, found });
    return found;
  }

  /** The service that this process is; undefined: none of them. */
  ownService(): ServiceView | undefined {
    return this.tree.services().find(({ pid }) => pid === process.pid);
  }

  /** The log directory that stands for one of its log files; undefined: there is none. */
  logOf(view: ServiceView, stream: LogStream): string | undefined {
    return logDirectory(this.posix, this.tree, view, stream);
  }

  /** The file that is written now; empty: there is none. */
  logFile(view: ServiceView, stream: LogStream): string {
    const directory = this.logOf(view, stream);
    return directory === undefined ? "" : `${directory}/current`;
  }

  /** Supervisor's struct of a process, its members in Supervisor's order. */
  info({ name, group, view }: Process): RpcStruct {
    const seen = this.seen(view);
    const state = stateOf(seen);
    const { start, stop } = timesOf(seen);
    const log = this.logFile(view, "stdout");
    return {
      name,
      group,
      start,
      stop,
      now: Math.floor(seen.now / 1000),
      state: STATES[state],
      statename: state,
      spawnerr: spawnError(seen, state),
      exitstatus: exitStatus(seen, state),
      logfile: log,
      stdout_logfile: log,
      stderr_logfile: this.logFile(view, "stderr"),
      pid: view.pid ?? 0,
      description: describe(seen, state, (at) => this.posix.localTime(at)),
    };
  }

  /** @throws RpcFault where there is no `run` that could be started */
  checkCommand({ directory }: ServiceView, name: string): void {
    const path = `${directory}/run`;
    const why = whyNotRun(path);
    // A service may have a `start` alone.
    const start = Buffer.from(`${directory}/start`);
    const isStart = why === "ENOENT" && statusOf(this.posix, start) !== undefined;
    if (why === undefined || isStart) return;
    if (why === "ENOENT") throw new RpcFault("NO_FILE", `can't find command '${path}'`);
    throw new RpcFault("NOT_EXECUTABLE", `command at '${path}' is not executable (${name})`);
  }
}
