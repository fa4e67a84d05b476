/**
 * Sockets that hear: made, bound, accepted from, read without waiting. Linux's numbers; elsewhere
 * making one fails with ENOSYS.
 *
 * Not node:dgram and node:net: the first has no unix sockets, and neither tells who sent, takes many
 * datagrams with one call, or leaves what it cannot hand on in the kernel, where it holds senders back.
 */
import { hostname } from "node:os";
import { SystemFailure } from "./failure.ts";
import { bind, call, callOrNothing } from "./libc.ts";
import { Mailbox } from "./mailbox.ts";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  addressText,
  NETWORK_ADDRESS_BYTES,
  networkAddress,
  portOf,
  unixAddress,
} from "./socket-address.ts";
import type { Endpoint, Fd, Name, Sockets } from "./types.ts";
import { withUmask } from "./umask.ts";

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_RCVBUF = 8;
const SO_KEEPALIVE = 9;
const SO_PASSCRED = 16;
const SO_PEERCRED = 17;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;
const SO_MEMINFO = 55;
/** Of the words that SO_MEMINFO answers: how many datagrams the kernel dropped (SK_MEMINFO_DROPS). */
const DROPS_WORD = 8;
const MEMINFO_WORDS = 9;
const SHUT_RD = 0;
const MSG_DONTWAIT = 0x40;
const BACKLOG = 128;
const RECEIVE_BUFFER_BYTES = 8 << 20;
const TIMEVAL_BYTES = 16;
/** struct ucred: pid, uid, gid. */
const UCRED_WORDS = 3;
const MICROS_PER_MS = 1000;

const socketCall = bind("int socket(int family, int type, int protocol)");
const bindCall = bind("int bind(int fd, const void *address, uint32_t length)");
const connectCall = bind("int connect(int fd, const void *address, uint32_t length)");
const listenCall = bind("int listen(int fd, int backlog)");
const acceptCall = bind("int accept4(int fd, void *address, void *length, int flags)");
const setOption = bind(
  "int setsockopt(int fd, int level, int option, const void *value, uint32_t length)",
);
const getOption = bind("int getsockopt(int fd, int level, int option, void *value, void *length)");
const getName = bind("int getsockname(int fd, void *address, void *length)");
const recvCall = bind("int64_t recv(int fd, void *memory, size_t length, int flags)");
const shutdownCall = bind("int shutdown(int fd, int how)");
const closeCall = bind("int close(int fd)");

function open(family: number, type: number): Fd {
  if (process.platform !== "linux") throw new SystemFailure("ENOSYS", "socket");
  return call("socket", undefined, () => socketCall(family, type | SOCK_CLOEXEC, 0));
}

function set(fd: Fd, option: number, value: number): void {
  const word = Int32Array.of(value);
  call("setsockopt", undefined, () => setOption(fd, SOL_SOCKET, option, word, word.byteLength));
}

/** How long `Mailbox.receive` waits when it is asked to. */
function setPatience(fd: Fd, ms: number): void {
  const time = Buffer.alloc(TIMEVAL_BYTES);
  time.writeBigInt64LE(BigInt(ms * MICROS_PER_MS), TIMEVAL_BYTES / 2);
  call("setsockopt", undefined, () => setOption(fd, SOL_SOCKET, SO_RCVTIMEO, time, time.length));
}

/** Runs `prepare` on a new socket, and closes it where that fails. */
function prepared(fd: Fd, prepare: () => void): Fd {
  try {
    prepare();
    return fd;
  } catch (failure) {
    closeCall(fd);
    throw failure;
  }
}

function addressOf(path: Name): Buffer {
  const address = unixAddress(path);
  if (address === undefined) throw new SystemFailure("ENAMETOOLONG", "bind", path);
  return address;
}

function unixDatagrams(path: Name, mode: number, patienceMs: number): Fd {
  const address = addressOf(path);
  const fd = open(AF_UNIX, SOCK_DGRAM);
  return prepared(fd, () => {
    // Before anybody can send: what is sent without it bears nobody's name.
    set(fd, SO_PASSCRED, 1);
    setPatience(fd, patienceMs);
    // At no moment does it have another mode.
    withUmask(0o777 & ~mode, () => call("bind", path, () => bindCall(fd, address, address.length)));
  });
}

function isAnswered(path: Name): boolean {
  const address = addressOf(path);
  const fd = open(AF_UNIX, SOCK_DGRAM);
  try {
    call("connect", path, () => connectCall(fd, address, address.length));
    return true;
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    // EPROTOTYPE: a socket of another kind.
    if (failure.code === "EPROTOTYPE") return true;
    if (failure.code === "ECONNREFUSED" || failure.code === "ENOENT") return false;
    throw failure;
  } finally {
    closeCall(fd);
  }
}

function bindTo(fd: Fd, endpoint: Endpoint): void {
  const address = networkAddress(endpoint);
  if (address === undefined) throw new SystemFailure("EINVAL", "bind", endpoint.address);
  call("bind", endpoint.address, () => bindCall(fd, address, address.length));
}

const familyOf = ({ address }: Endpoint): number => (address.includes(":") ? AF_INET6 : AF_INET);

function udp(endpoint: Endpoint, patienceMs: number): Fd {
  const fd = open(familyOf(endpoint), SOCK_DGRAM);
  return prepared(fd, () => {
    enlarge(fd);
    setPatience(fd, patienceMs);
    bindTo(fd, endpoint);
  });
}

/** As much room as there is to be had: beyond it the kernel drops. */
function enlarge(fd: Fd): void {
  try {
    set(fd, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
  } catch (failure) {
    if (!(failure instanceof SystemFailure) || failure.code !== "EPERM") throw failure;
    set(fd, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
  }
}

function tcp(endpoint: Endpoint): Fd {
  const fd = open(familyOf(endpoint), SOCK_STREAM | SOCK_NONBLOCK);
  return prepared(fd, () => {
    set(fd, SO_REUSEADDR, 1);
    bindTo(fd, endpoint);
    call("listen", endpoint.address, () => listenCall(fd, BACKLOG));
  });
}

function accept(fd: Fd): { readonly fd: Fd; readonly address: string } | undefined {
  const address = Buffer.alloc(NETWORK_ADDRESS_BYTES);
  const length = Uint32Array.of(address.length);
  const accepted = callOrNothing("accept", () => acceptCall(fd, address, length, SOCK_CLOEXEC));
  if (accepted === -1) return undefined;
  // A peer that is gone without a word is found out in the end.
  set(accepted, SO_KEEPALIVE, 1);
  return { fd: accepted, address: addressText(address, 0) };
}

function ownAddress(fd: Fd): Buffer {
  const address = Buffer.alloc(NETWORK_ADDRESS_BYTES);
  const length = Uint32Array.of(address.length);
  call("getsockname", undefined, () => getName(fd, address, length));
  return address.subarray(0, length[0]);
}

function dropped(fd: Fd): number {
  const words = new Uint32Array(MEMINFO_WORDS);
  const length = Uint32Array.of(words.byteLength);
  try {
    call("getsockopt", undefined, () => getOption(fd, SOL_SOCKET, SO_MEMINFO, words, length));
  } catch (failure) {
    // Linux before 4.12 does not tell.
    if (!(failure instanceof SystemFailure) || failure.code !== "ENOPROTOOPT") throw failure;
  }
  return words[DROPS_WORD] ?? 0;
}

function peerUser(fd: Fd): number | undefined {
  if (process.platform !== "linux") return undefined;
  const words = new Int32Array(UCRED_WORDS);
  const length = Uint32Array.of(words.byteLength);
  call("getsockopt", undefined, () => getOption(fd, SOL_SOCKET, SO_PEERCRED, words, length));
  return words[1];
}

export const sockets: Sockets = {
  hostName: hostname,
  unixDatagrams,
  isAnswered,
  udp,
  tcp,
  accept,
  portOf: (fd) => portOf(ownAddress(fd)),
  receive: (fd, memory, offset, length) =>
    callOrNothing("recv", () =>
      recvCall(fd, memory.subarray(offset, offset + length), length, MSG_DONTWAIT),
    ),
  peerUser,
  mailbox: (fd, slots, slotBytes, tellsPeers) => new Mailbox(fd, slots, slotBytes, tellsPeers),
  dropped,
  refuseMore: (fd) => void call("shutdown", undefined, () => shutdownCall(fd, SHUT_RD)),
  // A datagram socket that is connected hears its peer alone; what stands in its queue stays.
  hearNobody: (fd) => {
    const own = ownAddress(fd);
    call("connect", undefined, () => connectCall(fd, own, own.length));
  },
};
