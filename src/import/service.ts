/** A process of Supervisor's as a service directory: its files, and what became of each option. */
import type { Daemon } from "./configuration.ts";
import type { LogSettings, Program } from "./program.ts";
import { runScript } from "./run-script.ts";

const MS_PER_SECOND = 1000;
/** What multilog takes (docs/multilog.md). */
const SMALLEST_SIZE = 4096;
const LARGEST_SIZE = 2_147_483_647;
const DEFAULT_SIZE = 16_777_215;
const MOST_FILES = 1_000_000;
const DEFAULT_PRIORITY = 999;

export interface PlannedFile {
  readonly text: string;
  readonly mode: number;
}

export interface Service {
  readonly name: string;
  readonly program: Program;
  /** By their paths in the service directory. */
  readonly files: ReadonlyMap<string, PlannedFile>;
  /** What each option became: `startsecs=5` and `start-seconds`. */
  readonly became: readonly (readonly [option: string, place: string])[];
  /** What has no counterpart, and what to know. */
  readonly remarks: readonly string[];
}

/** @param name  of its directory. @param source  the file that it comes from */
export function planService(
  name: string,
  program: Program,
  daemon: Daemon,
  source: string,
): Service {
  const plan = new Plan(name, program);
  plan.run(runScript(program, daemon, source), daemon);
  plan.life();
  plan.ending();
  plan.log();
  plan.rest();
  return plan.service;
}

class Plan {
  private readonly program: Program;
  private readonly name: string;
  private readonly files = new Map<string, PlannedFile>();
  private readonly became: (readonly [string, string])[] = [];
  private readonly remarks: string[] = [];

  constructor(name: string, program: Program) {
    this.name = name;
    this.program = program;
  }

  get service(): Service {
    const { name, program, files, became, remarks } = this;
    return { name, program, files, became, remarks };
  }

  private put(path: string, text: string, option: string): void {
    this.files.set(path, { text: `${text}\n`, mode: 0o644 });
    this.became.push([option, path]);
  }

  run(text: string, daemon: Daemon): void {
    const { program } = this;
    const secret = program.environment.size + daemon.environment.size > 0;
    // Passwords stand in environments: what ran as root was not read by others.
    this.files.set("run", { text, mode: secret ? 0o700 : 0o755 });
    const options = [
      "command",
      `umask=${(program.umask ?? daemon.umask).toString(8).padStart(3, "0")}`,
    ];
    const { directory, user, environment } = program;
    if (directory !== undefined) options.push(`directory=${directory}`);
    if (user !== undefined) options.push(`user=${user}`);
    if (environment.size > 0) options.push(`environment of ${[...environment.keys()].join(", ")}`);
    if (program.redirectStderr) options.push("redirect_stderr=true");
    for (const option of options) this.became.push([option, "run"]);
  }

  /** When it is started, and again. */
  life(): void {
    const { autostart, autorestart, exitCodes, startSeconds, startRetries, group, name } =
      this.program;
    if (!autostart) this.put("down", "", "autostart=false");
    this.put("start-seconds", String(startSeconds), `startsecs=${startSeconds}`);
    this.put("start-retries", String(startRetries), `startretries=${startRetries}`);
    if (autorestart === "never") this.put("exit-codes", "any", "autorestart=false");
    else if (autorestart === "always") this.became.push(["autorestart=true", "no exit-codes"]);
    else {
      const codes = exitCodes.join(" ");
      this.put("exit-codes", codes, `autorestart=unexpected, exitcodes=${exitCodes.join(",")}`);
    }
    if (group !== name) this.put("group", group, `group ${group}`);
  }

  /** How it is stopped. */
  ending(): void {
    const { stopSignal, stopSeconds, stopAsGroup, killAsGroup } = this.program;
    if (stopSignal !== "TERM") this.put("down-signal", stopSignal, `stopsignal=${stopSignal}`);
    const ms = Math.max(1, stopSeconds * MS_PER_SECOND);
    this.put("timeout-kill", String(ms), `stopwaitsecs=${stopSeconds}`);
    if (stopAsGroup) this.put("kill-group", "all", "stopasgroup=true");
    else if (killAsGroup) this.put("kill-group", "kill", "killasgroup=true");
  }

  log(): void {
    const { stdout, stderr, redirectStderr } = this.program;
    this.place("stdout", "log", stdout);
    if (!redirectStderr) this.place("stderr", "log-stderr", stderr);
  }

  private place(stream: string, folder: string, log: LogSettings): void {
    const { place, toSyslog } = log;
    if (toSyslog) {
      const text = `#!/bin/sh\nexec logger -t '${this.program.name}'\n`;
      this.files.set(`${folder}/run`, { text, mode: 0o755 });
      this.became.push([`${stream}_syslog=true`, `${folder}/run`]);
      if (place.kind === "file" || place.kind === "auto")
        this.remarks.push(`its ${stream} goes to syslog alone, and no longer to ${stream}_logfile`);
      return;
    }
    if (place.kind === "none") {
      this.became.push([`${stream}_logfile=NONE`, "run"]);
      return;
    }
    if (place.kind === "file" && /^\/dev\/(?:std(?:out|err)|fd\/[0-9]+)$/.test(place.path)) {
      this.became.push([`${stream}_logfile=${place.path}`, "no log: it goes where svscan's goes"]);
      return;
    }
    this.put(`${folder}/script`, script(log).join("\n"), settings(stream, log));
    if (place.kind === "file")
      this.remarks.push(
        `new lines are in ${this.name}/${folder}/main, ${place.path} stays as it is`,
      );
    if (log.backups === 0 && log.mostBytes > 0)
      this.remarks.push(
        `${stream}_logfile_backups=0: one old file is kept, where Supervisor kept nothing`,
      );
  }

  rest(): void {
    const { priority, unmatched, user } = this.program;
    if (priority !== DEFAULT_PRIORITY)
      this.remarks.push(
        `priority=${priority} has no counterpart: a file after names the services that have to be up first`,
      );
    if (user !== undefined && /^[0-9]+$/.test(user))
      this.remarks.push(`user=${user}: its name is looked up at each start`);
    for (const [key, value] of unmatched) this.remarks.push(`${key}=${value} has no counterpart`);
  }
}

function script({ mostBytes, backups }: LogSettings): string[] {
  const size = mostBytes === 0 ? DEFAULT_SIZE : mostBytes;
  const files = mostBytes === 0 ? MOST_FILES : backups + 1;
  return [
    "t",
    `s${Math.min(LARGEST_SIZE, Math.max(SMALLEST_SIZE, size))}`,
    `n${Math.max(2, files)}`,
    "./main",
  ];
}

function settings(stream: string, { mostBytes, backups }: LogSettings): string {
  const size = mostBytes === 0 ? "no limit" : `${mostBytes} bytes`;
  return `${stream}_logfile: ${size}, ${backups} old ones`;
}
