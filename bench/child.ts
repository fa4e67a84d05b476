/**
 * Programs under measurement: started and reaped by the C library's own calls, so that wait4(2) tells
 * what exactly that process has used, and so that this process stands still meanwhile.
 */
import fs from "node:fs";
import { bind, call, cString } from "../src/posix/libc.ts";
import { findProgram } from "./machine.ts";

const O_CLOEXEC = 0o2000000;
const SETSIGDEF = 4;
const WNOHANG = 1;
/** More than glibc's or musl's structures take. */
const STRUCTURE_BYTES = 1024;
const SIGNAL_SET_BYTES = 128;
/** struct rusage: two timevals of two words each come first. */
const USAGE_WORDS = 18;
/** Node ignores SIGPIPE (13) and SIGXFSZ (25): its children shall not. */
const RESTORED_SIGNALS = [13, 25];

const posixSpawn = bind(
  "int posix_spawn(int *pid, const uint8_t *path, void *actions, void *attributes, void **argv, void **environment)",
);
const actionsInit = bind("int posix_spawn_file_actions_init(void *actions)");
const actionsDup = bind("int posix_spawn_file_actions_adddup2(void *actions, int fd, int as)");
const attributesInit = bind("int posix_spawnattr_init(void *attributes)");
const attributesFlags = bind("int posix_spawnattr_setflags(void *attributes, int16_t flags)");
const attributesDefault = bind("int posix_spawnattr_setsigdefault(void *attributes, void *set)");
const pipe2 = bind("int pipe2(int *fds, int flags)");
const wait4 = bind("int wait4(int pid, int *status, int options, void *usage)");

export interface Program {
  /** An absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program ended, and the processor time that it used, that of its reaped children included. */
export interface Ending {
  /** Exit code, or 128 and the signal's number. */
  readonly code: number;
  readonly cpuSeconds: number;
}

/** @returns the reading and the writing end, both close-on-exec; 64 KiB, as a shell makes it */
export function makePipe(): [readEnd: number, writeEnd: number] {
  const ends = new Int32Array(2);
  call("pipe2", undefined, () => pipe2(ends, O_CLOEXEC));
  return [ends[0] ?? -1, ends[1] ?? -1];
}

/**
 * Starts a program.
 *
 * @param stdio  what it gets as its descriptors 0, 1 and 2; nothing else is inherited
 * @returns its process id; to be given to `reap`
 */
export function start(program: Program, stdio: readonly [number, number, number]): number {
  const { command, args, env = {} } = program;
  const actions = Buffer.alloc(STRUCTURE_BYTES);
  const attributes = Buffer.alloc(STRUCTURE_BYTES);
  actionsInit(actions);
  for (const [as, fd] of stdio.entries()) actionsDup(actions, fd, as);
  attributesInit(attributes);
  attributesFlags(attributes, SETSIGDEF);
  attributesDefault(attributes, signalSet(RESTORED_SIGNALS));
  const environment = Object.entries({ PATH: "/usr/bin:/bin", ...env });
  const failed = posixSpawn(
    pidOut,
    cString(command, "posix_spawn"),
    actions,
    attributes,
    strings([command, ...args]),
    strings(environment.map(([name, value]) => `${name}=${value}`)),
  );
  if (failed !== 0) throw new Error(`unable to run ${command}: errno ${failed}`);
  const pid = pidOut[0] ?? -1;
  alive.add(pid);
  return pid;
}

/** Starts a program on nothing: what is left out of `stdio` is /dev/null. */
export function startOnNothing(
  program: Program,
  stdio: readonly (number | undefined)[] = [],
): number {
  const nothing = fs.openSync("/dev/null", "r+");
  const [input = nothing, output = nothing, errors = nothing] = stdio;
  const pid = start(program, [input, output, errors]);
  fs.closeSync(nothing);
  return pid;
}

/** The program in a session of its own, with all that it starts: its process id is that of the session. */
export function inSession({ command, args, ...rest }: Program): Program {
  const setsid = findProgram("setsid") ?? "/usr/bin/setsid";
  return { ...rest, command: setsid, args: [command, ...args] };
}

/** Stands still until a program has ended. */
export function reap(pid: number): Ending {
  const ended = ending(pid, 0);
  if (ended === undefined) throw new Error(`wait4 came back without process ${pid}`);
  return ended;
}

/** How a program has ended, or undefined while it runs. */
export function look(pid: number): Ending | undefined {
  return ending(pid, WNOHANG);
}

function ending(pid: number, options: number): Ending | undefined {
  const status = new Int32Array(1);
  const usage = new BigInt64Array(USAGE_WORDS);
  if (call("wait4", undefined, () => wait4(pid, status, options, usage)) === 0) return undefined;
  alive.delete(pid);
  const [userSeconds = 0n, userMicros = 0n, systemSeconds = 0n, systemMicros = 0n] = usage;
  const word = status[0] ?? 0;
  const signal = word & 0x7f;
  return {
    code: signal === 0 ? (word >> 8) & 0xff : 128 + signal,
    cpuSeconds: Number(userSeconds + systemSeconds) + Number(userMicros + systemMicros) / 1e6,
  };
}

/** Runs a program from a file into a file; wall and processor seconds. */
export function runThrough(
  program: Program,
  from: string,
  to: string,
): Ending & { readonly wallSeconds: number } {
  const input = fs.openSync(from, "r");
  const output = fs.openSync(to, "w");
  const begun = performance.now();
  const ended = reap(start(program, [input, output, 2]));
  const wallSeconds = (performance.now() - begun) / 1000;
  fs.closeSync(input);
  fs.closeSync(output);
  expectSuccess(program, ended);
  return { ...ended, wallSeconds };
}

export function expectSuccess(program: Program, { code }: Ending): void {
  if (code !== 0) throw new Error(`${program.command} ${program.args.join(" ")} exited ${code}`);
}

/** Started and not reaped: what a bench leaves when it breaks down ends with it. */
const alive = new Set<number>();
process.on("exit", () => {
  for (const pid of alive) process.kill(pid, "SIGKILL");
});

const pidOut = new Int32Array(1);

function strings(words: readonly string[]): (Buffer | null)[] {
  return [...words.map((word) => cString(word, "posix_spawn")), null];
}

function signalSet(numbers: readonly number[]): Buffer {
  const set = Buffer.alloc(SIGNAL_SET_BYTES);
  for (const number of numbers) {
    const bit = number - 1;
    set[bit >> 3] = (set[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return set;
}
