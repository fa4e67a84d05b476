/**
 * Becoming another program with everything put back that Node changed at its start.
 *
 * Node raises the soft descriptor limit, marks inherited descriptors close-on-exec, ignores SIGPIPE
 * and SIGXFSZ and resets the signals that the caller ignored; all of it would survive execve(2).
 */
import { constants } from "node:os";
import { ignoring, SystemFailure } from "./failure.ts";
import { type Launch, readLaunch } from "./launch.ts";
import { bind, cString, lastErrno } from "./libc.ts";
import { getLimit, setLimit } from "./limits.ts";
import { FD_CLOEXEC, pipes } from "./pipes.ts";
import type { Name } from "./types.ts";

const execveCall = bind("int execve(const uint8_t *path, void **argv, void **envp)");
const signal = bind("void *signal(int number, intptr_t action)");
const { SIGCHLD, SIGPIPE, SIGXFSZ } = constants.signals;
const SIG_DFL = 0;
const SIG_IGN = 1;
const LAST_CLASSIC_SIGNAL = 31;

/**
 * Ignores again what the caller ignored, as `nohup` asks for; Node had reset it. SIGCHLD waits for
 * `putBack`: a process that ignores it is never told how its children end.
 */
export function ignoreAgain(launch: Launch = readLaunch()): void {
  for (let number = 1; number <= LAST_CLASSIC_SIGNAL; number++) {
    if (number !== SIGCHLD && isIgnored(launch, number)) signal(number, SIG_IGN);
  }
}

function isIgnored(launch: Launch, number: number): boolean {
  return ((launch.ignoredSignals >> BigInt(number - 1)) & 1n) === 1n;
}

/** Undoes what Node did to this process, as a program that is about to be run must find it. */
export function putBack(launch: Launch = readLaunch()): void {
  for (const number of [SIGPIPE, SIGXFSZ, SIGCHLD]) {
    signal(number, isIgnored(launch, number) ? SIG_IGN : SIG_DFL);
  }
  for (const fd of launch.inherited) {
    ignoring(["EBADF"], () => {
      pipes.setDescriptorFlags(fd, pipes.getDescriptorFlags(fd) & ~FD_CLOEXEC);
    });
  }
  const soft = launch.descriptorLimit;
  if (soft !== undefined) {
    const { hard } = getLimit("openFiles");
    setLimit("openFiles", {
      soft: soft === "unlimited" ? hard : Math.min(Number(soft), hard),
      hard,
    });
  }
}

/**
 * Replaces this process by a program; comes back only by throwing.
 *
 * @param path  the file to run; no search along PATH
 * @param environment  strings NAME=VALUE, in the order in which the program finds them
 * @throws SystemFailure why it could not be run
 */
export function execute(path: Name, argv: readonly Name[], environment: readonly Name[]): never {
  putBack();
  execveCall(cString(path, "execve"), strings(argv), strings(environment));
  throw new SystemFailure(lastErrno(), "execve", path);
}

function strings(names: readonly Name[]): (Buffer | null)[] {
  return [...names.map((name) => cString(name, "execve")), null];
}

/** Sets which permission bits new files of this process never get. */
export function setUmask(mask: number): void {
  process.umask(mask);
}
