/** A writer that keeps a pipe full and never waits. */
import fs from "node:fs";

const CHUNK_BYTES = 64 * 1024;

export class PushingWriter {
  readonly #fd: number;
  readonly #chunk: Buffer = Buffer.alloc(
    CHUNK_BYTES,
    `${"a line that has nowhere to go ".repeat(3)}\n`,
  );

  /** @param writeEnd  of a pipe; it stays open beside this one */
  constructor(writeEnd: number) {
    // Opened anew, so that only this descriptor does not wait.
    const { O_WRONLY, O_NONBLOCK } = fs.constants;
    this.#fd = fs.openSync(`/proc/self/fd/${writeEnd}`, O_WRONLY | O_NONBLOCK);
  }

  push(): void {
    try {
      while (fs.writeSync(this.#fd, this.#chunk) > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}
