// Not tested: EINTR (no test can time it).
import assert from "node:assert/strict";
import { test } from "node:test";
import { bind, bindAsync, call, callOrNothing, cString } from "../../src/posix/libc.ts";

const close = bind("int close(int fd)");
const missing = "int timberline_no_such_function(int a)";

test("a call that answers -1 is a failure with the errno's name", () => {
  const failing = (): number => call("close", "x", () => close(12_345));
  assert.throws(failing, { code: "EBADF", syscall: "close", path: "x" });
  assert.equal(
    call("answer", undefined, () => 7),
    7,
  );
});

test("a call that may find nothing answers -1 for that, and fails for the rest", () => {
  assert.equal(
    callOrNothing("answer", () => 0),
    0,
  );
  assert.throws(() => callOrNothing("close", () => close(12_345)), { code: "EBADF" });
});

test("a function that this system lacks fails with ENOSYS when it is called, and not before", async () => {
  const lacking = bind(missing);
  const lackingAsync = bindAsync(missing);
  const enosys = { code: "ENOSYS", text: "system call not available" };
  assert.throws(() => lacking(1), { ...enosys, syscall: "timberline_no_such_function" });
  await assert.rejects(lackingAsync(1), enosys);
});

test("a function runs in a pool thread, and tells what it answers", async () => {
  assert.equal(await bindAsync("int abs(int a)")(-7), 7);
});

test("a name for C ends with a NUL, and has none inside", () => {
  assert.deepEqual(cString("é", "open"), Buffer.from([0xc3, 0xa9, 0]));
  assert.deepEqual(cString(Uint8Array.of(0xff), "open"), Buffer.from([0xff, 0]));
  assert.deepEqual(cString("", "open"), Buffer.from([0]));
  assert.throws(() => cString("a\0", "open"), { code: "ENOENT", syscall: "open", path: "a\0" });
});
