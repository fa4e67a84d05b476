/**
 * Running another program beside this one: it finds exactly what a program started by the caller
 * itself would, the soft descriptor limit included.
 */
import { constants } from "node:os";
import { ended } from "./children.ts";
import { asFailure } from "./failure.ts";
import { readLaunch } from "./launch.ts";
import { isOpen, start } from "./start.ts";
import type { Ending, Fd, Name, SpawnOptions } from "./types.ts";

const SIGCHLD_BIT = 1n << BigInt(constants.signals.SIGCHLD - 1);

/**
 * Starts a program; descriptors that the caller had open are handed on beside those named.
 *
 * @returns how it ended
 * @throws SystemFailure when no process could be made (EAGAIN, ENOMEM, ENOENT, …)
 */
export async function spawn(
  program: Name | readonly Name[],
  argv: readonly Name[],
  options: SpawnOptions,
): Promise<Ending> {
  const { ignoredSignals, blockedSignals } = readLaunch();
  const pid = start(program, argv, {
    ...options,
    descriptors: handedOn(options.descriptors),
    blockedSignals,
    // A process that ignores SIGCHLD, be it for a moment, may never be told how its children end.
    ignoredSignals: ignoredSignals & ~SIGCHLD_BIT,
  });
  options.onStart?.(pid);
  return await ended(pid);
}

/** @throws SystemFailure ESRCH when there is no such process, EPERM when it is not ours */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    throw asFailure(error, "kill");
  }
}

/** The descriptors of a program that is started: those named, and the others that the caller had open. */
export function handedOn(named: readonly (Fd | undefined)[] = []): Map<Fd, Fd> {
  const descriptors = new Map<Fd, Fd>();
  for (const [target, fd] of named.entries()) if (fd !== undefined) descriptors.set(target, fd);
  for (const fd of readLaunch().inherited) {
    // One that was closed since is passed over.
    if (fd >= named.length && isOpen(fd)) descriptors.set(fd, fd);
  }
  return descriptors;
}
