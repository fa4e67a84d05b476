/**
 * Many datagrams by one call (recvmmsg), each in a slot of one memory, with what the kernel knows of its sender.
 *
 * Layouts of struct mmsghdr, iovec and cmsghdr on 64-bit Linux.
 */
import { bind, callOrNothing, koffi } from "./libc.ts";
import { addressText, NETWORK_ADDRESS_BYTES } from "./socket-address.ts";
import type { Datagrams, Fd } from "./types.ts";

const HEADER_BYTES = 64;
const HEADER_WORDS = HEADER_BYTES / 4;
const NAME_LENGTH_WORD = 2;
const CONTROL_LENGTH_WORD = 10;
const LENGTH_WORD = 14;
const IOVEC_BYTES = 16;
/** One cmsghdr with a struct ucred; a sender's descriptors find no room behind it and are closed. */
const CONTROL_BYTES = 32;
const CONTROL_WORDS = CONTROL_BYTES / 4;
const SOL_SOCKET = 1;
const SCM_CREDENTIALS = 2;
const NAME_BYTES = 32;
/** struct sockaddr_in. */
const SHORTEST_NETWORK_NAME = 16;
/** So that the beginnings of slots do not all fall on the same lines of the processor's cache. */
const STAGGER_BYTES = 1088;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const MSG_WAITFORONE = 0x10000;
const MSG_CMSG_CLOEXEC = 0x40000000;

const recvmmsg = bind(
  "int recvmmsg(int fd, uintptr_t headers, uint32_t count, int flags, void *timeout)",
);

export class Mailbox implements Datagrams {
  readonly memory: Buffer;
  private readonly fd: Fd;
  private readonly slots: number;
  private readonly slotBytes: number;
  private readonly stride: number;
  private readonly headers: Uint32Array;
  private readonly headersAddress: number;
  private readonly control: Int32Array;
  /** Undefined: not asked for, which the kernel is the quicker for. */
  private readonly names: Buffer | undefined;
  /** Held: the kernel reads it by its address. */
  readonly vectors: BigUint64Array;

  /** Slots whose headers the kernel has written to. */
  private used: number;

  constructor(fd: Fd, slots: number, slotBytes: number, tellsPeers: boolean) {
    this.fd = fd;
    this.slots = slots;
    this.slotBytes = slotBytes;
    this.stride = slotBytes + STAGGER_BYTES;
    // Not filled: pages that no datagram ever reaches are never there.
    this.memory = Buffer.allocUnsafeSlow(slots * this.stride);
    this.headers = new Uint32Array(slots * HEADER_WORDS);
    this.control = new Int32Array(slots * CONTROL_WORDS);
    this.names = tellsPeers ? Buffer.alloc(slots * NAME_BYTES) : undefined;
    this.used = slots;
    this.vectors = new BigUint64Array((slots * IOVEC_BYTES) / 8);
    this.headersAddress = Number(koffi().address(this.headers));
    this.layOut();
  }

  private layOut(): void {
    const address = (held: ArrayBufferView): bigint => koffi().address(held);
    const fields = new BigUint64Array(this.headers.buffer);
    const [memory, vectors, control, names] = [
      address(this.memory),
      address(this.vectors),
      address(this.control),
      this.names === undefined ? 0n : address(this.names),
    ];
    for (let slot = 0; slot < this.slots; slot++) {
      this.vectors[2 * slot] = memory + BigInt(slot * this.stride);
      this.vectors[2 * slot + 1] = BigInt(this.slotBytes);
      const at = (slot * HEADER_BYTES) / 8;
      if (this.names !== undefined) fields[at] = names + BigInt(slot * NAME_BYTES);
      fields[at + 2] = vectors + BigInt(slot * IOVEC_BYTES);
      fields[at + 3] = 1n;
      fields[at + 4] = control + BigInt(slot * CONTROL_BYTES);
    }
  }

  receive(wait: boolean): number {
    const { headers, slots, used } = this;
    for (let at = 0; at < used * HEADER_WORDS; at += HEADER_WORDS) {
      headers[at + NAME_LENGTH_WORD] = NETWORK_ADDRESS_BYTES;
      headers[at + CONTROL_LENGTH_WORD] = CONTROL_BYTES;
    }
    const flags = (wait ? MSG_WAITFORONE : MSG_DONTWAIT) | MSG_TRUNC | MSG_CMSG_CLOEXEC;
    const count = callOrNothing("recvmmsg", () =>
      recvmmsg(this.fd, this.headersAddress, slots, flags, null),
    );
    this.used = Math.max(0, count);
    return this.used;
  }

  startOf(slot: number): number {
    return slot * this.stride;
  }

  lengthOf(slot: number): number {
    return Math.min(this.sentLength(slot), this.slotBytes);
  }

  cutOf(slot: number): number {
    return Math.max(0, this.sentLength(slot) - this.slotBytes);
  }

  private sentLength(slot: number): number {
    return this.headers[slot * HEADER_WORDS + LENGTH_WORD] ?? 0;
  }

  pidOf(slot: number): number {
    return this.hasCredentials(slot) ? (this.control[slot * CONTROL_WORDS + 4] ?? 0) : 0;
  }

  uidOf(slot: number): number {
    return this.hasCredentials(slot) ? (this.control[slot * CONTROL_WORDS + 5] ?? 0) >>> 0 : -1;
  }

  private hasCredentials(slot: number): boolean {
    const at = slot * CONTROL_WORDS;
    const length = this.headers[slot * HEADER_WORDS + CONTROL_LENGTH_WORD] ?? 0;
    return (
      length >= CONTROL_BYTES - 4 &&
      this.control[at + 2] === SOL_SOCKET &&
      this.control[at + 3] === SCM_CREDENTIALS
    );
  }

  peerOf(slot: number): string {
    const length = this.headers[slot * HEADER_WORDS + NAME_LENGTH_WORD] ?? 0;
    if (this.names === undefined || length < SHORTEST_NETWORK_NAME) return "-";
    return addressText(this.names, slot * NAME_BYTES);
  }
}
