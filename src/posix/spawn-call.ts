/** One call of posix_spawn(3), by whichever thread makes it. */
import { signalSet } from "./exec.ts";
import { ignoring } from "./failure.ts";
import { files as fileCalls } from "./files.ts";
import { bind, call } from "./libc.ts";
import { FD_CLOEXEC, pipes } from "./pipes.ts";
import type { Fd } from "./types.ts";

/** Room for posix_spawn_file_actions_t and posix_spawnattr_t (80 and 336 bytes in glibc). */
const OPAQUE_BYTES = 512;
const POSIX_SPAWN_SETPGROUP = 2;
const POSIX_SPAWN_SETSIGDEF = 4;
const POSIX_SPAWN_SETSIGMASK = 8;
const POSIX_SPAWN_SETSID = process.platform === "darwin" ? 0x400 : 0x80;
const F_DUPFD_CLOEXEC = process.platform === "darwin" ? 67 : 1030;

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
const fcntl = bind("int fcntl(int fd, int command, ...)");

/** Keeps descriptors from programs; those that are closed already are passed over. */
export function closeOnExec(fds: readonly Fd[]): void {
  for (const fd of fds) ignoring(["EBADF"], () => pipes.setDescriptorFlags(fd, FD_CLOEXEC));
}

/** Addresses of strings and tables of them, in memory that stays until the call has returned. */
export interface SpawnStrings {
  readonly path: bigint;
  readonly argv: bigint;
  readonly environment: bigint;
}

export interface SpawnSettings {
  /** Which of our descriptors each descriptor of the program is. */
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  readonly directory?: Fd | undefined;
  /** Bit n-1 for signal n. */
  readonly ignoredSignals?: bigint | undefined;
  readonly blockedSignals?: bigint | undefined;
  readonly newSession?: boolean;
  readonly newGroup?: boolean;
}

/** @returns the process id, or why there is none */
export interface Spawned {
  readonly pid: number;
  /** 0: there is one. */
  readonly errno: number;
}

/** A call that is ready to be made, any number of times. */
export interface PreparedSpawn {
  make(strings: SpawnStrings): Spawned;
  free(): void;
}

/**
 * Prepares a call. To be done before the limits are those of the program, as it may take descriptors.
 *
 * @throws SystemFailure when there is none left
 */
export function prepareSpawn(settings: SpawnSettings): PreparedSpawn {
  const attributes = attributesFor(settings);
  const files = fileActions(settings);
  const pid = new Int32Array(1);
  return {
    make: ({ path, argv, environment }) => {
      const errno = posixSpawn(pid, path, files.record, attributes, argv, environment);
      return { pid: pid[0] ?? -1, errno };
    },
    free: () => files.free(),
  };
}

interface FileActions {
  readonly record: Buffer;
  free(): void;
}

function fileActions({ descriptors, directory }: SpawnSettings): FileActions {
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

/** The attributes that were asked for last: mostly they are those of the next program as well. */
let last: { readonly key: string; readonly record: Buffer } | undefined;

function attributesFor(settings: SpawnSettings): Buffer {
  const { ignoredSignals = 0n, blockedSignals = 0n } = settings;
  // Who leads a session leads a group.
  const leads = settings.newGroup ? POSIX_SPAWN_SETPGROUP : 0;
  const flags =
    POSIX_SPAWN_SETSIGDEF |
    POSIX_SPAWN_SETSIGMASK |
    (settings.newSession ? POSIX_SPAWN_SETSID : leads);
  const key = `${ignoredSignals} ${blockedSignals} ${flags}`;
  if (last?.key !== key)
    last = { key, record: makeAttributes(ignoredSignals, blockedSignals, flags) };
  return last.record;
}

/**
 * Default actions for every signal but those that are to be ignored. Named all of them, because
 * glibc leaves its own two (32 and 33) ignored otherwise.
 */
function makeAttributes(ignoredSignals: bigint, blockedSignals: bigint, flags: number): Buffer {
  const record = Buffer.alloc(OPAQUE_BYTES);
  initAttributes(record);
  setDefaults(record, signalSet(~ignoredSignals));
  setMask(record, signalSet(blockedSignals));
  setFlags(record, flags);
  return record;
}
