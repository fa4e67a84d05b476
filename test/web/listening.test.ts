/** Where the server listens: unix sockets that come and go. */
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { AT_CWD, type Posix, posix } from "../../src/posix/index.ts";
import { listen } from "../../src/web/server/listening.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { makeTree, TestSite } from "./site.ts";

const timeout = 60_000;

/** Time passes as it is waited for. */
function hasty(onSleep: () => void = () => undefined): Posix {
  let now = 0;
  return {
    ...posix,
    monotonicMs: () => now,
    sleep: (ms) => {
      now += ms;
      onSleep();
      return Promise.resolve();
    },
  };
}

describe("a unix socket", () => {
  test("that took the place of another is not removed when that one ends", {
    timeout,
  }, async (t) => {
    const place = temporaryDirectory(t);
    const listenAt = { listen: { path: join(place, "web.sock") } };
    const first = await TestSite.start(t, [makeTree(t, {})], listenAt);
    fs.unlinkSync(listenAt.listen.path);
    const second = await TestSite.start(t, [makeTree(t, {})], listenAt);
    await first.serving.close();
    assert.equal((await second.ask("/healthz")).status, 200);
    await second.serving.close();
    assert.deepEqual(fs.readdirSync(place), []);
  });

  test("in a directory that is locked is waited for a while, and no longer", {
    timeout,
  }, async (t) => {
    const place = temporaryDirectory(t);
    const path = join(place, "web.sock");
    const holder = posix.openAt(AT_CWD, place, "directory");
    t.after(() => posix.close(holder));
    assert.equal(posix.lock(holder), true);
    const server = http.createServer();
    await assert.rejects(
      listen(hasty(), server, { path }),
      new RegExp(`${place} is locked by another program: end that, or choose another directory`),
    );
    assert.deepEqual([server.listening, fs.readdirSync(place)], [false, []]);
    const listening = await listen(
      hasty(() => posix.unlock(holder)),
      server,
      { path },
    );
    assert.equal(listening.address, path);
    listening.remove();
    server.close();
  });

  test("whose name is too long is refused in words", async (t) => {
    const place = temporaryDirectory(t);
    const path = join(place, "x".repeat(100));
    await assert.rejects(
      listen(posix, http.createServer(), { path }),
      /x{100} is too long: a unix socket's has at most 103 bytes/,
    );
    assert.deepEqual(fs.readdirSync(place), []);
  });
});
