/**
 * Logs that are written by this process itself: an engine each, in threads, so that a disk which stands
 * still stops only the logs that are on it, and supervision never.
 *
 * A thread serves the logs of one device: those would wait for the same disk anyhow, and share the
 * thread's kernel and memory. Of more than MOST_THREADS devices, some share a thread.
 */
import {
  AT_CWD,
  Fatal,
  ignoring,
  orFatal,
  type Posix,
  SYSTEM_TROUBLE,
  unableTo,
} from "../posix/index.ts";
import type { Attend, Attendant, Means, Order } from "./attendant.ts";
import { actionsOf, MOST_SCRIPT_BYTES } from "./log-script.ts";
import { LogThread, type Starter } from "./log-thread.ts";
import { readSmall } from "./small-file.ts";
import { parentOf } from "./state-news.ts";

export const MOST_THREADS = 4;
/**
 * What the process's pool is to have room for: each thread waits for its pipes, and for one fsync; so does
 * the process for its services. A few to spare.
 */
export const POOL_THREADS: number = 2 * MOST_THREADS + 4;
const STDIN = 0;
const UNSEEN = ["EACCES", "ELOOP", "ENAMETOOLONG", "ENOTDIR"];
const HERE = Buffer.from(".");
const [SLASH, DOT] = ["/", "."].map((text) => text.charCodeAt(0));

export class HostedLogs {
  readonly attend: Attend = (order) => this.host(order);
  private readonly means: Means;
  private readonly starter: Starter | undefined;
  private readonly threads = new Map<number, LogThread>();

  /** @param starter  makes threads; for tests */
  constructor(means: Means, starter?: Starter) {
    this.means = means;
    this.starter = starter;
  }

  private host({ directory: name, descriptors }: Order): Attendant {
    const { posix } = this.means;
    const words = ["read ", name, "/script"];
    const directory = orFatal(["chdir to ", name], () => posix.openAt(AT_CWD, name, "directory"));
    try {
      const text = orFatal(words, () => readSmall(posix, directory, "script", MOST_SCRIPT_BYTES));
      if (text === undefined || text.length === MOST_SCRIPT_BYTES) {
        const cause = text === undefined ? "file does not exist" : "it is too long";
        throw new Fatal(SYSTEM_TROUBLE, unableTo(words, new Error(cause)));
      }
      const script = actionsOf(text);
      const device = orFatal(words, () => deviceOf(posix, directory, script));
      const input = descriptors.get(STDIN) ?? STDIN;
      return this.threadFor(device).open({ name, directory, input, script });
    } catch (failure) {
      posix.close(directory);
      throw failure;
    }
  }

  private threadFor(device: number): LogThread {
    const slot =
      this.threads.has(device) || this.threads.size < MOST_THREADS
        ? device
        : ([...this.threads.keys()][device % MOST_THREADS] as number);
    const running = this.threads.get(slot);
    if (running !== undefined) return running;
    const thread = new LogThread(this.means, () => this.threads.delete(slot), this.starter);
    this.threads.set(slot, thread);
    return thread;
  }
}

/** Where the first log directory is, or will be: then the nearest directory above it that is there. */
function deviceOf(posix: Posix, directory: number, script: readonly Buffer[]): number {
  let place = script.find(([first]) => first === DOT || first === SLASH) ?? HERE;
  for (;;) {
    const at = place;
    // Where it cannot be looked at, opening the log says why.
    const status = ignoring(UNSEEN, () => posix.statusAt(directory, at));
    if (status !== undefined) return status.device;
    place = parentOf(place);
  }
}
