/**
 * Sends numbered messages to a syslog, as fast as it takes them: `syslog-sender KIND PLACE FIRST COUNT REPORT`.
 *
 * Many with one call (sendmmsg), as many processes at a time would be: with a call for each, it is the sender
 * that is measured. FIRST is the first one's number. REPORT gets the moment of the first call, in milliseconds
 * since 1970.
 */
import fs from "node:fs";
import { bind, call, koffi } from "../src/posix/libc.ts";
import { connectTo, type SocketKind } from "./sockets.ts";

const AT_ONCE = 64;
const HEADER_BYTES = 64;
const IOVEC_BYTES = 16;
const DIGITS = 9;
const HEAD = "<30>Nov 20 16:05:34 web[1234]: #";
const TAIL = "# request handled in 12 ms for client 10.1.2.3 path /index.html status 200";

const sendmmsg = bind("int sendmmsg(int fd, void *headers, uint32_t count, int flags)");

const [kind = "", place = "", first = "", count = "", report = ""] = process.argv.slice(2);
const firstNumber = Number(first);
const isStream = kind === "TCP";
const fd = connectTo(kind as SocketKind, place);
if (fd === undefined) throw new Error(`nobody listens on ${place}`);

const message = `${HEAD}${"0".repeat(DIGITS)}${TAIL}${isStream ? "\n" : ""}`;
const messages = Buffer.alloc(AT_ONCE * message.length, message);
const vectors = new BigUint64Array((AT_ONCE * IOVEC_BYTES) / 8);
const headers = new BigUint64Array((AT_ONCE * HEADER_BYTES) / 8);
for (let slot = 0; slot < AT_ONCE; slot++) {
  vectors[2 * slot] = koffi().address(messages) + BigInt(slot * message.length);
  vectors[2 * slot + 1] = BigInt(message.length);
  const at = (slot * HEADER_BYTES) / 8;
  headers[at + 2] = koffi().address(vectors) + BigInt(slot * IOVEC_BYTES);
  headers[at + 3] = 1n;
}

const begun = performance.timeOrigin + performance.now();
for (let sent = 0; sent < Number(count); ) {
  const batch = Math.min(AT_ONCE, Number(count) - sent);
  for (let slot = 0; slot < batch; slot++) number(slot, firstNumber + sent + slot);
  send(fd, batch);
  sent += batch;
}
fs.writeFileSync(report, String(begun));
// Held until now: the kernel reads them by their addresses.
if (messages.length + vectors.length + headers.length === 0) process.exit(101);

function number(slot: number, value: number): void {
  let rest = value;
  const end = slot * message.length + HEAD.length + DIGITS;
  for (let at = end - 1; at >= end - DIGITS; at--, rest = Math.floor(rest / 10))
    messages[at] = 0x30 + (rest % 10);
}

function send(to: number, batch: number): void {
  if (!isStream) {
    const sent = call("sendmmsg", undefined, () => sendmmsg(to, headers, batch, 0));
    if (sent < batch) throw new Error(`${sent} of ${batch} were sent`);
    return;
  }
  const bytes = batch * message.length;
  for (let at = 0; at < bytes; ) at += fs.writeSync(to, messages, at, bytes - at);
}
