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
import { bind, variable } from "./libc.ts";
import { hinderingLimits, limited } from "./limited.ts";
import { FD_CLOEXEC, pipes } from "./pipes.ts";
import { firstThatRuns } from "./search.ts";
import { prepareSpawn } from "./spawn-call.ts";
import { spawnElsewhere } from "./spawner.ts";
import { StringBlock } from "./strings.ts";
import type { Fd, Image, Name, StartOptions } from "./types.ts";

/** Room for struct sigaction (152 bytes in glibc); its first word is what is done. */
const SIGACTION_BYTES = 256;
const SIG_IGN = 1n;

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
  const image = imageOf(program, argv, options);
  const blocks = image.paths.map((path) => new StringBlock([path], "posix_spawn"));
  const words = new StringBlock(image.argv, "posix_spawn");
  const given = image.environment && new StringBlock(image.environment, "posix_spawn");
  const environment = given?.table ?? BigInt(variable("environ", "uintptr_t") as number | bigint);
  closeOthers(options.descriptors);
  const prepared = prepareSpawn(options);
  let started = -1;
  let last: Name | undefined;
  try {
    const code = underCallersLimit(() =>
      firstThatRuns(blocks.length, (at) => {
        last = image.paths[at];
        const strings = { path: blocks[at]?.first ?? 0n, argv: words.table, environment };
        const { pid, errno } = spawnElsewhere(strings, options) ?? prepared.make(strings);
        started = pid;
        return errno === 0 ? undefined : errnoName(errno);
      }),
    );
    if (code !== "") throw new SystemFailure(code, "posix_spawn", last);
  } finally {
    prepared.free();
    // C was given addresses alone: collected before the call, they would lead to other strings, or none (EFAULT).
    for (const block of [...blocks, words, given]) block?.release();
  }
  ownNew(started);
  return started;
}

type Started = Omit<Image, "environment"> & { readonly environment: readonly Name[] | undefined };

/** What is started: the program, or what brings it under limits that would hinder us. */
function imageOf(
  program: Name | readonly Name[],
  argv: readonly Name[],
  { environment, descriptors, directory, softLimits, account, ...signals }: StartOptions,
): Started {
  const paths = Array.isArray(program) ? (program as readonly Name[]) : [program as Name];
  const launch = readLaunch();
  const image = { paths, argv, environment: environment ?? launch.environment };
  const limits = new Map([...hinderingLimits(launch.heldLimits), ...(softLimits ?? [])]);
  if (limits.size === 0 && account === undefined) return image;
  const { ignoredSignals = 0n, blockedSignals = 0n } = signals;
  const asCaller = {
    ...launch,
    ignoredSignals,
    blockedSignals,
    inherited: [...descriptors.keys()],
  };
  const last = { limits, account };
  return limited({ ...image, environment: image.environment ?? [] }, last, asCaller, directory);
}

/** What the caller had open and the program is not to have; Node marks only those below the first gap. */
function closeOthers(descriptors: ReadonlyMap<Fd, Fd>): void {
  for (const fd of readLaunch().inherited) {
    if (!descriptors.has(fd)) {
      ignoring(["EBADF"], () => pipes.setDescriptorFlags(fd, FD_CLOEXEC));
    }
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

/**
 * Runs `action` under the soft limit on descriptors that the program is to have: a child starts with
 * ours.
 */
function underCallersLimit<T>(action: () => T): T {
  const held = [...callersLimits(readLaunch())];
  const limits = new LastLimits(new Map(held.filter(([resource]) => resource === "openFiles")));
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
