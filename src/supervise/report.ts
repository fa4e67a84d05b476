/**
 * What can be learnt of a service from outside: the checks of svstat, in its order.
 *
 * @see daemontools 0.76, svstat.c
 */
import { AT_CWD, type Name, type Posix, SystemFailure, unlessRefused } from "../posix/index.ts";
import { type Instant, UNIX_EPOCH_SECONDS } from "../tai64/index.ts";
import type { DeathEntry } from "./deaths.ts";
import { hostedBy } from "./hosted-log.ts";
import type { TellingPhase } from "./phase.ts";
import { readDeaths, readGroup, readState, type ServiceState } from "./service-state.ts";
import { decodeStatus, type ReadStatus } from "./status.ts";
import type { Visits } from "./visits.ts";

const NANOS_PER_SECOND = 1_000_000_000n;

export interface Trouble {
  readonly kind: "trouble";
  /** In svstat's words. */
  readonly text: string;
}

export interface Known {
  readonly kind: "known";
  readonly status: ReadStatus;
  /** There is no file `down`. */
  readonly normallyUp: boolean;
  /** Whole seconds since the last start or end. */
  readonly seconds: bigint;
}

/** A log that svscan writes itself, whose service is supervised. */
export interface Hosted {
  readonly kind: "hosted";
}

export type Report = Trouble | Known | Hosted;

/** What only our own supervisors tell. */
export interface History extends Pick<ServiceState, "tellsReady" | "readySince"> {
  readonly phase?: TellingPhase | undefined;
  /** The group that it belongs to, by its file `group`. */
  readonly group?: string | undefined;
  readonly deaths: readonly DeathEntry[];
}

/** @throws Fatal when there is no way back from the directory */
export function reportOn(visits: Visits, directory: Name): Report {
  const { posix } = visits;
  const service = hostedBy(posix, directory);
  if (service === undefined)
    return told("chdir", () => visits.in(directory, () => reportHere(posix)));
  const report = reportOn(visits, service);
  return report.kind === "known" ? { kind: "hosted" } : report;
}

/** @returns what can be read of it; nothing where nothing can */
export function historyOf(visits: Visits, directory: Name): History {
  const { posix } = visits;
  const found = unlessRefused(() =>
    visits.in(directory, () => {
      const { tellsReady, readySince, phase } = readState(posix, AT_CWD);
      const deaths = readDeaths(posix, AT_CWD);
      return { tellsReady, readySince, phase, group: readGroup(posix, AT_CWD), deaths };
    }),
  );
  return found ?? { tellsReady: false, readySince: undefined, deaths: [] };
}

function reportHere(posix: Posix): Report {
  return told("stat down", () => {
    const normallyUp = posix.statusAt(AT_CWD, "down") === undefined;
    return told("open supervise/ok", () => {
      posix.close(posix.openAt(AT_CWD, "supervise/ok", "write"));
      return readStatus(posix, normallyUp);
    });
  });
}

function readStatus(posix: Posix, normallyUp: boolean): Report {
  const fd = told("open supervise/status", () => posix.openAt(AT_CWD, "supervise/status", "read"));
  if (typeof fd !== "number") return fd;
  const memory = Buffer.alloc(64);
  const read = told("read supervise/status", () => posix.read(fd, memory, 0, memory.length));
  posix.close(fd);
  if (typeof read !== "number") return read;
  const status = decodeStatus(memory.subarray(0, read));
  if (status === undefined)
    return { kind: "trouble", text: "unable to read supervise/status: bad format" };
  return { kind: "known", status, normallyUp, seconds: secondsSince(posix.now(), status.since) };
}

/** Runs a step; what the system refuses is a report as well. */
function told<T>(step: string, action: () => T): T | Trouble {
  try {
    return action();
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    const isGone = step === "open supervise/ok" && failure.code === "ENXIO";
    const text = isGone ? "supervise not running" : `unable to ${step}: ${failure.text}`;
    return { kind: "trouble", text };
  }
}

/** As svstat counts: whole seconds of both, 0 for what lies ahead, and of a double's precision. */
function secondsSince(nowNanos: bigint, { seconds }: Instant): bigint {
  const now = nowNanos / NANOS_PER_SECOND + UNIX_EPOCH_SECONDS;
  return seconds > now ? 0n : BigInt(Number(now - seconds));
}
