/**
 * Starting another program beside this one, through the C library's posix_spawn.
 *
 * node:child_process takes arguments as UTF-8 only, opens /dev/null where a descriptor is to be
 * closed, and knows no order of the environment; here the program finds exactly what it is given.
 */
import { constants } from "node:os";
import { ownNew } from "./children.ts";
import { callersLimits, LastLimits } from "./exec.ts";
import { errnoName, ignoring, SystemFailure } from "./failure.ts";
import { readLaunch } from "./launch.ts";
import { bind } from "./libc.ts";
import { pipes } from "./pipes.ts";
import { firstThatRuns } from "./search.ts";
import { prepareSpawn, type Spawned, type SpawnStrings } from "./spawn-call.ts";
import { askElsewhere, hasSpawner, spawnElsewhere } from "./spawner.ts";
import { StartOrder } from "./start-order.ts";
import type { Fd, Name, StartOptions } from "./types.ts";

/** Room for struct sigaction (152 bytes in glibc); its first word is what is done. */
const SIGACTION_BYTES = 256;
const SIG_IGN = 1n;
const NOT_TRIED: Spawned = { pid: -1, errno: 0 };

const sigaction = bind("int sigaction(int number, const void *now, void *before)");

/**
 * Starts a program, under the soft limits that the caller had.
 *
 * @param program  the file to run, or several, of which the first that runs is taken
 * @returns its process id; how it ends is told by `ended`
 * @throws SystemFailure when there is no such program or no process could be made
 */
export function start(
  program: Name | readonly Name[],
  argv: readonly Name[],
  options: StartOptions,
): number {
  const order = new StartOrder(program, argv, options);
  let spawned = NOT_TRIED;
  let last: Name | undefined;
  try {
    const code = firstThatRuns(order.paths.length, (at) => {
      last = order.paths[at];
      spawned = make(order.strings(at), options);
      return spawned.errno === 0 ? undefined : errnoName(spawned.errno);
    });
    if (code !== "") throw new SystemFailure(code, "posix_spawn", last);
  } finally {
    order.release();
  }
  ownNew(spawned.pid);
  return spawned.pid;
}

/**
 * Starts a program like `start`; where a thread does that (spawner.ts), the caller goes on meanwhile. What it was
 * given is to stay open until the answer.
 *
 * @throws SystemFailure, also by way of the promise
 */
export function startAside(
  program: Name,
  argv: readonly Name[],
  options: StartOptions,
): number | Promise<number> {
  // Who goes on must not come upon the limit of the program.
  if (!hasSpawner() || limitOfCaller().isOther) return start(program, argv, options);
  const order = new StartOrder(program, argv, options);
  return new Promise((resolve, reject) => {
    const settle = (answer: Spawned | undefined): void => {
      try {
        const { pid, errno } = answer ?? makeHere(order.strings(0), options);
        if (errno !== 0) throw new SystemFailure(errnoName(errno), "posix_spawn", order.paths[0]);
        ownNew(pid);
        resolve(pid);
      } catch (failure) {
        reject(failure);
      } finally {
        order.release();
      }
    };
    if (!askElsewhere(order.strings(0), options, settle)) settle(undefined);
  });
}

function make(strings: SpawnStrings, options: StartOptions): Spawned {
  const elsewhere = hasSpawner()
    ? underCallersLimit(() => spawnElsewhere(strings, options))
    : undefined;
  return elsewhere ?? makeHere(strings, options);
}

function makeHere(strings: SpawnStrings, options: StartOptions): Spawned {
  const prepared = prepareSpawn(options);
  try {
    return underCallersLimit(() => prepared.make(strings));
  } finally {
    prepared.free();
  }
}

/**
 * Runs `action` while this process ignores some signals, bit n-1 for signal n: only what is ignored
 * stays so in a program that is started. With SIGCHLD among them, endings may be lost meanwhile.
 */
export function whileIgnoring<T>(signals: bigint, action: () => T): T {
  const ignore = Buffer.alloc(SIGACTION_BYTES);
  ignore.writeBigUInt64LE(SIG_IGN);
  const before: [number, Buffer][] = [];
  for (const number of new Set(Object.values(constants.signals))) {
    if (((signals >> BigInt(number - 1)) & 1n) === 0n) continue;
    const record = Buffer.alloc(SIGACTION_BYTES);
    if (sigaction(number, ignore, record) === 0) before.push([number, record]);
  }
  try {
    return action();
  } finally {
    for (const [number, record] of before) sigaction(number, record, null);
  }
}

/** The soft limit on descriptors that a program is to have. */
function limitOfCaller(): LastLimits {
  const held = [...callersLimits(readLaunch())];
  return new LastLimits(new Map(held.filter(([resource]) => resource === "openFiles")));
}

/** Runs `action` under the limit that the program is to have: a child starts with ours. */
function underCallersLimit<T>(action: () => T): T {
  const limits = limitOfCaller();
  if (!limits.isOther) return action();
  limits.set(limits.after);
  try {
    return action();
  } finally {
    limits.set(limits.before);
  }
}

export function isOpen(fd: Fd): boolean {
  return ignoring(["EBADF"], () => pipes.getDescriptorFlags(fd)) !== undefined;
}
