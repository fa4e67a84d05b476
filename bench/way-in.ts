/** The ways from a service to its logger: a pipe, or one of the sockets of syslog. */
import fs from "node:fs";
import { join } from "node:path";
import { makePipe } from "./child.ts";
import { sleep } from "./feed.ts";
import { connectTo, freePort, isBound, type SocketKind } from "./sockets.ts";

const GIVE_UP_MS = 10_000;
const LOOK_EVERY_MS = 1;
/** What syslog(3) puts before a message: facility user, level info, a time that nobody looks at. */
const HEADER: Buffer = Buffer.from("<14>Jan  1 00:00:00 bench: ");

export type WayIn = "pipe" | SocketKind;

/** One logger's way in, for all of its lives. */
export interface Way {
  /** What the logger gets as its standard input; the pipe's end is kept open for the next one. */
  readonly stdin: number;
  /** Waits until a logger that was just started hears. */
  connect(): void;
  /** A single attempt at a new connection. @returns whether there is one now */
  reconnect(): boolean;
  /** Where the service writes. */
  readonly fd: number;
  /** What stands on that way for a line. */
  frame(line: Buffer): Buffer;
  /** Whether many lines may be written at once. */
  readonly isStream: boolean;
  /** The service writes no more. */
  closeWriter(): void;
  close(): void;
}

export function makeWay(kind: WayIn, directory: string): Way {
  return kind === "pipe" ? new PipeWay() : new SocketWay(kind, directory);
}

class PipeWay implements Way {
  readonly stdin: number;
  readonly fd: number;
  readonly isStream = true;
  #isWriting = true;

  constructor() {
    [this.stdin, this.fd] = makePipe();
  }

  connect(): void {
    // A pipe takes lines before there is anybody to read them.
  }

  /** A pipe that has lost its readers stays so; ours is kept open. */
  reconnect(): boolean {
    return false;
  }

  frame(line: Buffer): Buffer {
    return line;
  }

  closeWriter(): void {
    if (this.#isWriting) fs.closeSync(this.fd);
    this.#isWriting = false;
  }

  close(): void {
    this.closeWriter();
    fs.closeSync(this.stdin);
  }
}

/** The address that a syslog daemon of this directory is to listen on. */
export function socketAddress(kind: SocketKind, directory: string): string {
  if (kind === "unix datagram") return join(directory, "socket");
  const known = join(directory, "port");
  if (!fs.existsSync(known)) fs.writeFileSync(known, String(freePort(kind)));
  return fs.readFileSync(known, "utf8");
}

class SocketWay implements Way {
  readonly stdin: number = fs.openSync("/dev/null", "r");
  readonly isStream: boolean;
  readonly #kind: SocketKind;
  readonly #directory: string;
  #fd: number | undefined;

  constructor(kind: SocketKind, directory: string) {
    this.#kind = kind;
    this.#directory = directory;
    this.isStream = kind === "TCP";
  }

  /** -1 while there is no connection: writing to it fails. */
  get fd(): number {
    return this.#fd ?? -1;
  }

  connect(): void {
    const address = socketAddress(this.#kind, this.#directory);
    const giveUp = performance.now() + GIVE_UP_MS;
    while (this.#kind === "UDP" && !isBound(Number(address))) pause(giveUp, address);
    while (!this.reconnect()) pause(giveUp, address);
  }

  reconnect(): boolean {
    this.closeWriter();
    this.#fd = connectTo(this.#kind, socketAddress(this.#kind, this.#directory));
    return this.#fd !== undefined;
  }

  frame(line: Buffer): Buffer {
    // A datagram is a message; on a stream the line's end tells where it stops.
    return Buffer.concat([HEADER, this.isStream ? line : line.subarray(0, -1)]);
  }

  closeWriter(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  close(): void {
    this.closeWriter();
    fs.closeSync(this.stdin);
  }
}

function pause(giveUp: number, address: string): void {
  if (performance.now() > giveUp) throw new Error(`nobody listens on ${address}`);
  sleep(LOOK_EVERY_MS);
}
