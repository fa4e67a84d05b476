/** Starting the next program beside this process, for commands that stay. */
import { SystemFailure } from "../posix/failure.ts";
import { readLaunch } from "../posix/launch.ts";
import { unableTo } from "../posix/message.ts";
import { isOpen, start, whileIgnoring } from "../posix/start.ts";
import type { Fd, StartOptions } from "../posix/types.ts";
import type { State, Words } from "./chain.ts";
import { type End, fatal } from "./end.ts";
import { searchPath } from "./path.ts";

/** What fork(2) fails with where there is no room for another process. */
const NO_PROCESS = new Set(["EAGAIN", "ENOMEM"]);

/** The descriptors that the next program is handed as it would be without us: its numbers, and ours. */
export function handedOn(state: State): Map<Fd, Fd> {
  const moved = new Set(state.descriptors.values());
  const descriptors = new Map(state.descriptors);
  for (const fd of readLaunch().inherited) {
    // One that was closed since is passed over.
    if (!moved.has(fd) && !descriptors.has(fd) && isOpen(fd)) descriptors.set(fd, fd);
  }
  return descriptors;
}

/** The numbers that open(2) would give, one after the other. */
export function* freeNumbers(taken: ReadonlyMap<Fd, Fd>, from: Fd = 0): Generator<Fd> {
  for (let fd = from; ; fd++) if (!taken.has(fd)) yield fd;
}

/**
 * Starts the next program; signals that the caller ignored or blocked are so for it, too.
 *
 * @returns its process id
 * @throws SystemFailure why it could not be run
 */
export function startNext(
  program: Words,
  state: State,
  options: Omit<StartOptions, "environment" | "blockedSignals">,
): number {
  const { ignoredSignals: callers, blockedSignals } = readLaunch();
  const ignoredSignals = callers | (options.ignoredSignals ?? 0n);
  return whileIgnoring(ignoredSignals, () =>
    start(searchPath(program[0] as Buffer, state.environment), program, {
      ...options,
      environment: state.environment,
      ignoredSignals,
      blockedSignals,
    }),
  );
}

/** Why it could not be started, in the words of the C programs, which first fork and then run. */
export function notStarted(name: string, program: Words, failure: unknown): End {
  if (!(failure instanceof SystemFailure)) throw failure;
  return NO_PROCESS.has(failure.code)
    ? fatal(name, [unableTo(["fork"], failure)])
    : fatal(name, [unableTo(["run ", program[0] as Buffer], failure)]);
}
