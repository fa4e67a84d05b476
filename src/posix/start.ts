/**
 * Starting another program beside this one, through the C library's posix_spawn.
 *
 * node:child_process takes arguments as UTF-8 only, opens /dev/null where a descriptor is to be
 * closed, and knows no order of the environment; here the program finds exactly what it is given.
 */
import { constants } from "node:os";
import { ownNew } from "./children.ts";
import { callersLimits, LastLimits, signalSet } from "./exec.ts";
import { errnoName, ignoring, SystemFailure } from "./failure.ts";
import { files as fileCalls } from "./files.ts";
import { readLaunch } from "./launch.ts";
import { bind, call, variable } from "./libc.ts";
import { hinderingLimits, limited } from "./limited.ts";
import { FD_CLOEXEC, pipes } from "./pipes.ts";
import { firstThatRuns } from "./search.ts";
import { StringBlock } from "./strings.ts";
import type { Fd, Image, Name, StartOptions } from "./types.ts";

/** Room for posix_spawn_file_actions_t and posix_spawnattr_t (80 and 336 bytes in glibc). */
const OPAQUE_BYTES = 512;
const POSIX_SPAWN_SETPGROUP = 2;
const POSIX_SPAWN_SETSIGDEF = 4;
const POSIX_SPAWN_SETSIGMASK = 8;
const POSIX_SPAWN_SETSID = process.platform === "darwin" ? 0x400 : 0x80;
const F_DUPFD_CLOEXEC = process.platform === "darwin" ? 67 : 1030;
/** Room for struct sigaction (152 bytes in glibc); its first word is what is done. */
const SIGACTION_BYTES = 256;
const SIG_IGN = 1n;

const posixSpawn = bind(
  "int posix_spawn(int *pid, uintptr_t path, void *files, void *attributes, uintptr_t argv, uintptr_t environment)",
);
const initFiles = bind("int posix_spawn_file_actions_init(void *files)");
const freeFiles = bind("int posix_spawn_file_actions_destroy(void *files)");
const addDup = bind("int posix_spawn_file_actions_adddup2(void *files, int from, int to)");
const addChdir = bind("int posix_spawn_file_actions_addfchdir_np(void *files, int fd)");
const initAttributes = bind("int posix_spawnattr_init(void *attributes)");
const setFlags = bind("int posix_spawnattr_setflags(void *attributes, int16_t flags)");
const setDefaults = bind(
  "int posix_spawnattr_setsigdefault(void *attributes, const void *signals)",
);
const setMask = bind("int posix_spawnattr_setsigmask(void *attributes, const void *signals)");
const sigaction = bind("int sigaction(int number, const void *now, void *before)");
const fcntl = bind("int fcntl(int fd, int command, ...)");

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
  const environment = given?.table ?? variable("environ", "uintptr_t");
  const pid = new Int32Array(1);
  closeOthers(options.descriptors);
  const files = fileActions(options);
  const attributes = attributesFor(options);
  let last: Name | undefined;
  try {
    const code = underCallersLimit(() =>
      firstThatRuns(blocks.length, (at) => {
        last = image.paths[at];
        const path = blocks[at]?.first;
        const errno = posixSpawn(pid, path, files.record, attributes, words.table, environment);
        return errno === 0 ? undefined : errnoName(errno);
      }),
    );
    if (code !== "") throw new SystemFailure(code, "posix_spawn", last);
  } finally {
    files.free();
    // C was given addresses alone: collected before the call, they would lead to other strings, or none (EFAULT).
    for (const block of [...blocks, words, given]) block?.release();
  }
  const started = pid[0] ?? -1;
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

interface FileActions {
  readonly record: Buffer;
  free(): void;
}

function fileActions({ descriptors, directory }: StartOptions): FileActions {
  const record = Buffer.alloc(OPAQUE_BYTES);
  const aside = new Map<Fd, Fd>();
  initFiles(record);
  const free = (): void => {
    freeFiles(record);
    for (const fd of aside.values()) fileCalls.close(fd);
  };
  try {
    if (directory !== undefined) addChdir(record, directory);
    for (const [target, fd] of descriptors) {
      // Onto itself: that alone takes the close-on-exec mark away.
      if (target === fd || !descriptors.has(fd)) addDup(record, fd, target);
      else {
        // Something else comes to stand at its number: what is there now is put out of the way.
        const moved = aside.get(fd) ?? duplicate(fd, descriptors);
        aside.set(fd, moved);
        addDup(record, moved, target);
      }
    }
  } catch (failure) {
    free();
    throw failure;
  }
  return { record, free };
}

/** What the caller had open and the program is not to have; Node marks only those below the first gap. */
function closeOthers(descriptors: ReadonlyMap<Fd, Fd>): void {
  for (const fd of readLaunch().inherited) {
    if (!descriptors.has(fd)) {
      ignoring(["EBADF"], () => pipes.setDescriptorFlags(fd, FD_CLOEXEC));
    }
  }
}

/** A copy on the lowest number that is free and wanted for nothing; there may be none beyond those. */
function duplicate(fd: Fd, wanted: ReadonlyMap<Fd, Fd>): Fd {
  for (let lowest = 0; ; ) {
    const at = lowest;
    const copy = call("fcntl", undefined, () => fcntl(fd, F_DUPFD_CLOEXEC, "int", at));
    if (!wanted.has(copy)) return copy;
    fileCalls.close(copy);
    lowest = copy + 1;
  }
}

/**
 * Default actions for every signal but those that are to be ignored. Named all of them, because
 * glibc leaves its own two (32 and 33) ignored otherwise.
 */
function attributesFor(options: StartOptions): Buffer {
  const record = Buffer.alloc(OPAQUE_BYTES);
  initAttributes(record);
  setDefaults(record, signalSet(~(options.ignoredSignals ?? 0n)));
  setMask(record, signalSet(options.blockedSignals ?? 0n));
  // Who leads a session leads a group.
  const leads = options.newGroup ? POSIX_SPAWN_SETPGROUP : 0;
  setFlags(
    record,
    POSIX_SPAWN_SETSIGDEF |
      POSIX_SPAWN_SETSIGMASK |
      (options.newSession ? POSIX_SPAWN_SETSID : leads),
  );
  return record;
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
