/**
 * Everything that messages come from, and the one output that their lines go to.
 *
 * Each source has a loop of its own: take a batch, write it out, and only then look again. Nothing is
 * taken while a batch cannot be written.
 */
import {
  type Endpoint,
  type Fd,
  orFatal,
  type Posix,
  type Sockets,
  SystemFailure,
  turn,
  type Watch,
} from "../posix/index.ts";
import { DatagramSource, PATIENCE_MS, UNIX_BYTES } from "./datagrams.ts";
import { endpointText } from "./endpoint.ts";
import { mostLineBytes } from "./line-writer.ts";
import { Output } from "./output.ts";
import { writeOwnLine } from "./own-line.ts";
import { type Place, takePlace } from "./place.ts";
import { OWN_NEWS } from "./priority.ts";
import type { Source } from "./source.ts";
import { Connection, Listener } from "./streams.ts";

const RETRY_MS = 1000;

export interface IntakeOptions {
  /** Paths of unix sockets. */
  readonly paths: readonly string[];
  readonly udp: readonly Endpoint[];
  readonly tcp: readonly Endpoint[];
  /** How many connections there are at the most; more wait. */
  readonly mostConnections: number;
  /** The host that a message from a network names stands in its line, not the sender's address. */
  readonly trustsHost: boolean;
  /** The sender's user id stands beside its process id. */
  readonly showsUser: boolean;
  readonly output: Fd;
  readonly warn: (text: string) => void;
}

export class Intake {
  private readonly posix: Posix;
  private readonly sockets: Sockets;
  private readonly options: IntakeOptions;
  private readonly output: Output;
  private readonly ownHost: Buffer;
  private readonly places: Place[] = [];
  private readonly sources: Source[] = [];
  private readonly names: string[] = [];
  private readonly watches = new Map<Source, Watch | undefined>();
  private connections = 0;
  private isClosing = false;
  private isWhole = true;
  private readonly running = new Set<Promise<void>>();
  /** What none of the loops expected. */
  private fault: Error | undefined;

  /** Opens everything; nothing is taken yet. @throws Fatal */
  constructor(posix: Posix, sockets: Sockets, options: IntakeOptions) {
    this.posix = posix;
    this.sockets = sockets;
    this.options = options;
    this.output = new Output(posix, options.output, mostLineBytes(UNIX_BYTES), options.warn);
    this.ownHost = Buffer.from(sockets.hostName());
    try {
      this.open();
    } catch (failure) {
      for (const place of this.places) place.remove();
      throw failure;
    }
  }

  private open(): void {
    const { paths, udp, tcp } = this.options;
    for (const path of paths) {
      const place = takePlace(this.posix, this.sockets, path, PATIENCE_MS);
      this.places.push(place);
      this.add(path, this.datagrams(place.fd, path, true));
    }
    for (const endpoint of udp) {
      const fd = this.bound("UDP", endpoint, () => this.sockets.udp(endpoint, PATIENCE_MS));
      const name = this.nameOf("UDP", endpoint, fd);
      this.add(name, this.datagrams(fd, name, false));
    }
    for (const endpoint of tcp) {
      const fd = this.bound("TCP", endpoint, () => this.sockets.tcp(endpoint));
      this.add(this.nameOf("TCP", endpoint, fd), this.listener(fd));
    }
  }

  private add(name: string, source: Source): void {
    this.names.push(name);
    this.sources.push(source);
  }

  private bound(kind: string, endpoint: Endpoint, make: () => Fd): Fd {
    return orFatal(["listen on ", kind, " ", endpointText(endpoint)], make);
  }

  private nameOf(kind: string, endpoint: Endpoint, fd: Fd): string {
    return `${kind} ${endpointText({ ...endpoint, port: this.sockets.portOf(fd) })}`;
  }

  private datagrams(fd: Fd, name: string, isLocal: boolean): DatagramSource {
    const { posix, sockets, output, ownHost } = this;
    const { trustsHost, showsUser } = this.options;
    const about = { fd, name, isLocal, trustsHost, showsUser };
    return new DatagramSource({ posix, sockets, output, ownHost, ...about });
  }

  private listener(fd: Fd): Listener {
    const { posix, sockets, output } = this;
    const { trustsHost, warn, mostConnections } = this.options;
    const streams = { posix, sockets, output, trustsHost };
    return new Listener({
      ...streams,
      fd,
      warn,
      // At the end all who wait are heard once more.
      hasRoom: () => this.isClosing || this.connections < mostConnections,
      onConnection: (one, address) => this.connect(new Connection(streams, one, address)),
    });
  }

  private connect(connection: Connection): void {
    this.connections++;
    if (this.isClosing) connection.refuseMore();
    this.start(connection, () => {
      this.connections--;
      // Somebody may be waiting for the place.
      this.wake();
    });
  }

  private start(source: Source, tidy: () => void): void {
    const loop = this.serve(source)
      .catch((failure: unknown) => {
        this.fault ??= failure as Error;
        this.close();
      })
      .finally(() => {
        this.running.delete(loop);
        tidy();
      });
    this.running.add(loop);
  }

  /**
   * Takes messages until `close`, and then those that stand in the sockets.
   *
   * @returns whether everything that was taken was written
   */
  async run(): Promise<boolean> {
    writeOwnLine(this.output, this.ownHost, OWN_NEWS, `listening on ${this.names.join(", ")}`);
    for (const source of this.sources) this.start(source, () => undefined);
    // A loop may have begun others.
    while (this.running.size > 0) await Promise.all(this.running);
    if (this.fault !== undefined) throw this.fault;
    return this.isWhole && this.output.length === 0;
  }

  /** Ends it: whoever sends from now on is not heard. */
  close(): void {
    if (this.isClosing) return;
    this.isClosing = true;
    for (const place of this.places) place.remove();
    for (const source of this.watches.keys()) source.refuseMore();
    this.output.giveUp();
    this.wake();
  }

  private wake(): void {
    for (const watch of this.watches.values()) watch?.wake();
  }

  private async serve(source: Source): Promise<void> {
    const watch = this.posix.watch(source.fd);
    this.watches.set(source, watch);
    try {
      let goesOn = true;
      while (goesOn) goesOn = await this.step(source, watch);
    } finally {
      this.watches.delete(source);
      watch?.stop();
      source.close();
    }
  }

  /** @returns whether to go on */
  private async step(source: Source, watch: Watch | undefined): Promise<boolean> {
    const taken = await this.take(source);
    if (!this.output.flush() && !(await this.output.flushInTime())) {
      this.isWhole = false;
      return false;
    }
    switch (taken) {
      case "more":
        // Signals and other sources have their turn.
        await turn();
        return true;
      case "nothing":
        if (!this.isClosing) await watch?.next();
        else return false;
        return true;
      case "over":
        return false;
    }
  }

  private async take(source: Source): Promise<ReturnType<Source["take"]>> {
    try {
      return source.take();
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      this.options.warn(`unable to receive, trying again: ${failure.message}`);
      await this.posix.sleep(RETRY_MS);
      return this.isClosing || source instanceof Connection ? "over" : "more";
    }
  }
}
