/** A client of HTTP that costs little: answers are counted, not looked at. */
import net from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");

export interface Counted {
  readonly status: number;
  /** Of the body. */
  readonly bytes: number;
}

/** One connection that is kept. Answers have a length. */
export class WebClient {
  private readonly socket: net.Socket;
  private readonly host: string;
  private head = Buffer.alloc(0);
  /** Of the body that is being read; -1: its head has not come. */
  private left = -1;
  private answer: Counted = { status: 0, bytes: 0 };
  private done: (answer: Counted) => void = () => undefined;
  private fail: (error: Error) => void = () => undefined;

  constructor(port: number) {
    this.host = `127.0.0.1:${port}`;
    this.socket = net.connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("data", (part) => this.take(part));
    this.socket.on("error", (error) => this.fail(error));
    this.socket.on("close", () => this.fail(new Error("svweb hung up")));
  }

  get(path: string, headers: string = ""): Promise<Counted> {
    return new Promise((resolve, reject) => {
      this.done = resolve;
      this.fail = reject;
      this.socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.host}\r\n${headers}\r\n`);
    });
  }

  close(): void {
    this.fail = () => undefined;
    this.socket.destroy();
  }

  private take(part: Buffer): void {
    if (this.left >= 0) return this.count(part.length);
    this.head = Buffer.concat([this.head, part]);
    const end = this.head.indexOf(HEAD_END);
    if (end === -1) return;
    const text = this.head.toString("latin1", 0, end);
    const bytes = Number(/^content-length: (\d+)$/im.exec(text)?.[1] ?? 0);
    this.answer = { status: Number(text.split(" ")[1]), bytes };
    this.left = bytes;
    const rest = this.head.length - end - HEAD_END.length;
    this.head = Buffer.alloc(0);
    this.count(rest);
  }

  private count(bytes: number): void {
    this.left -= bytes;
    if (this.left > 0) return;
    this.left = -1;
    this.done(this.answer);
  }
}

/** An answer that goes on: how much of it has come. */
export class WebStream {
  bytes = 0;
  readonly ended: Promise<void>;
  private readonly socket: net.Socket;

  constructor(port: number, path: string) {
    this.socket = net.connect(port, "127.0.0.1", () =>
      this.socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    this.socket.on("data", (part) => {
      this.bytes += part.length;
    });
    this.socket.on("error", () => undefined);
    this.ended = new Promise((resolve) => this.socket.on("close", () => resolve()));
  }

  close(): void {
    this.socket.destroy();
  }
}
