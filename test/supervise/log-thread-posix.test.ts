import assert from "node:assert/strict";
import { test } from "node:test";
import { type Posix, posix, SystemFailure } from "../../src/posix/index.ts";
import { LogThreadPosix } from "../../src/supervise/log-thread-posix.ts";

/** A system that refuses so many descriptors. */
function refusing(
  times: number,
  code: string,
): { readonly posix: Posix; readonly rests: number[] } {
  const rests: number[] = [];
  let left = times;
  const refuse = <T>(open: () => T): T => {
    if (left-- > 0) throw new SystemFailure(code, "open");
    return open();
  };
  const system: Posix = {
    ...posix,
    openAt: () => refuse(() => 3),
    pipe: () => refuse(() => [3, 4]),
    list: () => refuse(() => []),
    standStill: (ms) => void rests.push(ms),
  };
  const { posix: seen } = new LogThreadPosix({ held: new Uint8Array(8) }, () => undefined, system);
  return { posix: seen, rests };
}

const opens: readonly ((system: Posix) => unknown)[] = [
  (system) => system.openAt(3, "current", "read"),
  (system) => system.pipe(),
  (system) => system.list(3),
];

test("the limit of a program that is being started is waited out", () => {
  for (const open of opens) {
    const { posix: seen, rests } = refusing(3, "EMFILE");
    open(seen);
    assert.equal(rests.length, 3);
  }
});

test("a limit that stays, and any other failure, is told", () => {
  for (const open of opens) {
    assert.throws(() => open(refusing(1000, "EMFILE").posix), { code: "EMFILE" });
    const { posix: seen, rests } = refusing(1, "ENOENT");
    assert.throws(() => open(seen), { code: "ENOENT" });
    assert.equal(rests.length, 0);
  }
});
