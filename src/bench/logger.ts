/** A multilog on a pipe that outlives it, as under a supervisor. */
import { SYSTEM_TROUBLE } from "../posix/exit-codes.ts";
import { ignoring, SystemFailure } from "../posix/failure.ts";
import { AT_CWD } from "../posix/files.ts";
import { Fatal } from "../posix/message.ts";
import { O_NONBLOCK, POLL_OUT } from "../posix/pipes.ts";
import type { Ending, Fd, Posix } from "../posix/types.ts";

const LONGEST_WAIT_MS = 100;
const MOST_SAID_BYTES = 4096;

export class Logger {
  /** Those that run. */
  static readonly #all = new Set<Logger>();
  readonly #posix: Posix;
  readonly #program: string;
  readonly #words: readonly string[];
  readonly #directory: Fd;
  readonly #silent: Fd;
  readonly #errors: Fd;
  readonly #readEnd: Fd;
  readonly #writeEnd: Fd;
  #hasEnded = false;
  #pid = 0;
  #ended: Promise<Ending> = Promise.resolve({ code: 0, signal: undefined });

  /**
   * @param program  the command multilog
   * @param path  its working directory
   */
  constructor(posix: Posix, program: string, words: readonly string[], path: string) {
    this.#posix = posix;
    this.#program = program;
    this.#words = words;
    this.#directory = posix.openAt(AT_CWD, path, "directory");
    this.#silent = posix.openAt(AT_CWD, "/dev/null", "write");
    this.#errors = posix.openAt(this.#directory, "stderr", "keep", 0o644);
    [this.#readEnd, this.#writeEnd] = posix.pipe();
    posix.setStatusFlags(this.#writeEnd, posix.getStatusFlags(this.#writeEnd) | O_NONBLOCK);
    this.start();
  }

  start(): void {
    const descriptors = new Map([
      [0, this.#readEnd],
      [1, this.#silent],
      [2, this.#errors],
    ]);
    const options = { descriptors, directory: this.#directory };
    this.#pid = this.#posix.start(this.#program, ["multilog", ...this.#words], options);
    this.#hasEnded = false;
    Logger.#all.add(this);
    this.#ended = this.#posix.ended(this.#pid);
    void this.#ended.then(() => {
      this.#hasEnded = true;
      Logger.#all.delete(this);
    });
  }

  /** It is gone, and nobody has killed it. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.#signal();
    await this.#ended;
  }

  #signal(): void {
    ignoring(["ESRCH"], () => this.#posix.kill(this.#pid, "SIGKILL"));
  }

  /** Ends all that run: one whose directory is removed would try to write there for ever. */
  static killAll(): void {
    for (const logger of Logger.#all) logger.#signal();
  }

  /** Writes as much as goes in now; 0 when the pipe is full. */
  write(bytes: Buffer, from: number): number {
    try {
      return this.#posix.write(this.#writeEnd, bytes, from, bytes.length - from);
    } catch (failure) {
      if (failure instanceof SystemFailure && failure.code === "EAGAIN") return 0;
      throw failure;
    }
  }

  /** Stands still until there is room in the pipe, or a tenth of a second has passed. */
  awaitRoom(): void {
    this.#posix.poll(this.#writeEnd, POLL_OUT, LONGEST_WAIT_MS);
  }

  /** Lets it write what it has, and waits for its end. @throws Fatal when it did not work */
  async finish(): Promise<void> {
    this.#posix.close(this.#writeEnd);
    const { code } = await this.#ended;
    const said = this.#said();
    const others = [this.#readEnd, this.#silent, this.#errors, this.#directory];
    for (const fd of others) this.#posix.close(fd);
    if (code === 0) return;
    const words = `multilog ${this.#words.join(" ")}`;
    throw new Fatal(SYSTEM_TROUBLE, Buffer.from(`${words} ended with exit code ${code}: ${said}`));
  }

  /** Its last words. */
  #said(): string {
    const bytes = Buffer.alloc(MOST_SAID_BYTES);
    const place = Math.max(0, this.#posix.status(this.#errors).sizeBytes - bytes.length);
    const read = this.#posix.readAt(this.#errors, bytes, 0, bytes.length, place);
    return bytes.toString("utf8", 0, read).trim().split("\n").at(-1) ?? "";
  }
}
