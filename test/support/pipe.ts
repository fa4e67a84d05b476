/**
 * A real pipe, held by a test at both ends. (What node:child_process calls a pipe is a socket.)
 *
 * The test can hand its reading end to one program after another, see how much stands in it, and
 * read what they left. Writing never blocks the test.
 */
import fs from "node:fs";
import { type Fd, POLL_OUT, posix } from "../../src/posix/index.ts";
import type { Scope } from "./temporary.ts";
import { until } from "./until.ts";

const LARGE_BYTES = 1 << 20;

export class Pipe {
  readonly readEnd: Fd;
  private readonly writeEnd: Fd;
  private open = true;

  constructor(scope: Scope, options: { readonly large?: boolean } = {}) {
    [this.readEnd, this.writeEnd] = posix.pipe();
    // The two ends have flags of their own: the reader does not see this.
    posix.setStatusFlags(
      this.writeEnd,
      posix.getStatusFlags(this.writeEnd) | fs.constants.O_NONBLOCK,
    );
    if (options.large) posix.resizePipe(this.writeEnd, LARGE_BYTES);
    scope.after(() => {
      this.end();
      fs.closeSync(this.readEnd);
    });
  }

  /** Writes all of it, waiting for room where there is none. */
  async write(text: string | Uint8Array): Promise<void> {
    const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
    for (let at = 0; at < bytes.length; ) {
      try {
        at += fs.writeSync(this.writeEnd, bytes, at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        await until(
          "room in the pipe",
          () => (posix.poll(this.writeEnd, POLL_OUT, 0) & POLL_OUT) !== 0,
        );
      }
    }
  }

  /** How many bytes stand in it. */
  get queued(): number {
    return posix.queued(this.readEnd);
  }

  /** Resolves when every byte has been taken out. */
  async drained(): Promise<void> {
    await until("the pipe to be empty", () => this.queued === 0);
  }

  /** Writes a line, or part of one, and waits until it has been taken. */
  async say(text: string | Uint8Array): Promise<void> {
    await this.write(text);
    await this.drained();
  }

  /** Takes out what stands in it. */
  takeRest(): string {
    const bytes = Buffer.alloc(this.queued);
    for (let at = 0; at < bytes.length; ) {
      at += fs.readSync(this.readEnd, bytes, at, bytes.length - at, null);
    }
    return bytes.toString("latin1");
  }

  /** Ends the input. */
  end(): void {
    if (this.open) fs.closeSync(this.writeEnd);
    this.open = false;
  }
}
