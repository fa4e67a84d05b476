/** What a service directory tells of its service, through a descriptor of it: nobody's working directory changes. */
import { type Fd, firstLine, type Name, type Posix, SystemFailure } from "../posix/index.ts";
import { type Instant, isLabel, parseLabel } from "../tai64/index.ts";
import { type DeathEntry, parseDeaths } from "./deaths.ts";
import { parsePhase, type TellingPhase } from "./phase.ts";
import { readSmall } from "./small-file.ts";
import { decodeStatus, type ReadStatus } from "./status.ts";

/** 4096 deaths, the most that are kept, of some 90 bytes. */
const MOST_DEATHS_BYTES = 1 << 20;

export interface ServiceState {
  /** A supervisor has it. */
  readonly isSupervised: boolean;
  /** As the last supervisor left it; undefined where there is none that can be read. */
  readonly status: ReadStatus | undefined;
  /** The service says when it is ready. */
  readonly tellsReady: boolean;
  readonly readySince: Instant | undefined;
  /** What 18 bytes of status do not tell; undefined: up or down, no more. */
  readonly phase: TellingPhase | undefined;
}

/**
 * Reads the state of a service.
 *
 * @param dir  the service directory
 * @throws SystemFailure where something is there that may not be read
 */
export function readState(posix: Posix, dir: Fd): ServiceState {
  const text = (name: string): string | undefined =>
    readSmall(posix, dir, `supervise/${name}`)?.toString("latin1");
  const status = readSmall(posix, dir, "supervise/status");
  const isSupervised = hasReader(posix, dir);
  const ready = text("ready")?.trim() ?? "";
  return {
    isSupervised,
    status: status === undefined ? undefined : decodeStatus(status),
    tellsReady: ["notification-fd", "pidfile"].some((name) => posix.statusAt(dir, name)),
    readySince: isLabel(ready) ? parseLabel(ready) : undefined,
    phase: isSupervised ? parsePhase(text("phase") ?? "") : undefined,
  };
}

/** @returns the deaths that are kept, oldest first. @throws SystemFailure */
export function readDeaths(posix: Posix, dir: Fd): DeathEntry[] {
  const bytes = readSmall(posix, dir, "supervise/deaths", MOST_DEATHS_BYTES);
  return parseDeaths(bytes?.toString("latin1") ?? "");
}

/** @returns the group that it belongs to, by its file `group`. @throws SystemFailure */
export function readGroup(posix: Posix, dir: Fd): string | undefined {
  const line = firstLine(readSmall(posix, dir, "group")?.toString() ?? "");
  return line === "" ? undefined : line;
}

/**
 * Whether a supervisor has a service.
 *
 * @param ok  its FIFO `supervise/ok`, from `dir`
 * @throws SystemFailure where that may not be asked
 */
export function hasReader(posix: Posix, dir: Fd, ok: Name = "supervise/ok"): boolean {
  try {
    posix.close(posix.openAt(dir, ok, "write"));
    return true;
  } catch (failure) {
    if (failure instanceof SystemFailure && ["ENXIO", "ENOENT"].includes(failure.code))
      return false;
    throw failure;
  }
}

/** Whether it runs, or has done all that it is there for (a `start` without a `run`). */
export function isUp({ isSupervised, status, phase }: ServiceState): boolean {
  if (!isSupervised || status === undefined) return false;
  const isStarted = phase?.word === "started" || status.phase === "started";
  return status.pid !== 0 || isStarted;
}

/** Up; and where it says when it can serve, that it has said so. */
export function isReady(state: ServiceState): boolean {
  const { status, tellsReady, readySince } = state;
  return isUp(state) && (!tellsReady || readySince !== undefined || status?.pid === 0);
}

/** Down, and with no script of it running; also as its last supervisor left it. */
export function isDown({ status, phase }: ServiceState): boolean {
  if (status?.pid !== 0) return false;
  return phase === undefined || phase.word === "failed" || phase.word === "held";
}
