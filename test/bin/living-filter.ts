/** A filter that runs while a test talks to it, over pipes that the test holds. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { posix } from "../../src/posix/index.ts";
import { codeOf } from "../../src/tai64/filter.ts";

const O_NONBLOCK = fs.constants.O_NONBLOCK;
const TIMEOUT_MS = 20_000;
const LOOK_EVERY_MS = 5;

export class LivingFilter {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  /** Both ends of both pipes: the child's ends stay open here, to set flags that the two share. */
  readonly #input = posix.pipe();
  readonly #output = posix.pipe();
  readonly #kill: NodeJS.Timeout;

  constructor(program: string, args: readonly string[] = []) {
    this.#child = spawn(program, args, {
      stdio: [this.#input[0], this.#output[1], "inherit"],
      env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
    });
    this.#ended = once(this.#child, "exit");
    this.#kill = setTimeout(() => this.#child.kill("SIGKILL"), TIMEOUT_MS);
    posix.setStatusFlags(this.#output[0], posix.getStatusFlags(this.#output[0]) | O_NONBLOCK);
  }

  /** Does to the filter's descriptors what a careless neighbour does. */
  makeNonBlocking(): void {
    for (const fd of [this.#input[0], this.#output[1]]) {
      posix.setStatusFlags(fd, posix.getStatusFlags(fd) | O_NONBLOCK);
    }
  }

  say(text: string): void {
    fs.writeSync(this.#input[1], text);
  }

  /** Waits until `length` bytes have come out. */
  async hear(length: number): Promise<string> {
    const heard: Buffer[] = [];
    for (let missing = length; missing > 0; ) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) break;
      try {
        const bytes = Buffer.alloc(missing);
        const count = fs.readSync(this.#output[0], bytes);
        heard.push(bytes.subarray(0, count));
        missing -= count;
      } catch (error) {
        if (codeOf(error) !== "EAGAIN") throw error;
        await posix.sleep(LOOK_EVERY_MS);
      }
    }
    return Buffer.concat(heard).toString("latin1");
  }

  /** Ends the input; the exit code, or the name of the signal. */
  async end(): Promise<number | string | null> {
    fs.closeSync(this.#input[1]);
    await this.#ended;
    clearTimeout(this.#kill);
    for (const fd of [this.#input[0], ...this.#output]) fs.closeSync(fd);
    return this.#child.signalCode ?? this.#child.exitCode;
  }
}
