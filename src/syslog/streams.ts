/** Messages that come over connections. */
import { type Fd, type Posix, type Sockets, SystemFailure } from "../posix/index.ts";
import { type Frame, Framing } from "./framing.ts";
import { endLine, type Sender, writeHead, writeText } from "./line-writer.ts";
import { type Message, newMessage, readMessage } from "./message.ts";
import type { Output } from "./output.ts";
import type { Source, Taken } from "./source.ts";
import { copyVisible } from "./visible.ts";

/** So often a connection is read before others have their turn. */
const READS = 8;
/** How a connection can end without having been closed. */
const BROKEN = new Set(["ECONNRESET", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH", "ENETUNREACH"]);
/** accept(2) tells of connections that broke meanwhile, and that descriptors or memory are used up. */
const LATER = new Set(["ECONNABORTED", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EPROTO"]);

export interface StreamOptions {
  readonly posix: Posix;
  readonly sockets: Sockets;
  readonly output: Output;
  readonly trustsHost: boolean;
}

export class Connection implements Source {
  readonly fd: Fd;
  private readonly options: StreamOptions;
  private readonly framing = new Framing();
  private readonly message: Message = newMessage();
  private readonly sender: Sender;
  /** What stands in front of each piece of a long message. */
  private head: Buffer = Buffer.alloc(0);
  private isOver = false;
  /** Bytes that are still to be read, once there is an end to it. */
  private left = Number.POSITIVE_INFINITY;

  constructor(options: StreamOptions, fd: Fd, address: string) {
    this.options = options;
    this.fd = fd;
    const host = Buffer.from(address);
    this.sender = { host, pid: 0, uid: -1, hostIsTrusted: options.trustsHost };
  }

  take(): Taken {
    for (let reads = 0; reads < READS && !this.options.output.isFull; reads++) {
      if (!this.writeAll()) return "more";
      if (this.isOver) return "over";
      if (!this.read() && !this.isOver) {
        this.framing.rest();
        return "nothing";
      }
    }
    return "more";
  }

  /** @returns whether something came; false at the end as well */
  private read(): boolean {
    const { at, bytes } = this.framing.room();
    const got = this.left === 0 ? 0 : this.receive(at, Math.min(bytes, this.left));
    if (got === 0) this.isOver = true;
    if (got <= 0) return false;
    this.framing.add(got);
    this.left -= got;
    return true;
  }

  private receive(at: number, bytes: number): number {
    try {
      return this.options.sockets.receive(this.fd, this.framing.memory, at, bytes);
    } catch (failure) {
      if (failure instanceof SystemFailure && BROKEN.has(failure.code)) return 0;
      throw failure;
    }
  }

  /** @returns false: the output is full */
  private writeAll(): boolean {
    for (;;) {
      if (this.options.output.isFull) return false;
      const frame = this.framing.next(this.isOver);
      if (frame === undefined) return true;
      this.write(frame);
    }
  }

  private write(frame: Frame): void {
    const { output } = this.options;
    const { memory } = this.framing;
    const { at, end, continues, goesOn } = frame;
    if (continues && at === end) return;
    let to = output.length;
    if (continues) {
      to += this.head.copy(output.memory, to);
      to = copyVisible(memory, at, end, output.memory, to);
    } else {
      readMessage(this.message, memory, at, end);
      const text = writeHead(this.message, memory, this.sender, output.memory, to);
      if (goesOn) this.head = Buffer.from(output.memory.subarray(to, text));
      to = writeText(this.message, memory, output.memory, text);
    }
    output.length = endLine(output.memory, to);
  }

  refuseMore(): void {
    this.left = this.options.posix.queued(this.fd);
  }

  close(): void {
    this.options.posix.close(this.fd);
  }
}

export interface ListenerOptions extends StreamOptions {
  readonly fd: Fd;
  /** Whether one more connection is to be had now. */
  readonly hasRoom: () => boolean;
  readonly onConnection: (fd: Fd, address: string) => void;
  readonly warn: (text: string) => void;
}

export class Listener implements Source {
  readonly fd: Fd;
  private readonly options: ListenerOptions;

  constructor(options: ListenerOptions) {
    this.options = options;
    this.fd = options.fd;
  }

  take(): Taken {
    const { options } = this;
    while (options.hasRoom()) {
      const accepted = this.accept();
      if (accepted === undefined) break;
      options.onConnection(accepted.fd, accepted.address);
    }
    return "nothing";
  }

  private accept(): ReturnType<Sockets["accept"]> {
    try {
      return this.options.sockets.accept(this.fd);
    } catch (failure) {
      if (!(failure instanceof SystemFailure) || !LATER.has(failure.code)) throw failure;
      this.options.warn(`unable to accept a connection, it waits: ${failure.text}`);
      return undefined;
    }
  }

  refuseMore(): void {
    // Those who wait have sent already, perhaps: they are accepted, and the socket is closed.
  }

  close(): void {
    this.options.posix.close(this.fd);
  }
}
