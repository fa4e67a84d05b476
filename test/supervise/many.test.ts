/** Many supervisors in one process, on the real system. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { posix } from "../../src/posix/index.ts";
import { Supervisor } from "../../src/supervise/index.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { makeService } from "./against-c/supervised.ts";

const SERVICES = 40;
const RUN = "#!/bin/sh\nexec sleep 30\n";

test("supervisors share a process, and leave nothing in it", { timeout: 60_000 }, async (t) => {
  const cwd = temporaryDirectory(t);
  const said: string[] = [];
  const before = fs.readdirSync("/proc/self/fd").length;
  const names = Array.from({ length: SERVICES }, (_, at) => join(cwd, `s${at}`));
  const supervisors = names.map((directory) => {
    makeService(directory, { run: RUN });
    const say = (kind: string, line: Buffer): void => void said.push(`${kind}: ${line.toString()}`);
    return new Supervisor(posix, { directory, descriptors: new Map([[2, 2]]), say });
  });
  const pids = new Set(supervisors.map(({ process }) => process));
  assert.equal(pids.size, SERVICES);
  // One by its FIFO, the others by the library.
  const [first, ...others] = supervisors;
  fs.writeFileSync(join(cwd, "s0/supervise/control"), "dx");
  for (const supervisor of others) supervisor.command(Buffer.from("dx"));
  await Promise.all(supervisors.map(({ ended }) => ended));
  assert.equal(first?.process, 0);
  for (const pid of pids) await until("the end", () => !fs.existsSync(`/proc/${pid}`));
  assert.deepEqual(said, []);
  // The waiter's own two stay.
  assert.ok(fs.readdirSync("/proc/self/fd").length <= before + 2);
});
