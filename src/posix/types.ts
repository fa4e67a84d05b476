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
 * `truncate` create a file that is not there; `new` is one that nobody made before. Those of `own` fail
 * with ELOOP where the last part of the name is a link: it might lead out of a directory.
 */
export type OpenFor =
  | "read"
  | "write"
  | "append"
  | "keep"
  | "truncate"
  | "new"
  | "directory"
  | "own read"
  | "own write"
  | "own append";

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
  /**
   * Gives it up, before the descriptor is closed: a program that was just started may hold a copy of
   * that for a moment still.
   */
  unlock(fd: Fd): void;
  makeFifo(dir: Fd, name: Name, mode: number): void;
  /** Where a symbolic link leads; EINVAL when it is none. */
  readLink(dir: Fd, name: Name): Buffer;
}

/** A pipe that a process has open. */
export interface PipeRecord {
  readonly inode: number;
  /** This end reads and writes. */
  readonly lasts: boolean;
}

export interface Pipes {
  /** A new pipe, close-on-exec: [read end, write end]. */
  pipe(): [Fd, Fd];
  /** A new pipe whose write end reads as well: its holder waits for a reader, and is never told that there is none. */
  lastingPipe(): [Fd, Fd];
  /** Undefined where that descriptor of a process is no pipe, or nothing tells. */
  pipeOf(pid: number, fd: Fd): PipeRecord | undefined;
  /** Opens a pipe that another process has: [read end, write end that lasts]. */
  openPipe(pid: number, fd: Fd): [Fd, Fd];
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
  /** Which of `POLL_IN | POLL_OUT | POLL_HUP | POLL_ERR` hold, waiting up to `timeoutMs` (-1: for ever) for `events`; a signal ends it as well, with 0. */
  poll(fd: Fd, events: number, timeoutMs: number): number;
  getDescriptorFlags(fd: Fd): number;
  setDescriptorFlags(fd: Fd, flags: number): void;
  getStatusFlags(fd: Fd): number;
  setStatusFlags(fd: Fd, flags: number): void;
}

/** The limits by what they limit. */
export type Resource =
  | "addressSpace"
  | "core"
  | "cpu"
  | "data"
  | "fileSize"
  | "lockedMemory"
  | "openFiles"
  | "processes"
  | "residentSet"
  | "stack";

/** Soft and hard limit as the kernel has them. */
export interface ExactLimit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Soft limits by what they limit; none above the hard one. */
export type SoftLimits = ReadonlyMap<Resource, bigint>;

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

/** Who this process is. All of it is for good, and most of it needs privilege (EPERM). */
export interface Identity {
  /** @returns undefined when there is no account of that name */
  findAccount(name: Name): Account | undefined;
  /** Exactly these supplementary groups. */
  setGroups(groups: readonly number[]): void;
  /** The supplementary groups of an account, and `gid`. */
  setAccountGroups(name: Name, gid: number): void;
  setGroup(gid: number): void;
  setUser(uid: number): void;
  /** A session and a process group of its own; EPERM where it leads a group. */
  newSession(): void;
}

export interface WorkingDirectory {
  /** Where this process is, from the root. */
  path(): string;
  enter(name: Name): void;
  /** Enters a directory that is open. */
  enterOpen(fd: Fd): void;
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
  /** Sleeps with the whole thread: no timer, no signal handler and no other promise has its turn. */
  standStill(ms: number): void;
}

/** A program that this process is to become, and what it finds. */
export interface Image {
  /** The files to try, in order. */
  readonly paths: readonly Name[];
  readonly argv: readonly Name[];
  /** Strings NAME=VALUE, in the order in which the program finds them. */
  readonly environment: readonly Name[];
  /** Soft limits that are set at the last moment; never above the hard ones. */
  readonly softLimits?: SoftLimits;
  /** Descriptors of ours, by the numbers under which the program finds them. */
  readonly descriptors?: ReadonlyMap<Fd, Fd>;
}

/** How a program that was spawned ended. */
export interface Ending {
  /** Exit code, or undefined when a signal ended it. */
  readonly code: number | undefined;
  /** The signal's name, as in `SIGKILL`. */
  readonly signal: string | undefined;
  /** Its memory was dumped. */
  readonly core?: true;
}

export interface StartOptions {
  /** Which of our descriptors each descriptor of the program is; the program has no other. */
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  /** Strings NAME=VALUE, in the order in which the program finds them; this process's own unless given. */
  readonly environment?: readonly Name[] | undefined;
  /** The program's working directory; this process's own unless given. */
  readonly directory?: Fd | undefined;
  /**
   * The signals that the program ignores, bit n-1 for signal n, where this process ignores them (see
   * `whileIgnoring`); all others have their default action.
   */
  readonly ignoredSignals?: bigint | undefined;
  /** The signals that are blocked for it, likewise. */
  readonly blockedSignals?: bigint | undefined;
  /** It leads a session of its own, without a terminal. */
  readonly newSession?: boolean;
  /** It leads a process group of its own. */
  readonly newGroup?: boolean;
  /** Soft limits of its own, none above the hard one; by way of another Node, 30 ms. */
  readonly softLimits?: SoftLimits | undefined;
  /** The account whose it is, with all its groups; by way of another Node, which says on its standard error when that is refused. */
  readonly account?: Account | undefined;
}

export interface SpawnOptions
  extends Omit<
    StartOptions,
    "descriptors" | "ignoredSignals" | "blockedSignals" | "softLimits" | "account"
  > {
  /** descriptors[i] becomes descriptor i of the program; undefined is left closed. */
  readonly descriptors: readonly (Fd | undefined)[];
  /** Is told the process id as soon as there is one. */
  readonly onStart?: (pid: number) => void;
}

export interface ProcessRecord {
  readonly parent: number;
  /** Not merely waiting for its parent to ask how it ended. */
  readonly isAlive: boolean;
  /** Clock ticks since the system's start: with the number it names a process for good. */
  readonly startedTicks: number;
}

export interface Processes {
  /**
   * Starts a program, under the soft limits that the caller had. Of several files the first that runs
   * is taken.
   *
   * @returns its process id
   */
  start(program: Name | readonly Name[], argv: readonly Name[], options: StartOptions): number;
  /**
   * Starts a program like `start`; the caller may go on meanwhile, where he is given a promise. What the program is
   * given is to stay open until then.
   */
  startAside(program: Name, argv: readonly Name[], options: StartOptions): number | Promise<number>;
  /** How a child ended, or undefined while it runs. @throws SystemFailure ECHILD when it is none of ours */
  reap(pid: number): Ending | undefined;
  /** Resolves when a child has ended. @throws SystemFailure ECHILD when it is none of ours */
  ended(pid: number): Promise<Ending>;
  /** Resolves when a process may have ended; the caller looks whether it has. */
  exited(pid: number): Promise<void>;
  /** Says that somebody will ask how that child ends: sweeping keeps it for them. */
  own(pid: number): void;
  /**
   * Says that an orphan is expected whose number is not known yet: sweeping remembers how orphans
   * ended, until what is answered here is called.
   */
  expectOrphan(): () => void;
  /**
   * Orphans among the descendants of this process become its children from now on.
   *
   * @throws SystemFailure ENOSYS or EINVAL where the system has no such thing
   */
  becomeSubreaper(): void;
  /** Undefined where there is no such process, or nothing that tells. */
  findProcess(pid: number): ProcessRecord | undefined;
  /** Whether a process has that file open; true where nothing tells. */
  hasOpen(pid: number, file: Pick<FileStatus, "device" | "inode">): boolean;
  /** How long ago a process was started, in milliseconds. */
  ageMs(found: ProcessRecord): number;
  /** Whether a process is this one's child, or a child's child, and so on. */
  isDescendant(pid: number): boolean;
  /** Sends a signal to one process. */
  kill(pid: number, signal: NodeJS.Signals): void;
  /**
   * Starts a program as the caller itself would have, and answers how it ended. Of several files
   * the first that runs is taken.
   */
  spawn(
    program: Name | readonly Name[],
    argv: readonly Name[],
    options: SpawnOptions,
  ): Promise<Ending>;
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

/** A numeric address of a network, `0.0.0.0` and `::` for all, and a port; 0: any that is free. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Datagrams of one socket, as many at a time as there are slots; valid until the next `receive`. */
export interface Datagrams {
  readonly memory: Buffer;
  /** @param wait  up to the socket's patience, when there is none @returns how many there are now */
  receive(wait: boolean): number;
  startOf(slot: number): number;
  lengthOf(slot: number): number;
  /** How many bytes of it did not fit. */
  cutOf(slot: number): number;
  /** The sender's process, by the kernel; 0 where it does not say. */
  pidOf(slot: number): number;
  /** The sender's user, by the kernel; -1 where it does not say. */
  uidOf(slot: number): number;
  /** The sender's numeric address; `-` where it has none. */
  peerOf(slot: number): string;
}

/** Sockets that hear. */
export interface Sockets {
  hostName(): string;
  /** A datagram socket at a path that is free; who sends is told. @param patienceMs  of `Datagrams.receive` */
  unixDatagrams(path: Name, mode: number, patienceMs: number): Fd;
  /** Whether somebody hears at a path. */
  isAnswered(path: Name): boolean;
  udp(endpoint: Endpoint, patienceMs: number): Fd;
  tcp(endpoint: Endpoint): Fd;
  /** A connection that waits, and its peer's address; undefined: none. */
  accept(listener: Fd): { readonly fd: Fd; readonly address: string } | undefined;
  /** The port that a socket of a network is bound to. */
  portOf(fd: Fd): number;
  /** Reads from a connection what is there; 0: its end; -1: nothing now. */
  receive(fd: Fd, memory: Buffer, offset: number, length: number): number;
  /** The user at the other end of a unix stream socket, by the kernel; undefined where that does not say. */
  peerUser(fd: Fd): number | undefined;
  /** @param tellsPeers  whether senders have addresses: on a unix socket asking for them is for nothing */
  mailbox(fd: Fd, slots: number, slotBytes: number, tellsPeers: boolean): Datagrams;
  /** How many datagrams the kernel had to drop so far, as they did not fit into the queue. */
  dropped(fd: Fd): number;
  /** Nothing more gets into a unix socket; its senders are told. What stands in it can be received. */
  refuseMore(fd: Fd): void;
  /** Likewise for UDP, where nobody is told. */
  hearNobody(fd: Fd): void;
}
