/**
 * Threads of this process with a JavaScript of their own, and the pool of threads in which the system
 * is waited for. Descriptors are the process's: their numbers mean the same in every thread.
 */
import { createRequire } from "node:module";
import type { Worker, WorkerOptions } from "node:worker_threads";
import { SystemFailure } from "./failure.ts";

const requireHere = createRequire(import.meta.url);

/** Loaded where threads are wanted: it takes some milliseconds of every other command's start. */
function library(): typeof import("node:worker_threads") {
  return requireHere("node:worker_threads") as typeof import("node:worker_threads");
}

/** A thread as the one that started it sees it. */
export interface Thread {
  post(message: unknown): void;
  /** Resolves when it is there no more: with what it threw, undefined when it was ended. */
  readonly ended: Promise<unknown>;
  /** Ends it in the middle of whatever it does; calls that stand in the pool come back first. */
  end(): void;
}

/**
 * Starts a thread.
 *
 * @param file  the program
 * @param data  what it finds as `threadData()`; a SharedArrayBuffer is shared
 * @throws SystemFailure EAGAIN when there can be no more threads
 */
export function startThread(
  file: URL,
  data: unknown,
  onMessage: (message: unknown) => void,
): Thread {
  // Its descriptors are koffi's: Node is not to keep a list of them.
  const worker = makeWorker(file, { workerData: data, trackUnmanagedFds: false });
  let thrown: unknown;
  worker.on("message", onMessage);
  worker.on("error", (error: unknown) => {
    thrown = error;
  });
  const ended = new Promise<unknown>((resolve) => {
    worker.on("exit", () => resolve(thrown));
  });
  return {
    post: worker.postMessage.bind(worker),
    ended,
    end: () => void worker.terminate(),
  };
}

function makeWorker(file: URL, options: WorkerOptions): Worker {
  try {
    return new (library().Worker)(file, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_WORKER_INIT_FAILED") throw error;
    throw new SystemFailure("EAGAIN", "pthread_create");
  }
}

/** In a thread: what it was given at its start. */
export function threadData(): unknown {
  return library().workerData as unknown;
}

/** In a thread: hears what is posted to it, as long as it lives. @returns what posts an answer */
export function listenInThread(onMessage: (message: unknown) => void): (message: unknown) => void {
  const { isMainThread, parentPort: port } = library();
  if (isMainThread || port === null) throw new Error("this is no thread");
  port.on("message", onMessage);
  return (message) => port.postMessage(message);
}

/**
 * Makes the pool large enough for so many calls at a time; to be called before the first of them. What
 * this process starts with an environment of its own does not see it.
 */
export function enlargePool(threads: number): void {
  // Read by libuv when the pool is made.
  process.env["UV_THREADPOOL_SIZE"] = String(threads);
}
