/**
 * A service that goes on after its supervisor was killed, as the next supervisor finds it.
 *
 * 0.76 starts a second copy beside it. The status that was left names its process and when that was
 * started; a process of that number which was started at that moment is no other. It is nobody's
 * child here, so that how it ends is not told.
 */
import type { Ending, Posix, ProcessRecord } from "../posix/index.ts";
import { toUnixNanos } from "../tai64/index.ts";
import type { Status } from "./status.ts";

/** Between the start of a process and the stamp of the status; what ticks and clocks leave open. */
const TOLERANCE_MS = 1000;
const NANOS_PER_MS = 1e6;

export interface Leftover extends Status {
  readonly ageMs: number;
}

type System = Pick<Posix, "findProcess" | "ageMs" | "exited" | "now">;

/**
 * @param mayBeOlder  the process is a daemon, which was there before it was known
 * @returns undefined when nothing of it runs, or the clock was set since, and nobody can tell
 */
export function findLeftover(
  posix: System,
  left: Status | undefined,
  mayBeOlder: boolean = false,
): Leftover | undefined {
  if (left === undefined || left.pid === 0) return undefined;
  const found = posix.findProcess(left.pid);
  if (!found?.isAlive) return undefined;
  const ageMs = posix.ageMs(found);
  const stampedMs = Number(posix.now() - toUnixNanos(left.since)) / NANOS_PER_MS;
  const older = ageMs - stampedMs;
  const isOther = older < -TOLERANCE_MS || (older > TOLERANCE_MS && !mayBeOlder);
  return isOther ? undefined : { ...left, ageMs };
}

/** Resolves when it has ended. How, is not known. */
export async function leftoverEnds(posix: System, pid: number): Promise<Ending> {
  const before = posix.findProcess(pid);
  while (isSame(before, posix.findProcess(pid))) await posix.exited(pid);
  return { code: undefined, signal: undefined };
}

function isSame(before: ProcessRecord | undefined, now: ProcessRecord | undefined): boolean {
  return now?.isAlive === true && now.startedTicks === before?.startedTicks;
}
