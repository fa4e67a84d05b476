/**
 * The deaths of a service, `supervise/deaths`: one line each, oldest first, the last hundred.
 *
 *     @400000006b00095226f05663 pid 14007 exit 3 after 12.345
 *     @400000006b00095226f05663 pid 14007 signal SIGSEGV after 0.020 core
 *     @400000006b00095226f05663 unstarted EACCES
 *
 *     @400000006b00095226f05663 pid 14007 unknown after 3600.000
 *
 * `after` is how long it ran, in seconds. Words behind that: `core` (memory was dumped), `asked` (a
 * command had told it to end), `given-up` (it is not started again). `unstarted` is an attempt that
 * made no process, and the errno of why not. `unknown`: it was left running by an earlier supervisor.
 */
import { formatLabel, type Instant, isLabel, parseLabel } from "../tai64/index.ts";

export interface Death {
  readonly at: Instant;
  readonly pid: number;
  /** The exit code, or the name of the signal that ended it; undefined: nobody was told. */
  readonly cause: number | string | undefined;
  readonly uptimeMs: number;
  readonly core: boolean;
  readonly asked: boolean;
  readonly givenUp: boolean;
}

/** `run` could not be started. */
export interface FailedStart {
  readonly at: Instant;
  /** The errno's name. */
  readonly unstarted: string;
}

export type DeathEntry = Death | FailedStart;

const FAILED = /^(@\S+) unstarted (E[A-Z0-9]+)$/;
const DIED =
  /^(@\S+) pid (\d+) (?:exit (\d+)|signal ([\w+ ]+?)|unknown) after (\d+)\.(\d{3})( core)?( asked)?( given-up)?$/;

export function formatDeath(entry: DeathEntry): string {
  const label = formatLabel(entry.at);
  if ("unstarted" in entry) return `${label} unstarted ${entry.unstarted}`;
  const { pid, cause, uptimeMs } = entry;
  const told = typeof cause === "number" ? `exit ${cause}` : `signal ${cause}`;
  const how = cause === undefined ? "unknown" : told;
  const flags = [
    ...(entry.core ? ["core"] : []),
    ...(entry.asked ? ["asked"] : []),
    ...(entry.givenUp ? ["given-up"] : []),
  ];
  const after = `after ${(Math.max(0, uptimeMs) / 1000).toFixed(3)}`;
  return [label, `pid ${pid}`, how, after, ...flags].join(" ");
}

/** @returns undefined for a line that is none */
export function parseDeath(line: string): DeathEntry | undefined {
  const failed = FAILED.exec(line);
  const died = failed ?? DIED.exec(line);
  const label = died?.[1];
  if (!died || label === undefined || !isLabel(label)) return undefined;
  const at = parseLabel(label);
  if (failed) return { at, unstarted: failed[2] ?? "" };
  const [, , pid, code, signal, seconds, millis, core, asked, givenUp] = died;
  return {
    at,
    pid: Number(pid),
    cause: code === undefined ? signal : Number(code),
    uptimeMs: Number(seconds) * 1000 + Number(millis),
    core: core !== undefined,
    asked: asked !== undefined,
    givenUp: givenUp !== undefined,
  };
}

/** @returns the deaths of a file; lines that are none are passed over */
export function parseDeaths(text: string): DeathEntry[] {
  return text.split("\n").flatMap((line) => parseDeath(line) ?? []);
}

export function formatDeaths(entries: readonly DeathEntry[]): string {
  return entries.map((entry) => `${formatDeath(entry)}\n`).join("");
}
