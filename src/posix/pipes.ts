/**
 * Pipes: looking into one without taking, taking without copying, their size, and readiness.
 *
 * tee(2) and splice(2) are asked not to wait, each call for itself; O_NONBLOCK is never set on a
 * descriptor, because every holder of the pipe would see it.
 */
import fs from "node:fs";
import { asFailure, SystemFailure } from "./failure.ts";
import { bind, call, callOrNothing, lastErrno } from "./libc.ts";
import type { Fd, Pipes } from "./types.ts";

const darwin = process.platform === "darwin";
const SPLICE_F_NONBLOCK = 2;
const O_CLOEXEC = 0o2000000;
const F_GETFD = 1;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;
const FIONREAD = darwin ? 0x4004667f : 0x541b;
export const FD_CLOEXEC = 1;
export const O_NONBLOCK: number = fs.constants.O_NONBLOCK;
export const POLL_IN = 1;
export const POLL_OUT = 4;
export const POLL_ERR = 8;
export const POLL_HUP = 16;

const teeCall = bind("int64_t tee(int from, int to, size_t length, unsigned int flags)");
const spliceCall = bind(
  "int64_t splice(int from, void *a, int to, void *b, size_t length, unsigned int flags)",
);
const pipe2 = bind("int pipe2(int *fds, int flags)");
const plainPipe = bind("int pipe(int *fds)");
const fcntl = bind("int fcntl(int fd, int command, ...)");
const ioctl = bind("int ioctl(int fd, unsigned long request, ...)");
const pollCall = bind("int poll(void *fds, unsigned long count, int timeout)");

const pair = new Int32Array(2);
/** struct pollfd: an int, and two shorts behind it. */
const pollRecord = new Int32Array(2);
const pollShorts = new Int16Array(pollRecord.buffer);
const [EVENTS_AT, FOUND_AT] = [2, 3] as const;

function control(fd: Fd, command: number, value: number = 0): number {
  return call("fcntl", undefined, () => fcntl(fd, command, "int", value));
}

function pipe(): [Fd, Fd] {
  call("pipe", undefined, () => (darwin ? plainPipe(pair) : pipe2(pair, O_CLOEXEC)));
  const [readEnd = -1, writeEnd = -1] = pair;
  if (darwin) for (const fd of [readEnd, writeEnd]) control(fd, F_SETFD, FD_CLOEXEC);
  return [readEnd, writeEnd];
}

function isPipe(fd: Fd): boolean {
  try {
    return fs.fstatSync(fd).isFIFO();
  } catch (error) {
    throw asFailure(error, "stat");
  }
}

function resizePipe(fd: Fd, sizeBytes: number): number {
  try {
    return control(fd, F_SETPIPE_SZ, sizeBytes);
  } catch (failure) {
    // EPERM: this user's share is used up. EBUSY: more stands in it than would fit.
    if (failure instanceof SystemFailure) return control(fd, F_GETPIPE_SZ);
    throw failure;
  }
}

function queued(fd: Fd): number {
  call("ioctl", undefined, () => ioctl(fd, FIONREAD, "int *", pair));
  return pair[0] ?? 0;
}

function poll(fd: Fd, events: number, timeoutMs: number): number {
  pollRecord[0] = fd;
  pollShorts[EVENTS_AT] = events;
  pollShorts[FOUND_AT] = 0;
  if (pollCall(pollRecord, 1, timeoutMs) === -1) {
    const code = lastErrno();
    // A signal: whoever handles it is to have its turn.
    if (code === "EINTR") return 0;
    throw new SystemFailure(code, "poll");
  }
  return pollShorts[FOUND_AT] ?? 0;
}

export const pipes: Omit<Pipes, "lastingPipe" | "pipeOf" | "openPipe"> = {
  pipe,
  isPipe,
  tee: (from, to, length) =>
    callOrNothing("tee", () => teeCall(from, to, length, SPLICE_F_NONBLOCK)),
  splice: (from, to, length) =>
    callOrNothing("splice", () => spliceCall(from, null, to, null, length, SPLICE_F_NONBLOCK)),
  pipeSize: (fd) => control(fd, F_GETPIPE_SZ),
  resizePipe,
  queued,
  poll,
  getDescriptorFlags: (fd) => control(fd, F_GETFD),
  setDescriptorFlags: (fd, flags) => void control(fd, F_SETFD, flags),
  getStatusFlags: (fd) => control(fd, F_GETFL),
  setStatusFlags: (fd, flags) => void control(fd, F_SETFL, flags),
};
