/** Sockets as a service has them that calls syslog(3): the C library's own calls, one after the other. */
import fs from "node:fs";
import { bind, call } from "../src/posix/libc.ts";

export type SocketKind = "unix datagram" | "TCP" | "UDP";

const AF_UNIX = 1;
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const IN_ADDRESS_BYTES = 16;
const F_GETFL = 3;
const F_SETFL = 4;
const PORT_AT = 2;
const HOST_AT = 4;
const LOOPBACK = [127, 0, 0, 1];

const socket = bind("int socket(int domain, int type, int protocol)");
const connect = bind("int connect(int fd, const void *address, unsigned int length)");
const bindTo = bind("int bind(int fd, const void *address, unsigned int length)");
const getsockname = bind("int getsockname(int fd, void *address, void *length)");

const fcntl = bind("int fcntl(int fd, int command, ...)");

/** Writing to it fails with EAGAIN where it would wait. */
export function doNotWait(fd: number): void {
  const flags = call("fcntl", undefined, () => fcntl(fd, F_GETFL));
  call("fcntl", undefined, () => fcntl(fd, F_SETFL, "int", flags | fs.constants.O_NONBLOCK));
}

function open(kind: SocketKind): number {
  const domain = kind === "unix datagram" ? AF_UNIX : AF_INET;
  const type = (kind === "TCP" ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC;
  return call("socket", undefined, () => socket(domain, type, 0));
}

/** @param place  a path, or a port of this machine */
function addressOf(kind: SocketKind, place: string): Buffer {
  if (kind === "unix datagram") {
    const path = Buffer.from(`\0\0${place}\0`);
    path.writeUInt16LE(AF_UNIX);
    return path;
  }
  const address = Buffer.alloc(IN_ADDRESS_BYTES);
  address.writeUInt16LE(AF_INET);
  address.writeUInt16BE(Number(place), PORT_AT);
  address.set(LOOPBACK, HOST_AT);
  return address;
}

/** @returns a socket, or undefined when nobody listens there */
export function connectTo(kind: SocketKind, place: string): number | undefined {
  const fd = open(kind);
  const address = addressOf(kind, place);
  if (connect(fd, address, address.length) === 0) return fd;
  fs.closeSync(fd);
  return undefined;
}

/** A port that nobody has now. */
export function freePort(kind: SocketKind): number {
  const fd = open(kind);
  const address = addressOf(kind, "0");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(address.length);
  call("bind", undefined, () => bindTo(fd, address, address.length));
  call("getsockname", undefined, () => getsockname(fd, address, length));
  fs.closeSync(fd);
  return address.readUInt16BE(PORT_AT);
}

/** Whether somebody receives datagrams there. */
export function isBound(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return fs.readFileSync("/proc/net/udp", "latin1").includes(`:${hex} 00000000:`);
}
