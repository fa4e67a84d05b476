/**
 * The children of this process: those that it started, and orphans that the kernel gave to it.
 *
 * Nobody here waits for "any child": that would take endings away from their owners, libuv among
 * them. `sweepOrphans` looks first whose the ending is.
 */
import { ignoring, SystemFailure } from "./failure.ts";
import { bind, call } from "./libc.ts";
import { signalName } from "./signals.ts";
import { awaitAnswer } from "./spawner.ts";
import type { Ending } from "./types.ts";
import { exited } from "./waiter.ts";

const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
const P_ALL = 0;
const PR_SET_CHILD_SUBREAPER = 36;
/** In the status of a process that a signal ended. */
const CORE_DUMPED = 0x80;
const SIGINFO_BYTES = 128;
/** In siginfo_t: behind three ints, and a fourth where pointers have eight bytes. */
const SI_PID_AT = /64|s390x/.test(process.arch) ? 16 : 12;

const waitpid = bind("int waitpid(int pid, int *status, int options)");
const waitid = bind("int waitid(int type, int id, void *info, int options)");
const prctl = bind("int prctl(int option, unsigned long a, ...)");

/** More dead orphans than this are not remembered for those who expect one. */
const MOST_REMEMBERED = 4096;

/** Every child with an owner, and how it ended, when a sweep came across it before its owner asked. */
const owned = new Map<number, Ending | undefined>();

/** Orphans that a sweep came across while somebody expects one that he cannot name yet. */
const remembered = new Map<number, Ending>();
let expecting = 0;

/** Says that somebody will ask how that child ends: a sweep keeps it for them. */
export function own(pid: number): void {
  owned.set(pid, undefined);
}

/** A child that was just started: an orphan that had its number before is forgotten. */
export function ownNew(pid: number): void {
  remembered.delete(pid);
  own(pid);
}

/**
 * Says that an orphan is expected whose number is not known yet: how orphans ended is remembered from now on.
 *
 * @returns what ends the expectation; to be called once
 */
export function expectOrphan(): () => void {
  expecting++;
  return () => {
    expecting--;
    if (expecting === 0) remembered.clear();
  };
}

/**
 * @returns how a child ended, or undefined while it runs; it is nobody's child after that
 * @throws SystemFailure ECHILD when it is no child of this process
 */
export function reap(pid: number): Ending | undefined {
  const ending = owned.get(pid) ?? waitOrRemember(pid);
  if (ending !== undefined) owned.delete(pid);
  return ending;
}

function waitOrRemember(pid: number): Ending | undefined {
  try {
    return waitNow(pid);
  } catch (failure) {
    const ending = remembered.get(pid);
    if (ending === undefined) throw failure;
    return ending;
  }
}

/** Resolves when a child has ended. @throws SystemFailure ECHILD when it is no child of this process */
export async function ended(pid: number): Promise<Ending> {
  for (;;) {
    const ending = reap(pid);
    if (ending !== undefined) return ending;
    await exited(pid);
  }
}

/**
 * Orphans among the descendants of this process become its children from now on, not those of init.
 *
 * @throws SystemFailure ENOSYS or EINVAL where the system has no such thing
 */
export function becomeSubreaper(): void {
  if (process.platform !== "linux") throw new SystemFailure("ENOSYS", "prctl");
  call("prctl", undefined, () => prctl(PR_SET_CHILD_SUBREAPER, 1));
}

/**
 * Takes every ended child off the process table; how an owned one ended is kept for its owner. Does
 * not touch SIGCHLD: whoever hears that signal calls this.
 *
 * @param spare  children that somebody else waits for, as node:child_process does for its own: the
 *   sweep ends at such a one, and is to be repeated when that has been taken
 * @returns whether it came to its end
 */
export function sweepOrphans(spare: (pid: number) => boolean = () => false): boolean {
  // A child that has ended before its owner knows of it is none the less owned.
  awaitAnswer();
  for (let pid = endedChild(); pid !== 0; pid = endedChild()) {
    if (spare(pid)) return false;
    const ending = waitNow(pid);
    if (ending === undefined) return true;
    if (owned.has(pid)) owned.set(pid, ending);
    else if (expecting > 0) remember(pid, ending);
  }
  return true;
}

function remember(pid: number, ending: Ending): void {
  remembered.set(pid, ending);
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

/** A child that has ended and that nobody has waited for yet, left as it is; 0 when there is none. */
function endedChild(): number {
  const info = Buffer.alloc(SIGINFO_BYTES);
  ignoring(["ECHILD"], () =>
    call("waitid", undefined, () => waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT)),
  );
  return info.readInt32LE(SI_PID_AT);
}

function waitNow(pid: number): Ending | undefined {
  const status = new Int32Array(1);
  const found = call("waitpid", undefined, () => waitpid(pid, status, WNOHANG));
  return found === 0 ? undefined : decodeStatus(status[0] ?? 0);
}

/** @param status  as wait(2) fills it in: signal in the low seven bits, `core` above it, else the code */
function decodeStatus(status: number): Ending {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: undefined };
  const name = signalName(signal) ?? `signal ${signal}`;
  const ending = { code: undefined, signal: name };
  return (status & CORE_DUMPED) === 0 ? ending : { ...ending, core: true };
}
