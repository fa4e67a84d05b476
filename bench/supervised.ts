/** A logger that is started again whenever it ends, on the way that its service goes on writing to. */
import { look, type Program, reap, startOnNothing } from "./child.ts";
import { sleep } from "./feed.ts";
import type { Logger, Task } from "./loggers/logger.ts";
import { bytesIn } from "./logs.ts";
import { awaitBytes, startOn } from "./running.ts";
import { makeWay, type Way } from "./way-in.ts";

const LOOK_EVERY_MS = 2;

export class Supervised {
  readonly way: Way;
  restarts = 0;
  readonly #logger: Logger;
  readonly #task: Task;
  readonly #directory: string;
  readonly #program: Program;
  #pid: number;
  #bytesAtStart = 0;

  constructor(logger: Logger, task: Task, directory: string) {
    this.#logger = logger;
    this.#task = task;
    this.#directory = directory;
    this.#program = logger.prepare(task, directory);
    this.way = makeWay(logger.wayIn, directory);
    this.#pid = startOn(this.#program, this.way);
  }

  /** Whether this life of it has written anything yet. */
  get isWorking(): boolean {
    return bytesIn(this.#task, this.#directory) > this.#bytesAtStart;
  }

  kill(): void {
    process.kill(this.#pid, "SIGKILL");
    reap(this.#pid);
    this.#restart();
  }

  /** Starts it again when it has ended by itself. */
  tick(): void {
    if (look(this.#pid) !== undefined) this.#restart();
  }

  #restart(): void {
    this.restarts += 1;
    this.#bytesAtStart = bytesIn(this.#task, this.#directory);
    this.#pid = startOnNothing(this.#program, [this.way.stdin]);
  }

  /**
   * The service is gone: lets it write what it still has, and ends it.
   *
   * @param giveUp  on performance.now's clock: then it is ended by force
   * @returns whether it ended by itself
   */
  end(giveUp: number, bytes: number): boolean {
    this.way.closeWriter();
    if (this.#logger.wayIn !== "pipe") {
      awaitBytes(this.#task, this.#directory, bytes);
      process.kill(this.#pid, "SIGTERM");
    }
    const isEnded = this.#awaitEnd(giveUp);
    if (!isEnded) {
      process.kill(this.#pid, "SIGKILL");
      reap(this.#pid);
    }
    this.way.close();
    return isEnded;
  }

  #awaitEnd(giveUp: number): boolean {
    for (; performance.now() < giveUp; sleep(LOOK_EVERY_MS)) {
      const ended = look(this.#pid);
      if (ended?.code === 0) return true;
      // It broke down over what it had: the next one may find more in the pipe.
      if (ended !== undefined) this.#restart();
    }
    return false;
  }
}
