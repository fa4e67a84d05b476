import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemFailure } from "../../src/posix/failure.ts";
import { causeText, Fatal, joined, orFatal, unableTo } from "../../src/posix/message.ts";

const NOT_UTF8 = Uint8Array.of(0x2e, 0x2f, 0xff, 0xe9);

test("joined puts file names through byte for byte, and text as UTF-8", () => {
  assert.deepEqual(joined([]), Buffer.alloc(0));
  assert.deepEqual(
    joined(["open ", NOT_UTF8, " é"]),
    Buffer.concat([Buffer.from("open "), NOT_UTF8, Buffer.from([0x20, 0xc3, 0xa9])]),
  );
});

test("unableTo says what was not possible, and why when there is a cause", () => {
  const cause = new SystemFailure("EAGAIN", "flock");
  assert.equal(
    unableTo(["lock directory ", "./main"], cause).toString(),
    "unable to lock directory ./main: temporary failure",
  );
  assert.equal(unableTo(["read ", "./main"]).toString(), "unable to read ./main");
});

test("causeText is daemontools' words, an error's message, or the thing itself", () => {
  assert.equal(causeText(new SystemFailure("EPERM", "setuid")), "permission denied");
  assert.equal(causeText(new RangeError("too large")), "too large");
  assert.equal(causeText(7), "7");
});

test("orFatal answers what the action answers", () => {
  assert.equal(
    orFatal(["count"], () => 3),
    3,
  );
});

test("orFatal makes a system failure the end of the command, exit code 111", () => {
  assert.throws(
    () =>
      orFatal(["open directory ", NOT_UTF8], () => {
        throw new SystemFailure("ENOTDIR", "open");
      }),
    (fatal) => {
      assert.ok(fatal instanceof Fatal);
      assert.equal(fatal.exitCode, 111);
      assert.deepEqual(
        fatal.line,
        joined(["unable to open directory ", NOT_UTF8, ": not a directory"]),
      );
      return true;
    },
  );
});

test("orFatal lets our own mistakes through as they are", () => {
  const own = new TypeError("ours");
  assert.throws(
    () =>
      orFatal(["count"], () => {
        throw own;
      }),
    own,
  );
});
