/** A file that lines of one length are added to, and how long each took to be there. */
import fs from "node:fs";
import { sleep } from "./feed.ts";

const GIVE_UP_MS = 10_000;

export class GrowingFile {
  /** Milliseconds from writing into the pipe to seeing in the file, by line. */
  readonly delays: Float64Array;
  readonly #writtenAt: Float64Array;
  readonly #fd: number;
  readonly #lineBytes: number;
  #seen = 0;

  /** Waits until the file is there. */
  constructor(path: string, lineBytes: number, lines: number) {
    this.#lineBytes = lineBytes;
    this.delays = new Float64Array(lines);
    this.#writtenAt = new Float64Array(lines);
    const giveUp = performance.now() + GIVE_UP_MS;
    while (!fs.existsSync(path)) {
      if (performance.now() > giveUp) throw new Error(`${path} does not appear`);
      sleep(1);
    }
    this.#fd = fs.openSync(path, "r");
  }

  noteWritten(number: number): void {
    this.#writtenAt[number] = performance.now();
  }

  look(): void {
    const lines = Math.floor(fs.fstatSync(this.#fd).size / this.#lineBytes);
    if (lines === this.#seen) return;
    const now = performance.now();
    for (; this.#seen < lines; this.#seen++) {
      // Seen before the writer came back from write(2): no delay at all.
      const writtenAt = this.#writtenAt[this.#seen] || now;
      this.delays[this.#seen] = now - writtenAt;
    }
  }

  lookForRest(): void {
    const giveUp = performance.now() + GIVE_UP_MS;
    while (this.#seen < this.delays.length) {
      if (performance.now() > giveUp) throw new Error("not every line appears in the log");
      this.look();
    }
    fs.closeSync(this.#fd);
  }
}
