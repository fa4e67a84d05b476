/**
 * What the other rooms may ask of the system.
 *
 * A room takes a `Posix` as an argument, so that a test can hand in one that fails or stops at the
 * n-th call. Every method throws SystemFailure; EINTR never leaves this room.
 */

/** An open file descriptor. */
export type Fd = number;

/** A path or a file name: bytes as the system has them, or text that is written as UTF-8. */
export type Name = string | Uint8Array;

export interface FileStatus {
  readonly device: number;
  readonly inode: number;
  /** Type and permission bits, as in st_mode. */
  readonly mode: number;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Seconds since 1970 of the last modification. */
  readonly modifiedSeconds: number;
}

/**
 * How a file is opened; all are close-on-exec. `append`, `keep` (append, and read as well) and
 * `truncate` create a file that is not there; `new` is one that nobody made before.
 */
export type OpenFor = "read" | "write" | "append" | "keep" | "truncate" | "new" | "directory";

export interface Files {
  /** Opens `name` relative to the directory `dir` (AT_CWD for the working directory). */
  openAt(dir: Fd, name: Name, how: OpenFor, mode?: number): Fd;
  close(fd: Fd): void;
  /** Reads up to `length` bytes into `memory` at `offset`; 0 means end of file. */
  read(fd: Fd, memory: Uint8Array, offset: number, length: number): number;
  /** Reads at a place of the file, without moving the descriptor's own. */
  readAt(fd: Fd, memory: Uint8Array, offset: number, length: number, place: number): number;
  /** Writes; may be short, as write(2) is. */
  write(fd: Fd, memory: Uint8Array, offset: number, length: number): number;
  /** Writes at a place of the file; may be short. */
  writeAt(fd: Fd, memory: Uint8Array, offset: number, length: number, place: number): number;
  status(fd: Fd): FileStatus;
  /** @returns undefined when there is no such file */
  statusAt(dir: Fd, name: Name): FileStatus | undefined;
  makeDirectory(dir: Fd, name: Name, mode: number): void;
  renameAt(dir: Fd, from: Name, to: Name): void;
  linkAt(dir: Fd, from: Name, to: Name): void;
  unlinkAt(dir: Fd, name: Name): void;
  setMode(fd: Fd, mode: number): void;
  truncate(fd: Fd, sizeBytes: number): void;
  /** fsync in a pool thread. */
  syncLater(fd: Fd): Promise<void>;
  /** The names in a directory, `.` and `..` left out, in no order. */
  list(dir: Fd): Buffer[];
  /** Takes the whole-file exclusive lock; false when another holds it and `wait` is not asked. */
  lock(fd: Fd, wait?: boolean): boolean;
  makeFifo(dir: Fd, name: Name, mode: number): void;
}

export interface Pipes {
  /** A new pipe, close-on-exec: [read end, write end]. */
  pipe(): [Fd, Fd];
  isPipe(fd: Fd): boolean;
  /** Copies what stands in pipe `from` into pipe `to` without taking it; 0: end of file; -1: nothing now. */
  tee(from: Fd, to: Fd, length: number): number;
  /** Takes bytes from pipe `from` into `to`; 0: end of file; -1: nothing now. */
  splice(from: Fd, to: Fd, length: number): number;
  pipeSize(fd: Fd): number;
  /** Asks for a pipe of that many bytes; answers the size that it then has. */
  resizePipe(fd: Fd, sizeBytes: number): number;
  /** How many bytes stand in a pipe. */
  queued(fd: Fd): number;
  /** Which of `POLL_IN | POLL_OUT | POLL_HUP | POLL_ERR` hold, waiting up to `timeoutMs` (-1: for ever) for `events`. */
  poll(fd: Fd, events: number, timeoutMs: number): number;
  getDescriptorFlags(fd: Fd): number;
  setDescriptorFlags(fd: Fd, flags: number): void;
  getStatusFlags(fd: Fd): number;
  setStatusFlags(fd: Fd, flags: number): void;
}

/** Soft and hard limit; Infinity for RLIM_INFINITY. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** Broken-down local time, in civil units (month 1 to 12); `offset` is seconds east of UTC. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly offset: number;
}

export interface Clock {
  /** Wall clock, nanoseconds since 1970. */
  now(): bigint;
  /** Milliseconds on a clock that never steps. */
  monotonicMs(): number;
  /** The C library's localtime (TZ and the system's zone files); undefined where it has no answer. */
  localTime(unixSeconds: bigint): LocalTime | undefined;
  sleep(ms: number): Promise<void>;
}

/** How a program that was spawned ended. */
export interface Ending {
  /** Exit code, or undefined when a signal ended it. */
  readonly code: number | undefined;
  /** The signal's name, as in `SIGKILL`. */
  readonly signal: string | undefined;
}

export interface SpawnOptions {
  /**
   * descriptors[i] becomes descriptor i of the program; undefined is left closed. A descriptor below
   * the list's length may stand only at its own place.
   */
  readonly descriptors: readonly (Fd | undefined)[];
  /** The program's working directory. */
  readonly directory?: Fd;
  /** Is told the process id as soon as there is one. */
  readonly onStart?: (pid: number) => void;
}

export interface Processes {
  /** Sends a signal to one process. */
  kill(pid: number, signal: NodeJS.Signals): void;
  /** Starts a program as the caller itself would have, and answers how it ended. */
  spawn(program: Name, argv: readonly Name[], options: SpawnOptions): Promise<Ending>;
}

/** What a Waiter saw on a descriptor. */
export interface Readiness {
  /** The descriptor has an end: every writer is gone. */
  readonly hangup: boolean;
}

/** A descriptor that is being watched. */
export interface Watch {
  /**
   * Resolves when something new has arrived since the last answer, or `timeoutMs` has passed
   * (undefined then). Data that stood there before the first call counts as new.
   */
  next(timeoutMs?: number): Promise<Readiness | undefined>;
  /** Makes a pending `next` answer undefined at once. */
  wake(): void;
  stop(): void;
}

export interface Waiters {
  /** Watches a pipe, socket or terminal; undefined for what is always ready (a file). */
  watch(fd: Fd): Watch | undefined;
}

export interface Posix extends Files, Pipes, Clock, Processes, Waiters {}
