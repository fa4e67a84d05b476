/**
 * Running another program beside this one, through the C library's posix_spawn.
 *
 * node:child_process takes arguments as UTF-8 only, opens /dev/null where a descriptor is to be
 * closed, and closes those that the caller had open; here the program finds exactly what a program
 * started by the caller itself would, the soft descriptor limit included.
 */
import { constants } from "node:os";
import { asFailure, errnoName, ignoring, SystemFailure } from "./failure.ts";
import { readLaunch } from "./launch.ts";
import { bind, call, cString, variable } from "./libc.ts";
import { getLimit, setLimit } from "./limits.ts";
import { pipes } from "./pipes.ts";
import type { Ending, Fd, Name, SpawnOptions } from "./types.ts";
import { exited } from "./waiter.ts";

/** Room for posix_spawn_file_actions_t and posix_spawnattr_t (80 and 336 bytes in glibc). */
const OPAQUE_BYTES = 512;
/** sigset_t of glibc, the largest: signal n is bit n-1. */
const SIGNAL_SET_BYTES = 128;
const POSIX_SPAWN_SETSIGDEF = 4;
const POSIX_SPAWN_SETSIGMASK = 8;
const WNOHANG = 1;

const posixSpawn = bind(
  "int posix_spawn(int *pid, const uint8_t *path, void *files, void *attributes, void **argv, void *envp)",
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
const waitpid = bind("int waitpid(int pid, int *status, int options)");

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/**
 * Starts a program; descriptors that the caller had open are handed on beside those named.
 *
 * @returns how it ended
 * @throws SystemFailure when no process could be made (EAGAIN, ENOMEM, ENOENT, …)
 */
export async function spawn(
  program: Name,
  argv: readonly Name[],
  options: SpawnOptions,
): Promise<Ending> {
  const pid = start(program, argv, options);
  options.onStart?.(pid);
  for (;;) {
    const ending = reap(pid);
    if (ending !== undefined) return ending;
    await exited(pid);
  }
}

/** @throws SystemFailure ESRCH when there is no such process, EPERM when it is not ours */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    throw asFailure(error, "kill");
  }
}

function start(program: Name, argv: readonly Name[], options: SpawnOptions): number {
  const files = fileActions(options);
  const pid = new Int32Array(1);
  const path = cString(program, "posix_spawn");
  const words = [...argv.map((word) => cString(word, "posix_spawn")), null];
  const environment: unknown = variable("environ", "void *");
  const errno = withCallersLimit(() =>
    posixSpawn(pid, path, files, attributes(), words, environment),
  );
  freeFiles(files);
  if (errno !== 0) throw new SystemFailure(errnoName(errno), "posix_spawn", program);
  return pid[0] ?? -1;
}

function fileActions(options: SpawnOptions): Buffer {
  const files = Buffer.alloc(OPAQUE_BYTES);
  initFiles(files);
  if (options.directory !== undefined) addChdir(files, options.directory);
  for (const [target, fd] of options.descriptors.entries()) {
    if (fd !== undefined) addDup(files, fd, target);
  }
  for (const fd of readLaunch().inherited) {
    // Onto itself: that alone takes the close-on-exec mark away. One that was closed since is passed over.
    if (fd >= options.descriptors.length && isOpen(fd)) addDup(files, fd, fd);
  }
  return files;
}

function isOpen(fd: Fd): boolean {
  return ignoring(["EBADF"], () => pipes.getDescriptorFlags(fd)) !== undefined;
}

/**
 * Default actions for every signal but those that the caller ignored, and an empty mask. Named all
 * of them, because glibc leaves its own two (32 and 33) ignored otherwise.
 */
function attributes(): Buffer {
  const record = Buffer.alloc(OPAQUE_BYTES);
  initAttributes(record);
  const signals = Buffer.alloc(SIGNAL_SET_BYTES);
  signals.writeBigUInt64LE(BigInt.asUintN(64, ~readLaunch().ignoredSignals));
  setDefaults(record, signals);
  setFlags(record, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  return record;
}

/** Runs `action` under the soft descriptor limit that the caller had: a child starts with ours. */
function withCallersLimit(action: () => number): number {
  const { descriptorLimit } = readLaunch();
  const limit = getLimit("openFiles");
  const soft = Number(descriptorLimit);
  if (!(soft < limit.soft)) return action();
  setLimit("openFiles", { soft, hard: limit.hard });
  try {
    return action();
  } finally {
    setLimit("openFiles", limit);
  }
}

/** @returns how the process ended, or undefined while it runs */
function reap(pid: number): Ending | undefined {
  const status = new Int32Array(1);
  const ended = call("waitpid", undefined, () => waitpid(pid, status, WNOHANG));
  return ended === 0 ? undefined : decodeStatus(status[0] ?? 0);
}

/** @param status  as wait(2) fills it in: signal in the low seven bits, else the code above them */
function decodeStatus(status: number): Ending {
  const signal = status & 0x7f;
  return signal === 0
    ? { code: (status >> 8) & 0xff, signal: undefined }
    : { code: undefined, signal: SIGNALS.get(signal) ?? `signal ${signal}` };
}
