/**
 * Becoming another program with everything put back that Node changed at its start.
 *
 * Node raises the soft descriptor limit, marks inherited descriptors close-on-exec, opens /dev/null
 * in place of closed ones below 3, ignores SIGPIPE and SIGXFSZ, resets the signals that the caller
 * ignored and changes the signal mask; all of it would survive execve(2).
 */
import { constants } from "node:os";
import { errnoName, ignoring, SystemFailure } from "./failure.ts";
import { type Launch, readLaunch } from "./launch.ts";
import { bind, call, koffi } from "./libc.ts";
import { getExactLimit, setExactLimit, UNLIMITED } from "./limits.ts";
import { FD_CLOEXEC, pipes } from "./pipes.ts";
import { firstThatRuns } from "./search.ts";
import { StringBlock } from "./strings.ts";
import type { ExactLimit, Fd, Image, Resource, SoftLimits } from "./types.ts";

// Addresses as numbers: nothing is converted, and nothing allocated, once memory may be limited.
const execve = bind("int execve(uintptr_t path, uintptr_t argv, uintptr_t environment)");
const signal = bind("void *signal(int number, intptr_t action)");
const dup2 = bind("int dup2(int from, int to)");
const closeCall = bind("int close(int fd)");
const sigprocmask = bind("int sigprocmask(int how, const void *set, void *old)");
const { SIGCHLD, SIGPIPE, SIGXFSZ } = constants.signals;
const SIG_DFL = 0;
const SIG_IGN = 1;
const SIG_SETMASK = process.platform === "darwin" ? 3 : 2;
const LAST_CLASSIC_SIGNAL = 31;
const LAST_STANDARD = 2;
/** sigset_t of glibc, the largest: signal n is bit n-1. */
export const SIGNAL_SET_BYTES = 128;

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
  // Node's own /dev/null in their place: most versions mark it close-on-exec.
  for (let fd = 0; fd <= LAST_STANDARD; fd++) {
    if (!launch.inherited.includes(fd)) closeCall(fd);
  }
  for (const fd of launch.inherited) {
    ignoring(["EBADF"], () => {
      pipes.setDescriptorFlags(fd, pipes.getDescriptorFlags(fd) & ~FD_CLOEXEC);
    });
  }
  sigprocmask(SIG_SETMASK, signalSet(launch.blockedSignals), null);
}

/** A sigset_t of the signals whose bits are set, bit n-1 for signal n. */
export function signalSet(signals: bigint): Buffer {
  const set = Buffer.alloc(SIGNAL_SET_BYTES);
  set.writeBigUInt64LE(BigInt.asUintN(64, signals));
  return set;
}

/**
 * Replaces this process by a program; comes back only by throwing, and then this process is fit for
 * nothing but to say so and leave.
 *
 * @throws SystemFailure why it could not be run
 */
export function execute(image: Image): never {
  const launch = readLaunch();
  const argv = new StringBlock(image.argv, "execve");
  const environment = new StringBlock(image.environment, "execve");
  const blocks = image.paths.map((path) => new StringBlock([path], "execve"));
  const attempt = (paths: readonly StringBlock[]): string =>
    firstThatRuns(paths.length, (at) => {
      execve(paths[at]?.first, argv.table, environment.table);
      return errnoName(koffi().errno());
    });
  const limits = new LastLimits(new Map([...callersLimits(launch), ...(image.softLimits ?? [])]));
  putBack(launch);
  for (const [target, fd] of image.descriptors ?? []) move(fd, target);
  // Rehearsed without effect, so that all of it is compiled and bound: from the limits on, memory
  // may be so short that Node could not do that any more.
  limits.set(limits.before);
  attempt([new StringBlock([""], "execve")]);

  limits.set(limits.after);
  const code = attempt(blocks);
  limits.set(limits.before);
  throw new SystemFailure(code, "execve", image.paths.at(-1));
}

/** A descriptor gets the number that the program is to find it under; Node may have had it till now. */
function move(fd: Fd, target: Fd): void {
  if (fd === target) pipes.setDescriptorFlags(fd, 0);
  else call("dup2", undefined, () => dup2(fd, target));
}

/** The soft limits that this process keeps for what comes after it: that on descriptors, which Node raised, is one. */
export function callersLimits({ descriptorLimit, heldLimits }: Launch): SoftLimits {
  const held = new Map(heldLimits);
  if (descriptorLimit !== undefined && !held.has("openFiles")) {
    held.set("openFiles", descriptorLimit === "unlimited" ? UNLIMITED : BigInt(descriptorLimit));
  }
  return held;
}

/** Set last, in this order: the less memory, the less may happen between them and the program. */
const MEMORY: readonly Resource[] = [
  "lockedMemory",
  "residentSet",
  "stack",
  "data",
  "addressSpace",
];

type LimitList = readonly (readonly [resource: Resource, limit: ExactLimit])[];

/** Soft limits for the moment before a program takes over, and those that held until then. */
export class LastLimits {
  readonly before: LimitList;
  readonly after: LimitList;

  constructor(limits: SoftLimits) {
    const resources = [...limits.keys()].sort((a, b) => MEMORY.indexOf(a) - MEMORY.indexOf(b));
    this.before = resources.map((resource) => [resource, getExactLimit(resource)] as const);
    this.after = this.before.map(([resource, { hard }]) => {
      return [resource, { soft: limits.get(resource) ?? hard, hard }] as const;
    });
  }

  /** Whether they are other ones than those that hold. */
  get isOther(): boolean {
    return this.after.some(([, { soft }], at) => soft !== this.before[at]?.[1].soft);
  }

  set(limits: LimitList): void {
    for (const [resource, limit] of limits) setExactLimit(resource, limit);
  }
}

/** Sets which permission bits new files of this process never get. */
export function setUmask(mask: number): void {
  process.umask(mask);
}
