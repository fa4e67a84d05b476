/** A service as it is shown: of what its directory says, what its log tells, and the time. */
import type { Posix } from "../../posix/index.ts";
import type { DeathEntry } from "../../supervise/deaths.ts";
import { isReady, type ServiceState } from "../../supervise/service-state.ts";
import type { ReadStatus } from "../../supervise/status.ts";
import { isoTime } from "../../supervise/svstat-forms.ts";
import { causeOf, duration, flapping } from "../../supervise/why.ts";
import { countDeaths } from "./death-counts.ts";
import type { Facts } from "./facts.ts";
import type { LogView, ServiceView, State } from "./types.ts";

const MS_PER_SECOND = 1000;

export interface Shown {
  readonly view: ServiceView;
  /** Milliseconds since 1970: until then it is the same unless there is news. */
  readonly validUntilMs: number;
}

export function show(
  { name, directory }: Pick<ServiceView, "name" | "directory">,
  { state, isNormallyUp, group, deaths, error }: Facts,
  log: LogView | null,
  posix: Pick<Posix, "now">,
): Shown {
  const nowNanos = posix.now();
  const { counts, validUntilMs } = countDeaths(deaths, Number(nowNanos / 1_000_000n));
  const status = state?.isSupervised === true ? state.status : undefined;
  const isUp = status !== undefined && status.pid !== 0;
  const last = deaths.at(-1);
  const view: ServiceView = {
    name,
    directory,
    group,
    state: state === undefined ? "unsupervised" : stateOf(state, status),
    want: status?.want ?? null,
    normally: isNormallyUp ? "up" : "down",
    pid: isUp ? status.pid : null,
    since: status === undefined ? null : isoTime(status.since),
    ready: isUp && state?.tellsReady === true ? isReady(state) : null,
    readySince: isUp && state?.readySince !== undefined ? isoTime(state.readySince) : null,
    flapping: status?.want === "up" && flapping(deaths, nowNanos).length > 0,
    waitsFor: state?.phase?.word === "held" ? state.phase.words : [],
    deaths: counts,
    lastDeath: last === undefined ? null : { at: isoTime(last.at) ?? "", words: deathWords(last) },
    log,
    error,
  };
  return { view, validUntilMs };
}

function stateOf({ isSupervised, phase }: ServiceState, status: ReadStatus | undefined): State {
  if (!isSupervised || status === undefined) return "unsupervised";
  const { pid, paused, want } = status;
  if (phase !== undefined && phase.word !== "essential") return phase.word;
  if (pid === 0)
    return status.phase === "failed" || status.phase === "started" ? status.phase : "down";
  if (paused) return "paused";
  if (want === "down") return "stopping";
  return status.phase === "starting" || status.phase === "stopping" ? status.phase : "up";
}

/** As in `killed by SIGSEGV, memory dumped, after 3 minutes, as a command had asked`. */
export function deathWords(death: DeathEntry): string {
  if ("unstarted" in death) return `run could not be started: ${death.unstarted}`;
  const asked = death.asked ? ", as a command had asked" : "";
  const given = death.givenUp ? ", and was given up" : "";
  return `${causeOf(death)}, after ${duration(death.uptimeMs / MS_PER_SECOND)}${asked}${given}`;
}
