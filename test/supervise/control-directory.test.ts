import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { posix } from "../../src/posix/index.ts";
import { ControlDirectory } from "../../src/supervise/control-directory.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** The descriptor of this process under which a file is open. */
function descriptorOf(path: string): number {
  const isIt = (fd: string): boolean => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  };
  return Number(fs.readdirSync("/proc/self/fd").find(isIt));
}

test("the lock is free when it is closed, also where a program holds a copy of it still", (t) => {
  const directory = fs.realpathSync(temporaryDirectory(t));
  const make = (): ControlDirectory => new ControlDirectory(posix, directory, () => undefined);
  const first = make();
  assert.throws(make, /supervise\/lock: temporary failure/);
  const lock = descriptorOf(join(directory, "supervise/lock"));
  // As one does between fork and exec, in which the C library's posix_spawn has returned already.
  const pid = posix.start("/bin/sleep", ["sleep", "1000"], { descriptors: new Map([[9, lock]]) });
  t.after(() => process.kill(pid, "SIGKILL"));
  first.close();
  make().close();
});
