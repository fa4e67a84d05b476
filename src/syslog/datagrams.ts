/** Messages that come as datagrams: over a unix socket, or UDP. */
import type { Datagrams, Fd, Posix, Sockets } from "../posix/index.ts";
import { Heads } from "./heads.ts";
import { endLine, FRAME_BYTES, mostLineBytes, type Sender, writeText } from "./line-writer.ts";
import type { Output } from "./output.ts";
import { writeOwnLine } from "./own-line.ts";
import { OWN_WARNING } from "./priority.ts";
import type { Source, Taken } from "./source.ts";

/** More at a time are no faster (bench/syslog.bench.ts). */
const SLOTS = 64;
/** What the kernel lets an ordinary sender's datagram have on a unix socket (net.core.wmem_default), and more. */
export const UNIX_BYTES: number = 256 * 1024;
/** The longest that UDP can carry. */
export const UDP_BYTES: number = 64 * 1024;
/**
 * How long a busy socket is stood at for the next message: to be woken by the system instead takes longer
 * than the queue of a unix socket (net.unix.max_dgram_qlen, often 10) lasts. The system counts it in ticks of
 * its clock: 8 to 12 ms where there are 250 a second.
 */
export const PATIENCE_MS = 1;
/** So many in one batch make a socket busy. */
const BUSY = 8;
/** Nobody waits longer than this, and once as long as it is stood at, for lines that were taken. */
const MOST_BATCH_MS = 3;
const DROPS_MS = 1000;

export interface DatagramsOptions {
  readonly posix: Posix;
  readonly sockets: Sockets;
  readonly output: Output;
  readonly fd: Fd;
  /** As the reader of the log is told of it. */
  readonly name: string;
  readonly ownHost: Buffer;
  /** Messages of this machine: their sender is a process. */
  readonly isLocal: boolean;
  readonly trustsHost: boolean;
  readonly showsUser: boolean;
}

export class DatagramSource implements Source {
  readonly fd: Fd;
  private readonly options: DatagramsOptions;
  private readonly mailbox: Datagrams;
  private readonly heads: Heads;
  private readonly sender: Sender;
  /** Of the datagrams that were received: how many, and the next. */
  private count = 0;
  private next = 0;
  /** Messages of this batch. */
  private taken = 0;
  /** The last batch was large, and did not find the socket empty. */
  private isBusy = false;
  private isRefusing = false;
  private lastPeer = "";
  private reportedDrops = 0;
  private reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: DatagramsOptions) {
    const { fd, sockets, isLocal, ownHost, trustsHost } = options;
    this.options = options;
    this.fd = fd;
    this.mailbox = sockets.mailbox(fd, SLOTS, isLocal ? UNIX_BYTES : UDP_BYTES, !isLocal);
    this.heads = new Heads(isLocal ? ownHost : undefined);
    this.sender = { host: ownHost, pid: 0, uid: -1, hostIsTrusted: trustsHost && !isLocal };
  }

  take(): Taken {
    const outcome = this.takeBatch();
    this.isBusy = outcome === "more" && this.taken >= BUSY;
    return this.reportDrops(outcome);
  }

  private takeBatch(): Taken {
    const { output, posix } = this.options;
    const deadline = posix.monotonicMs() + MOST_BATCH_MS;
    this.taken = 0;
    do {
      if (this.next === this.count) {
        this.count = this.mailbox.receive(this.standsAtIt());
        this.next = 0;
        if (this.count === 0) return "nothing";
      }
      for (; this.next < this.count; this.next++, this.taken++)
        if (!this.write(this.next)) return "more";
    } while (!output.isFull && posix.monotonicMs() < deadline);
    return "more";
  }

  /** Whoever waits at a unix socket that refuses more gets empty messages that nobody has sent, one after the other. */
  private standsAtIt(): boolean {
    return (this.isBusy || this.taken >= BUSY) && !this.isRefusing;
  }

  /** @returns false: there is no room for it */
  private write(slot: number): boolean {
    const { mailbox, heads, sender } = this;
    const { output, isLocal, showsUser } = this.options;
    const at = mailbox.startOf(slot);
    const length = mailbox.lengthOf(slot);
    if (!output.hasRoom(mostLineBytes(length))) return false;
    const { memory } = mailbox;
    if (isLocal) {
      sender.pid = mailbox.pidOf(slot);
      if (showsUser) sender.uid = mailbox.uidOf(slot);
    } else {
      sender.host = this.peerOf(slot);
    }
    let end = heads.write(memory, at, at + length, sender, output.memory, output.length);
    end = writeText(heads.message, memory, output.memory, end);
    const cut = mailbox.cutOf(slot);
    if (cut > 0) end += output.memory.write(` (${cut} bytes more were sent)`, end);
    output.length = endLine(output.memory, end);
    return true;
  }

  private peerOf(slot: number): Uint8Array {
    const peer = this.mailbox.peerOf(slot);
    if (peer === this.lastPeer) return this.sender.host;
    this.lastPeer = peer;
    return Buffer.from(peer);
  }

  /** Says how many messages the kernel had no room for; once a second at most, unless all was taken. */
  private reportDrops(taken: Taken): Taken {
    const { isLocal, sockets, posix, output, name, ownHost } = this.options;
    // On a unix socket senders wait.
    if (isLocal) return taken;
    const nowMs = posix.monotonicMs();
    const isTime = nowMs - this.reportedAtMs >= DROPS_MS;
    if (!isTime && taken === "more") return taken;
    if (!output.hasRoom(FRAME_BYTES)) return "more";
    const drops = sockets.dropped(this.fd);
    const news = (drops - this.reportedDrops) >>> 0;
    if (news === 0) return taken;
    this.reportedDrops = drops;
    this.reportedAtMs = nowMs;
    const text = `the kernel dropped ${news} messages on ${name}, ${drops} in all: they came faster than they were read`;
    writeOwnLine(output, ownHost, OWN_WARNING, text);
    return taken;
  }

  refuseMore(): void {
    const { isLocal, sockets } = this.options;
    this.isRefusing = true;
    if (isLocal) sockets.refuseMore(this.fd);
    else sockets.hearNobody(this.fd);
  }

  close(): void {
    this.options.posix.close(this.fd);
  }
}
