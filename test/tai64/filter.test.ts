import assert from "node:assert/strict";
import { test } from "node:test";
import { type OwnProcess, runCommand, type StartRecord } from "../../src/tai64/command.ts";
import { type ByteFilter, type FilterSystem, runFilter } from "../../src/tai64/filter.ts";

/** Passes on what it gets, and a full stop at the end. */
class Copier implements ByteFilter {
  readonly memory: Uint8Array = new Uint8Array(8);
  readonly inputAt = 0;
  readonly inputRoom = 8;
  take(length: number, write: (memory: Uint8Array, from: number, to: number) => void): void {
    write(this.memory, 0, length);
  }
  finish(write: (memory: Uint8Array, from: number, to: number) => void): void {
    write(Buffer.from("."), 0, 1);
  }
}

type Step = string | number;

/**
 * A system whose reads give the steps of `input` (a text, or a code to fail with), and whose writes
 * take as many bytes as the steps of `output` say (all of them when these have run out).
 */
function scripted(input: readonly Step[], output: readonly Step[] = []) {
  const reads = [...input];
  const writes = [...output];
  const calls: string[] = [];
  let written = "";
  const fail = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  const system: FilterSystem = {
    read: (fd, memory, offset) => {
      const step = reads.shift() ?? "";
      calls.push(`read ${fd}`);
      if (typeof step === "string" && step.startsWith("E")) fail(step);
      return Buffer.from(memory.buffer).write(String(step), offset, "latin1");
    },
    write: (fd, memory, offset, length) => {
      const step = writes.shift() ?? length;
      calls.push(`write ${fd}`);
      if (typeof step === "string") return fail(step);
      const taken = Math.min(step, length);
      written += Buffer.from(memory.subarray(offset, offset + taken)).toString("latin1");
      return taken;
    },
    poll: (fd, events) => {
      calls.push(`poll ${fd} for ${events}`);
      return events;
    },
  };
  return { system, calls, written: () => written };
}

test("a filter writes all that it read before it reads again", () => {
  const { system, calls, written } = scripted(["abc", "defg"], [1, 2]);
  runFilter(system, 0, 1, new Copier());
  assert.equal(written(), "abcdefg.");
  assert.deepEqual(calls, [
    "read 0",
    "write 1",
    "write 1",
    "read 0",
    "write 1",
    "read 0",
    "write 1",
  ]);
});

test("a filter waits for a descriptor that somebody made non-blocking", () => {
  const { system, calls, written } = scripted(["EAGAIN", "ab"], ["EAGAIN", 1, "EAGAIN", 1]);
  runFilter(system, 0, 1, new Copier());
  assert.equal(written(), "ab.");
  assert.deepEqual(calls.slice(0, 8), [
    "read 0",
    "poll 0 for 1",
    "read 0",
    "write 1",
    "poll 1 for 4",
    "write 1",
    "write 1",
    "poll 1 for 4",
  ]);
});

class Left extends Error {}

/** Runs a command on a scripted system; what it did to its process, in order. */
function ended(system: FilterSystem, start: Partial<StartRecord> = {}): string[] {
  const acts: string[] = [];
  const self: OwnProcess = {
    pid: 7,
    on: (signal) => acts.push(`on ${signal}`),
    off: (signal) => acts.push(`off ${signal}`),
    kill: (pid, signal) => acts.push(`kill ${pid} ${signal}`),
    exit: (code) => {
      acts.push(`exit ${code}`);
      throw new Left();
    },
  };
  const record = { inherited: [0, 1, 2], ignoredSignals: 0n, ...start };
  assert.throws(() => runCommand(new Copier(), system, record, self), Left);
  return acts;
}

test("a command exits 0 at the end of input, 111 when reading or writing fails", () => {
  assert.deepEqual(ended(scripted(["a"]).system), ["exit 0"]);
  assert.deepEqual(ended(scripted(["EIO"]).system), ["exit 111"]);
  assert.deepEqual(ended(scripted(["a"], ["ENOSPC"]).system), ["exit 111"]);
});

test("a command whose reader is gone dies of SIGPIPE, unless its caller ignored that", () => {
  const acts = ["on SIGPIPE", "off SIGPIPE", "kill 7 SIGPIPE", "exit 111"];
  assert.deepEqual(ended(scripted(["a"], ["EPIPE"]).system), acts);
  const ignored = { ignoredSignals: 1n << 12n };
  assert.deepEqual(ended(scripted(["a"], ["EPIPE"]).system, ignored), ["exit 111"]);
});

test("a standard descriptor that was closed at the start is not taken for Node's /dev/null", () => {
  const closedOutput = scripted(["a"]);
  ended(closedOutput.system, { inherited: [0, 2] });
  assert.deepEqual(closedOutput.calls, [
    "read 0",
    "write 2147483647",
    "read 0",
    "write 2147483647",
  ]);
  const closedInput = scripted(["a"]);
  ended(closedInput.system, { inherited: [1, 2] });
  assert.equal(closedInput.calls[0], "read 2147483647");
});

test("an error that is not the system's is ours: 101, and told", () => {
  const { system, written } = scripted(["a"]);
  const broken: FilterSystem = {
    ...system,
    read: () => {
      throw new TypeError("a mistake");
    },
  };
  assert.deepEqual(ended(broken), ["exit 101"]);
  assert.match(written(), /internal error: TypeError: a mistake/);
});
