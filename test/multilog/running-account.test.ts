import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import type { Account } from "../../src/multilog/account.ts";
import { RunningAccount } from "../../src/multilog/running-account.ts";
import { Trouble } from "../../src/multilog/trouble.ts";
import { posix, SystemFailure } from "../../src/posix/index.ts";
import { scratch } from "../posix/scratch.ts";
import { ACCOUNT } from "./accounts.ts";

test("trouble before the logs are open does not cost what an earlier account says", async (t) => {
  const path = scratch(t).in("stats");
  fs.writeFileSync(path, JSON.stringify(ACCOUNT));
  const trouble = new Trouble(posix, () => {}, 3_600_000);
  const books = {
    logdirs: [],
    counts: [],
    trouble,
    read: { lines: 0, bytes: 0 },
    latestNanos: () => 0n,
    repeatedLines: 0,
  };
  const account = new RunningAccount(posix, books, Buffer.from(path), () => {});
  const pause = trouble.pause(["link"], new SystemFailure("EIO", "link"));
  const written = (): Account => JSON.parse(fs.readFileSync(path, "utf8")) as Account;
  assert.equal(written().stalled.now?.reason, "unable to link, pausing: input/output error");
  trouble.wake();
  await pause;
  account.noteTaken(40, 4);
  account.write();
  assert.deepEqual([written().starts, written().read], [2, { lines: 7, bytes: 70 }]);
});
