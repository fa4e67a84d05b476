/** A logger at work: started, fed, and brought to an end when everything is written. */
import fs from "node:fs";
import { type Ending, type Program, reap, startOnNothing } from "./child.ts";
import { feed, feedFramed, sleep } from "./feed.ts";
import type { Logger, Task } from "./loggers/logger.ts";
import { bytesIn } from "./logs.ts";
import { makeWay, type Way } from "./way-in.ts";

/** A daemon that has not written for so long has nothing more to write. */
const QUIET_MS = 1500;
const LOOK_EVERY_MS = 2;

export class Running {
  readonly pid: number;
  readonly program: Program;
  readonly way: Way;
  readonly #logger: Logger;
  readonly #task: Task;
  readonly #directory: string;
  #linesFed = 0;
  #bytesFed = 0;

  /** Starts it in an empty directory. */
  constructor(logger: Logger, task: Task, directory: string) {
    this.#logger = logger;
    this.#task = task;
    this.#directory = directory;
    this.program = logger.prepare(task, directory);
    this.way = makeWay(logger.wayIn, directory);
    this.pid = startOn(this.program, this.way);
  }

  /** Puts all lines of a file in, as fast as they go. */
  feed(path: string): void {
    if (this.#logger.wayIn === "pipe") {
      feed(path, this.way.fd);
    } else {
      this.#linesFed += feedFramed(path, this.way);
      this.#bytesFed += fs.statSync(path).size;
    }
  }

  /** Notes lines that were written without `feed`. */
  count(lines: number, bytes: number): void {
    this.#linesFed += lines;
    this.#bytesFed += bytes;
  }

  /** The service is gone; what it has written is waited for. */
  end(): Ending & { readonly doneAt: number } {
    this.way.closeWriter();
    if (this.#logger.wayIn === "pipe") {
      this.way.close();
      const ended = reap(this.pid);
      return { ...ended, doneAt: performance.now() };
    }
    const stamps = this.#task.stamp ? this.#linesFed * this.#logger.form.stampBytes : 0;
    const doneAt = awaitBytes(this.#task, this.#directory, this.#bytesFed + stamps);
    process.kill(this.pid, "SIGTERM");
    const ended = reap(this.pid);
    this.way.close();
    return { ...ended, doneAt };
  }
}

/** Starts a program on a way and waits until it can be written to. */
export function startOn(program: Program, way: Way): number {
  const errors = process.env["BENCH_LOUD"] ? 2 : undefined;
  const pid = startOnNothing(program, [way.stdin, undefined, errors]);
  way.connect();
  return pid;
}

/** @returns when the last of the bytes came: all of them, or those that came at all */
export function awaitBytes(task: Task, directory: string, wanted: number): number {
  let [seen, seenAt] = [0, performance.now()];
  for (;;) {
    const bytes = bytesIn(task, directory);
    if (bytes !== seen) [seen, seenAt] = [bytes, performance.now()];
    if (seen >= wanted || performance.now() - seenAt > QUIET_MS) return seenAt;
    sleep(LOOK_EVERY_MS);
  }
}
