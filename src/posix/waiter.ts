/**
 * One waiter for every descriptor of the process that somebody watches.
 *
 * A single epoll_wait(2) stands in a pool thread; JavaScript, its signal handlers and its timers run
 * meanwhile. Events are edge-triggered: a pipe in which half a line stands does not wake us again
 * until more of it comes. When news come thick and fast the waiter rests after each, so that fifty
 * thousand single-line writes a second cost less than a thousand wake-ups: a millisecond, or longer
 * where many are told at once, as then each finds more than one line: a thousand logs of a hundred lines
 * a second each take 0.47 of a core so, and a line waits 40 ms at the most (1,000 C multilogs: 1.41).
 */
import { ignoring, SystemFailure } from "./failure.ts";
import { bind, bindAsync, call } from "./libc.ts";
import { openPidfd } from "./pidfd.ts";
import { pollWatch } from "./poll-watch.ts";
import { turn } from "./turn.ts";
import type { Fd, Readiness, Watch } from "./types.ts";

const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
const EPOLLERR = 8;
const EPOLLHUP = 16;
const EPOLLRDHUP = 0x2000;
const EPOLLET = 0x80000000;
const EPOLL_CLOEXEC = 0o2000000;
const EFD_CLOEXEC_NONBLOCK = 0o2004000;
/** struct epoll_event is packed on x86-64 alone. */
const EVENT_BYTES = process.arch === "x64" ? 12 : 16;
const DATA_AT = process.arch === "x64" ? 4 : 8;
const MOST_EVENTS = 1024;
/** The shortest rest and the longest. */
const REST_MS = 1;
const MOST_REST_MS = 40;
/** How much longer it rests than those took whom it told (bench/tree.bench.ts: 1,000 logs of 100 lines a second). */
const RESTS_A_WORK = 5;
/** So many told at once, and the waiter rests as well: each of them may have another line in a moment. */
const MANY = 16;
/** So soon after the question, news are quick; so many of them in a row, and the waiter rests. */
const QUICK_MS = 0.3;
const MOST_QUICK_NEWS = 20;
/** Where no pidfd can be had: how often a child is asked for. */
const CHILD_POLL_MS = 20;

const epollCreate = bind("int epoll_create1(int flags)");
const epollCtl = bind("int epoll_ctl(int set, int operation, int fd, void *event)");
const epollWait = bindAsync("int epoll_wait(int set, void *events, int most, int timeout)");
const eventfd = bind("int eventfd(unsigned int value, int flags)");
const write = bind("int64_t write(int fd, const void *bytes, size_t length)");
const readCall = bind("int64_t read(int fd, void *bytes, size_t length)");
const closeCall = bind("int close(int fd)");

const ONE = new BigUint64Array([1n]);
const drain = new BigUint64Array(1);

/** The process's epoll set; made at the first watch and kept. */
class Waiter {
  private readonly set: Fd = call("epoll_create", undefined, () => epollCreate(EPOLL_CLOEXEC));
  private readonly bell: Fd = call("eventfd", undefined, () => eventfd(0, EFD_CLOEXEC_NONBLOCK));
  private readonly watches = new Map<Fd, EpollWatch>();
  private readonly events = Buffer.alloc(EVENT_BYTES * MOST_EVENTS);
  private waiting = 0;
  private running = false;
  /** An epoll_wait stands in the pool: only the bell ends it before there is news. */
  private calling = false;
  private quickNews = 0;

  constructor() {
    this.control(EPOLL_CTL_ADD, this.bell, EPOLLIN);
  }

  add(fd: Fd): EpollWatch {
    this.control(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP | EPOLLET);
    const added = new EpollWatch(this, fd);
    this.watches.set(fd, added);
    return added;
  }

  remove(fd: Fd, stopped: EpollWatch): void {
    // The number may be another descriptor's by now, with a watch of its own.
    if (this.watches.get(fd) !== stopped) return;
    this.watches.delete(fd);
    // Closed before it was stopped: the kernel has forgotten it already.
    ignoring(["EBADF", "ENOENT"], () => this.control(EPOLL_CTL_DEL, fd, 0));
  }

  /** Somebody waits: keep epoll_wait going until nobody does. */
  begin(): void {
    this.waiting++;
    if (!this.running) {
      this.running = true;
      void this.loop();
    }
  }

  end(): void {
    this.waiting--;
    if (this.waiting === 0 && this.calling) write(this.bell, ONE, 8);
  }

  private async loop(): Promise<void> {
    while (this.waiting > 0) {
      const began = performance.now();
      this.calling = true;
      const count = await epollWait(this.set, this.events, MOST_EVENTS, -1);
      this.calling = false;
      const waitedMs = performance.now() - began;
      for (let index = 0; index < count; index++) this.deliver(index * EVENT_BYTES);
      await this.rest(waitedMs, count);
    }
    this.running = false;
  }

  /** Who was told has its turn first: what it takes from its pipe is no news any more. */
  private async rest(waitedMs: number, told: number): Promise<void> {
    this.quickNews = waitedMs < QUICK_MS ? this.quickNews + 1 : 0;
    const began = performance.now();
    // An interrupted or failed call is news as well, so that neither can spin.
    await turn();
    if (this.quickNews <= MOST_QUICK_NEWS && told < MANY) return;
    const restMs = RESTS_A_WORK * (performance.now() - began);
    const heldMs = Math.max(REST_MS, Math.min(MOST_REST_MS, restMs));
    await new Promise((resolve) => setTimeout(resolve, heldMs));
  }

  private deliver(at: number): void {
    const flags = this.events.readUInt32LE(at);
    const fd = this.events.readInt32LE(at + DATA_AT);
    if (fd === this.bell) readCall(this.bell, drain, 8);
    else
      this.watches.get(fd)?.answer({ hangup: (flags & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) !== 0 });
  }

  private control(operation: number, fd: Fd, flags: number): void {
    const event = Buffer.alloc(EVENT_BYTES);
    event.writeUInt32LE(flags >>> 0, 0);
    event.writeInt32LE(fd, DATA_AT);
    call("epoll_ctl", undefined, () => epollCtl(this.set, operation, fd, event));
  }
}

class EpollWatch implements Watch {
  private readonly waiter: Waiter;
  private readonly fd: Fd;
  private seen: Readiness | undefined;
  private resolve: ((answer: Readiness | undefined) => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(waiter: Waiter, fd: Fd) {
    this.waiter = waiter;
    this.fd = fd;
  }

  next(timeoutMs?: number): Promise<Readiness | undefined> {
    const { seen } = this;
    this.seen = undefined;
    if (seen !== undefined) return Promise.resolve(seen);
    return new Promise((resolve) => {
      this.resolve = resolve;
      if (timeoutMs !== undefined) this.timer = setTimeout(() => this.settle(undefined), timeoutMs);
      this.waiter.begin();
    });
  }

  /** Keeps the news for the next question when none is pending. */
  answer(readiness: Readiness): void {
    if (this.resolve === undefined) this.seen = readiness;
    else this.settle(readiness);
  }

  wake(): void {
    this.settle(undefined);
  }

  stop(): void {
    this.waiter.remove(this.fd, this);
    this.settle(undefined);
  }

  private settle(answer: Readiness | undefined): void {
    const { resolve } = this;
    if (resolve === undefined) return;
    this.resolve = undefined;
    clearTimeout(this.timer);
    this.waiter.end();
    resolve(answer);
  }
}

let shared: Waiter | undefined;

export function watch(fd: Fd): Watch | undefined {
  if (process.platform !== "linux") return pollWatch(fd);
  shared ??= new Waiter();
  try {
    return shared.add(fd);
  } catch (failure) {
    // A file: it is always ready, and epoll says so in this way.
    if (failure instanceof SystemFailure && failure.code === "EPERM") return undefined;
    throw failure;
  }
}

/** Resolves when a child may have ended; the caller asks waitpid(2) whether it has. */
export async function exited(pid: number): Promise<void> {
  const fd = process.platform === "linux" ? openPidfd(pid) : -1;
  if (fd === -1) {
    await new Promise((resolve) => setTimeout(resolve, CHILD_POLL_MS));
    return;
  }
  const watching = watch(fd);
  await watching?.next();
  watching?.stop();
  closeCall(fd);
}
