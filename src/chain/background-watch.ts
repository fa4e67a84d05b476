/**
 * background-watch: stands in the foreground for a daemon that insists on the background
 * (s6-background-watch.c): passes signals on, and ends as the daemon does.
 */
import { becomeSubreaper, sweepOrphans } from "../posix/children.ts";
import { SystemFailure } from "../posix/failure.ts";
import { AT_CWD } from "../posix/files.ts";
import { joined, unableTo } from "../posix/message.ts";
import { FD_CLOEXEC } from "../posix/pipes.ts";
import { posix } from "../posix/real.ts";
import { say } from "../posix/say.ts";
import { CATCHABLE } from "../posix/signals.ts";
import { isOpen } from "../posix/start.ts";
import type { Fd } from "../posix/types.ts";
import { type BackgroundWatch, watchBackground } from "./background.ts";
import { verdict } from "./background-verdict.ts";
import { handedOn, startNext } from "./beside.ts";
import type { Resident, State, Words } from "./chain.ts";
import { End, fatal, SYSTEM_TROUBLE, usage } from "./end.ts";
import { type LongSyntax, readLongOptions } from "./long-options.ts";

const NAME = "background-watch";
const HELP = `Usage: background-watch [-t MS] [-d FD] PIDFILE PROGRAM…

Runs PROGRAM, which starts a daemon, writes the daemon's process id into PIDFILE and exits with 0. Then stays in
the daemon's place: passes signals on to it and ends with its exit code, or 128 + the number
of the signal that killed it.

  -t, --timeout-ready MS     kill PROGRAM if it has not exited after that time
  -d, --notification-fd FD   write a newline there as soon as the daemon runs
`;
const USAGE_TEXT = "background-watch [ -t ms ] [ -d fd ] pidfile program";
const SYNTAX: LongSyntax = {
  name: NAME,
  letters: "t:d:",
  usage: USAGE_TEXT,
  longNames: { "timeout-ready": "t", "notification-fd": "d" },
};

const NOT_FOUND = 127;
const NO_FORMAT = 126;
const NOT_SUPPORTED = 112;
const FIRST_FREE = 3;
/** What a timer takes; beyond 24 days nobody waits. */
const LONGEST_MS = 0x7fff_ffff;

export const backgroundWatch: Resident = { kind: "resident", name: NAME, help: HELP, run };

interface Order {
  readonly pidFile: Buffer;
  readonly program: Words;
  readonly readyTimeoutMs: number | undefined;
  readonly notification: Fd | undefined;
}

async function run(words: Words, state: State): Promise<number> {
  const order = readOrder(words);
  const descriptors = handedOn(state);
  const notification = takeNotification(order.notification, descriptors);
  reapOrphans();
  // Caught before there is anybody to pass them on to: none may end this process from here on.
  let watch: BackgroundWatch | undefined;
  for (const signal of CATCHABLE) process.on(signal, () => watch?.signal(signal));
  watch = begin(order, state, descriptors, notification);
  const { exitCode, why } = verdict(await watch.ended, order.program[0] as Buffer, order.pidFile);
  if (why !== undefined) say(NAME, ["fatal: ", ...why]);
  return exitCode;
}

function readOrder(words: Words): Order {
  const { options, rest } = readLongOptions(words, SYNTAX);
  const [pidFile, ...program] = rest;
  if (pidFile === undefined || program.length === 0) throw usage(NAME, USAGE_TEXT);
  const number = (letter: string): number | undefined => {
    const value = options.findLast((option) => option.letter === letter)?.argument.toString();
    if (value !== undefined && !/^[0-9]{1,15}$/.test(value)) throw usage(NAME, USAGE_TEXT);
    return value === undefined ? undefined : Number(value);
  };
  const timeoutMs = number("t");
  return {
    pidFile,
    program,
    readyTimeoutMs: timeoutMs === 0 ? undefined : timeoutMs && Math.min(timeoutMs, LONGEST_MS),
    notification: number("d"),
  };
}

/** Keeps the notification descriptor for ourselves: our own number of it. */
function takeNotification(fd: Fd | undefined, descriptors: Map<Fd, Fd>): Fd | undefined {
  if (fd === undefined) return undefined;
  if (fd < FIRST_FREE) {
    throw new End(100, joined([`${NAME}: fatal: notification-fd cannot be 0, 1 or 2\n`]));
  }
  const ours = descriptors.get(fd);
  if (ours === undefined || !isOpen(ours)) {
    const closed = new SystemFailure("EBADF", "fcntl");
    throw fatal(NAME, [unableTo([`use notification-fd ${fd}`], closed)]);
  }
  descriptors.delete(fd);
  posix.setDescriptorFlags(ours, FD_CLOEXEC);
  return ours;
}

/** From here on orphans among our descendants are our children; their ends are looked at as they come. */
function reapOrphans(): void {
  try {
    becomeSubreaper();
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    const cause = unableTo(["become the parent of orphans: this system does not have it"], failure);
    throw new End(NOT_SUPPORTED, joined([`${NAME}: fatal: `, cause, "\n"]));
  }
  process.on("SIGCHLD", () => void sweepOrphans());
}

function begin(
  order: Order,
  state: State,
  descriptors: ReadonlyMap<Fd, Fd>,
  notification: Fd | undefined,
): BackgroundWatch {
  const { pidFile, program, readyTimeoutMs } = order;
  try {
    return watchBackground({
      start: () => startNext(program, state, { descriptors }),
      pidFile,
      directory: AT_CWD,
      readyTimeoutMs,
      onTimeout: () => {
        say(NAME, [
          "warning: ",
          program[0] ?? "",
          ` did not exit within ${readyTimeoutMs} ms, killing it`,
        ]);
      },
      onReady: () => {
        if (notification !== undefined) notify(notification);
      },
    });
  } catch (failure) {
    throw notRun(program, failure);
  }
}

/** Not found or not to be run: as s6 and shells have it. */
function notRun(program: Words, failure: unknown): End {
  if (!(failure instanceof SystemFailure)) throw failure;
  const { code } = failure;
  const cause = unableTo(["run ", program[0] as Buffer], failure);
  const exitCode = code === "ENOEXEC" ? NO_FORMAT : code === "EAGAIN" ? SYSTEM_TROUBLE : NOT_FOUND;
  return new End(exitCode, joined([`${NAME}: fatal: `, cause, "\n"]));
}

function notify(fd: Fd): void {
  try {
    posix.write(fd, Buffer.from("\n"), 0, 1);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    say(NAME, ["warning: ", unableTo(["write to notification-fd"], failure)]);
  }
  posix.close(fd);
}
