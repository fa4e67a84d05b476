/** A file that lines of one length are added to, and how long each took to be there. */
import fs from "node:fs";
import { sleep } from "./feed.ts";

const GIVE_UP_MS = 10_000;

export class GrowingFile {
  /** Milliseconds from writing to the logger to seeing in the file, by line. */
  readonly delays: Float64Array;
  readonly #writtenAt: Float64Array;
  readonly #path: string;
  readonly #lineBytes: number;
  #fd: number | undefined;
  #seen = 0;

  constructor(path: string, lineBytes: number, lines: number) {
    this.#path = path;
    this.#lineBytes = lineBytes;
    this.delays = new Float64Array(lines);
    this.#writtenAt = new Float64Array(lines);
  }

  awaitThere(): void {
    const giveUp = performance.now() + GIVE_UP_MS;
    while (!fs.existsSync(this.#path)) {
      if (performance.now() > giveUp) throw new Error(`${this.#path} does not appear`);
      sleep(1);
    }
  }

  noteWritten(number: number): void {
    this.#writtenAt[number] = performance.now();
  }

  look(): void {
    const lines = Math.floor(this.#size() / this.#lineBytes);
    if (lines === this.#seen) return;
    const now = performance.now();
    for (; this.#seen < lines; this.#seen++) {
      // Seen before the writer came back from write(2): no delay at all.
      const writtenAt = this.#writtenAt[this.#seen] || now;
      this.delays[this.#seen] = now - writtenAt;
    }
  }

  #size(): number {
    if (this.#fd === undefined && fs.existsSync(this.#path))
      this.#fd = fs.openSync(this.#path, "r");
    return this.#fd === undefined ? 0 : fs.fstatSync(this.#fd).size;
  }

  lookForRest(): void {
    const giveUp = performance.now() + GIVE_UP_MS;
    while (this.#seen < this.delays.length) {
      if (performance.now() > giveUp) throw new Error("not every line appears in the log");
      this.look();
    }
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
  }
}
