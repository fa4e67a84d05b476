import assert from "node:assert/strict";
import { test } from "node:test";
import { type Datagrams, type Posix, posix as real, type Sockets } from "../../src/posix/index.ts";
import { DatagramSource, UNIX_BYTES } from "../../src/syslog/datagrams.ts";
import { mostLineBytes } from "../../src/syslog/line-writer.ts";
import { Output } from "../../src/syslog/output.ts";

const MESSAGE = Buffer.from("<30>Nov 20 16:05:34 web[1]: served");

/** A socket in which so many messages are found at each look, and whether each look waited for some. */
class Queue implements Datagrams {
  readonly memory: Buffer = MESSAGE;
  readonly waits: boolean[] = [];
  private readonly counts: number[];

  constructor(...counts: number[]) {
    this.counts = counts;
  }

  receive(wait: boolean): number {
    this.waits.push(wait);
    return this.counts.shift() ?? 0;
  }

  startOf = (): number => 0;
  lengthOf = (): number => MESSAGE.length;
  cutOf = (): number => 0;
  pidOf = (): number => 1;
  uidOf = (): number => 0;
  peerOf = (): string => "-";
}

/** @param msALook  how far the clock goes on whenever it is read */
function sourceOf(queue: Queue, msALook: number): DatagramSource {
  let nowMs = 0;
  const posix: Posix = { ...real, monotonicMs: () => (nowMs += msALook) };
  const sockets = { mailbox: () => queue, refuseMore: () => undefined } as unknown as Sockets;
  const output = new Output(posix, 1, mostLineBytes(UNIX_BYTES), () => undefined);
  const ownHost = Buffer.from("here");
  const about = { fd: 0, name: "/dev/log", isLocal: true, trustsHost: false, showsUser: false };
  return new DatagramSource({ posix, sockets, output, ownHost, ...about });
}

test("a socket that was quiet is not stood at", () => {
  const queue = new Queue(3);
  assert.equal(sourceOf(queue, 0).take(), "nothing");
  assert.deepEqual(queue.waits, [false, false]);
});

test("a busy socket is stood at for the next message", () => {
  const queue = new Queue(10);
  assert.equal(sourceOf(queue, 0).take(), "nothing");
  assert.deepEqual(queue.waits, [false, true]);
});

// Else the waiter, which rests when news are quick, leaves senders standing for as much as 40 ms.
test("a busy socket is stood at from one batch to the next, until nothing comes", () => {
  const queue = new Queue(10, 0, 0);
  const source = sourceOf(queue, 10);
  assert.equal(source.take(), "more");
  assert.equal(source.take(), "nothing");
  assert.equal(source.take(), "nothing");
  assert.deepEqual(queue.waits, [false, true, false]);
});

test("after a batch of few messages it is not stood at", () => {
  const queue = new Queue(7, 0);
  const source = sourceOf(queue, 10);
  assert.equal(source.take(), "more");
  assert.equal(source.take(), "nothing");
  assert.deepEqual(queue.waits, [false, false]);
});

test("a busy socket that refuses more is not stood at", () => {
  const queue = new Queue(10, 10, 0);
  const source = sourceOf(queue, 10);
  assert.equal(source.take(), "more");
  source.refuseMore();
  assert.equal(source.take(), "more");
  assert.equal(source.take(), "nothing");
  assert.deepEqual(queue.waits, [false, false, false]);
});

test("one that refuses more is not stood at within a batch either", () => {
  const queue = new Queue(10);
  const source = sourceOf(queue, 0);
  source.refuseMore();
  assert.equal(source.take(), "nothing");
  assert.deepEqual(queue.waits, [false, false]);
});
