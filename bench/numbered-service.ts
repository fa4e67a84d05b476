/** A service that writes numbered lines, and does what a service does when its log does not take them. */
import fs from "node:fs";
import { numberedLine } from "./numbered-lines.ts";
import { doNotWait } from "./sockets.ts";
import type { Way } from "./way-in.ts";

/** The logger is not there, or was there and has gone. */
const GONE = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTCONN", "ENOENT", "EPIPE", "EDESTADDRREQ"]);
/** So much at once that events are seen in time. */
const MOST_AT_ONCE = 2000;

export class NumberedService {
  readonly #way: Way;
  readonly #lines: number;
  #written = 0;
  /** What is left of a line that a stream took in part. */
  #rest: Buffer | undefined;

  constructor(way: Way, lines: number) {
    this.#way = way;
    this.#lines = lines;
    doNotWait(way.fd);
  }

  get isDone(): boolean {
    return this.#written === this.#lines;
  }

  /** Writes what is due and goes in; a full pipe or socket is tried again the next time. */
  push(due: number): void {
    const until = Math.min(due, this.#lines, this.#written + MOST_AT_ONCE);
    while (this.#written < until) {
      const message = this.#rest ?? this.#way.frame(numberedLine(this.#written));
      const taken = this.#write(message);
      if (taken === undefined) return;
      this.#rest = taken < message.length ? message.subarray(taken) : undefined;
      if (this.#rest === undefined) this.#written += 1;
    }
  }

  /** @returns undefined when it has to wait */
  #write(message: Buffer): number | undefined {
    if (this.#way.fd < 0) return this.#again(message);
    try {
      return fs.writeSync(this.#way.fd, message);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "EAGAIN") return undefined;
      if (!GONE.has(code)) throw error;
      return this.#again(message);
    }
  }

  /**
   * As syslog(3) does: one more attempt on a new connection, and the line is given up. On a stream
   * nothing is given up: there it waits for the connection.
   */
  #again(message: Buffer): number | undefined {
    if (!this.#way.reconnect()) return this.#way.isStream ? undefined : message.length;
    doNotWait(this.#way.fd);
    // A line that was begun on the lost connection begins anew.
    this.#rest = undefined;
    if (this.#way.isStream) return undefined;
    try {
      return fs.writeSync(this.#way.fd, message);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      return message.length;
    }
  }
}
