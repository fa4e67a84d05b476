/** Addresses of sockets, as Linux lays them out. */
import { bind, call } from "./libc.ts";
import type { Endpoint, Name } from "./types.ts";

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** struct sockaddr_in6, the longest that a network socket has. */
export const NETWORK_ADDRESS_BYTES = 28;
const UNIX_PATH_AT = 2;
const UNIX_PATH_BYTES = 108;
const PORT_AT = 2;
const V4_AT = 4;
const V4_BYTES = 4;
const V6_AT = 8;
const TEXT_BYTES = 64;
/** How an IPv4 peer looks to an IPv6 socket. */
const MAPPED = "::ffff:";

const inetPton = bind("int inet_pton(int family, const char *text, void *out)");
const inetNtop = bind("void *inet_ntop(int family, const void *from, void *out, uint32_t length)");
const text = Buffer.alloc(TEXT_BYTES);

/** @returns undefined for a path that is too long, or empty */
export function unixAddress(path: Name): Buffer | undefined {
  const bytes = typeof path === "string" ? Buffer.from(path) : path;
  if (bytes.length === 0 || bytes.length >= UNIX_PATH_BYTES) return undefined;
  const out = Buffer.alloc(UNIX_PATH_AT + bytes.length + 1);
  out.writeUInt16LE(AF_UNIX, 0);
  out.set(bytes, UNIX_PATH_AT);
  return out;
}

/** @returns undefined for what is no numeric address */
export function networkAddress({ address, port }: Endpoint): Buffer | undefined {
  const family = address.includes(":") ? AF_INET6 : AF_INET;
  const out = Buffer.alloc(NETWORK_ADDRESS_BYTES);
  out.writeUInt16LE(family, 0);
  out.writeUInt16BE(port, PORT_AT);
  const place = out.subarray(family === AF_INET ? V4_AT : V6_AT);
  const valid = call("inet_pton", undefined, () => inetPton(family, address, place)) === 1;
  if (!valid) return undefined;
  return family === AF_INET ? out.subarray(0, 16) : out;
}

/** The numeric address in a struct sockaddr, without the port. */
export function addressText(memory: Buffer, at: number): string {
  const family = memory.readUInt16LE(at);
  if (family === AF_INET) return memory.subarray(at + V4_AT, at + V4_AT + V4_BYTES).join(".");
  if (family !== AF_INET6) return "-";
  inetNtop(AF_INET6, memory.subarray(at + V6_AT, at + NETWORK_ADDRESS_BYTES), text, TEXT_BYTES);
  const found = text.toString("latin1", 0, text.indexOf(0));
  return found.startsWith(MAPPED) && found.includes(".") ? found.slice(MAPPED.length) : found;
}

/** The port in a struct sockaddr of a network. */
export function portOf(memory: Buffer): number {
  return memory.readUInt16BE(PORT_AT);
}
