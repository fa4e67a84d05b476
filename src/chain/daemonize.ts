/**
 * daemonize: starts a program in the background, as daemon(3) puts a program there, and is told whether
 * it could be run: the program's process is made by posix_spawn(3), which answers only then.
 */
import { setUmask } from "../posix/exec.ts";
import { SystemFailure } from "../posix/failure.ts";
import { AT_CWD, O_NONBLOCK } from "../posix/files.ts";
import { unableTo } from "../posix/message.ts";
import { posix } from "../posix/real.ts";
import { signalBits } from "../posix/signals.ts";
import type { Fd } from "../posix/types.ts";
import { freeNumbers, handedOn, notStarted, startNext } from "./beside.ts";
import type { Resident, State, Words } from "./chain.ts";
import { HELP, NAME, type Order, readOrder } from "./daemonize-order.ts";
import { fatal, orEnd } from "./end.ts";
import { Held, LockedPidFile, NoFile } from "./locked-pid-file.ts";

const TERMINAL_SIGNALS = signalBits(["SIGTTOU", "SIGTTIN", "SIGTSTP", "SIGHUP"]);
const STDIN = 0;
/** Where the descriptors begin that have no fixed use. */
const FIRST_FREE = 3;

export const daemonize: Resident = { kind: "resident", name: NAME, help: HELP, run };

async function run(words: Words, state: State): Promise<number> {
  const order = readOrder(words);
  const descriptors = descriptorsFor(order, handedOn(state));
  const directory = orEnd(NAME, ["switch to directory ", order.directory], () =>
    posix.openAt(AT_CWD, order.directory, "directory"),
  );
  const pidFile = order.pidFile && lock(order.pidFile, order.program);
  const [free = FIRST_FREE] = freeNumbers(descriptors, FIRST_FREE);
  if (pidFile !== undefined) descriptors.set(free, pidFile.fd);
  setUmask(order.umask);
  const pid = begin(order, state, { descriptors, directory }, pidFile);
  if (pidFile !== undefined) record(pidFile, pid, order);
  return 0;
}

/** Those that are kept, and files for 0, 1 and 2. */
function descriptorsFor(order: Order, open: ReadonlyMap<Fd, Fd>): Map<Fd, Fd> {
  const descriptors = new Map<Fd, Fd>();
  for (const kept of order.keep) {
    const fd = open.get(kept);
    if (fd === undefined) {
      throw fatal(NAME, [
        unableTo([`keep descriptor ${kept}`], new SystemFailure("EBADF", "fcntl")),
      ]);
    }
    descriptors.set(kept, fd);
  }
  for (const [target, file] of order.standard.entries()) {
    if (file !== undefined) descriptors.set(target, openStandard(file, target));
  }
  return descriptors;
}

function openStandard(file: Buffer, target: Fd): Fd {
  const how = target === STDIN ? "read" : "append";
  const fd = orEnd(NAME, ["open ", file], () => posix.openAt(AT_CWD, file, how));
  // Opening was not to wait; the program's reading and writing are.
  posix.setStatusFlags(fd, posix.getStatusFlags(fd) & ~O_NONBLOCK);
  return fd;
}

function lock(file: Buffer, program: Words): LockedPidFile {
  try {
    return orEnd(NAME, ["lock pid file ", file], () => new LockedPidFile(posix, file));
  } catch (failure) {
    if (failure instanceof NoFile) throw fatal(NAME, ["pid file ", file, " is no regular file"]);
    if (!(failure instanceof Held)) throw failure;
    const who =
      failure.pid === undefined
        ? "a process that has not said its number yet"
        : `process ${failure.pid}`;
    throw fatal(NAME, [program[0] as Buffer, " runs already: ", who, " holds pid file ", file]);
  }
}

function begin(
  order: Order,
  state: State,
  place: { readonly descriptors: ReadonlyMap<Fd, Fd>; readonly directory: Fd },
  pidFile: LockedPidFile | undefined,
): number {
  const ignoredSignals = order.ignoreTerminal ? TERMINAL_SIGNALS : 0n;
  try {
    return startNext(order.program, state, { ...place, ignoredSignals, newSession: true });
  } catch (failure) {
    pidFile?.remove();
    throw notStarted(NAME, order.program, failure);
  }
}

/** A program whose number nobody can know is not left running. */
function record(pidFile: LockedPidFile, pid: number, order: Order): void {
  try {
    pidFile.write(pid);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    posix.kill(pid, "SIGKILL");
    pidFile.remove();
    const file = order.pidFile as Buffer;
    throw fatal(NAME, [
      unableTo(["write pid file ", file], failure),
      ", and ",
      order.program[0] as Buffer,
      " was killed",
    ]);
  }
}
