/** Connections that end when nobody expects it, and those that never should have been. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, test } from "node:test";
import { Scanned, SLEEPER } from "../supervise/against-c/scanned.ts";
import type { Scope } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { makeTree, raw, TestSite } from "./site.ts";
import { basic, makeUsers, PASSWORD } from "./users.ts";

const timeout = 60_000;
const HOST = "Host: localhost\r\n";
const GET_ME = `GET /api/me HTTP/1.1\r\n${HOST}\r\n`;
const GET_EVENTS = `GET /api/events HTTP/1.1\r\n${HOST}\r\n`;

async function connect(scope: Scope, site: TestSite): Promise<net.Socket> {
  const socket = net.connect(site.port, "127.0.0.1");
  scope.after(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** How many watch the tree, from now on. */
function countWatchers(site: TestSite): () => number {
  let count = 0;
  const watch = site.tree.watch.bind(site.tree);
  site.tree.watch = (listener) => {
    const stop = watch(listener);
    count++;
    return () => {
      count--;
      stop();
    };
  };
  return () => count;
}

describe("connections", { concurrency: 2 }, () => {
  test("requests behind one that is not answered are over when the connection is", {
    timeout,
  }, async (t) => {
    const files = { run: SLEEPER, "log/script": "./main\n", "log/main/current": "x\n" };
    const site = await TestSite.start(t, [makeTree(t, { web: files })]);
    const watchers = countWatchers(site);
    const bad = `GET /%zz HTTP/1.1\r\n${HOST}\r\n`;
    const log = `GET /api/services/web/log?follow=1 HTTP/1.1\r\n${HOST}\r\n`;
    const leave = async (asked: string): Promise<void> => {
      const socket = await connect(t, site);
      socket.write(GET_EVENTS + asked.repeat(15));
      await once(socket, "data");
      socket.destroy();
    };
    // Each kind more often than there is room for it.
    for (let n = 0; n < 35; n++) await Promise.all([leave(GET_ME), leave(bad)]);
    for (let n = 0; n < 30; n++) await leave(GET_EVENTS);
    for (let n = 0; n < 8; n++) await leave(log);
    await until("nobody to watch", () => watchers() === 0, 5000);
    for (const path of ["/api/me", "/api/services/web/log"])
      assert.equal((await site.ask(path)).status, 200, path);
    assert.equal((await site.open(t, "/api/events")).response.statusCode, 200);
  });

  test("so many may be sent ahead, and no more", { timeout }, async (t) => {
    const site = await TestSite.start(t, [makeTree(t, {})]);
    const last = GET_ME.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    const answered = await raw(site, GET_ME.repeat(15) + last);
    assert.equal(answered.split("HTTP/1.1 200 OK").length, 17);
    // Hung up on, though the first is not over.
    await raw(site, GET_EVENTS + GET_ME.repeat(16));
    await raw(site, GET_EVENTS + GET_ME.repeat(1500));
    assert.equal((await site.ask("/api/me")).status, 200);
  });

  test("one after the other, a connection may ask as often as it likes", { timeout }, async (t) => {
    const site = await TestSite.start(t, [makeTree(t, {})]);
    const socket = await connect(t, site);
    for (let n = 0; n < 50; n++) {
      socket.write(n % 2 === 0 ? GET_ME : `GET /api/services HTTP/1.1\r\n${HOST}\r\n`);
      const [part] = (await once(socket, "data")) as [Buffer];
      assert.match(part.toString(), /^HTTP\/1\.1 200 .*\}$/s);
    }
    assert.equal(socket.destroyed, false);
  });

  test("who leaves while the password is looked at is no viewer", { timeout }, async (t) => {
    const users = await makeUsers(t, true);
    const site = await TestSite.start(t, [makeTree(t, {})], { users });
    const watchers = countWatchers(site);
    const { authorization = "" } = basic("admin", PASSWORD);
    const socket = await connect(t, site);
    const asked = GET_EVENTS.replace("\r\n\r\n", `\r\nAuthorization: ${authorization}\r\n\r\n`);
    socket.end(asked);
    await once(socket.resume(), "close");
    // The same attempt, and behind the other.
    assert.equal((await site.ask("/api/me", { headers: { authorization } })).status, 200);
    await until("nobody to watch", () => watchers() === 0, 5000);
  });

  test("who has sent a change and is gone at once is named all the same", {
    timeout,
  }, async (t) => {
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })]);
    for (let n = 0; n < 20; n++) {
      const socket = await connect(t, site);
      socket.write(
        `POST /api/services/web/start HTTP/1.1\r\n${HOST}X-Timberline: 1\r\nContent-Length: 0\r\n\r\n`,
      );
      socket.resetAndDestroy();
    }
    await site.post("/api/services/web/start");
    assert.deepEqual(
      [...new Set(site.said)],
      ["change by 127.0.0.1: start web: unable to control web: file does not exist"],
    );
  });

  test("whoever waits for an outcome and leaves waits no more", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n" },
    });
    await scanned.isUp("web");
    const site = await TestSite.start(t, [scanned.tree]);
    const waiting = site.request(
      "/api/services/web/stop?wait=600",
      { method: "POST", headers: { "x-timberline": "1" } },
      () => undefined,
    );
    waiting.on("error", () => undefined);
    await until("the command", () => scanned.status("web")?.want === "down");
    waiting.destroy();
    await until("the record", () => site.said.length === 1, 5000);
    assert.match(site.said[0] ?? "", /: stop web: not down when who asked left$/);
  });

  test("no number is beyond all bounds", async (t) => {
    const site = await TestSite.start(t, [
      makeTree(t, {
        web: { run: SLEEPER, "log/script": "./main\n", "log/main/current": "x\n" },
      }),
    ]);
    for (const word of ["Infinity", "-Infinity", "1e999", "NaN"]) {
      const asking = { method: "POST", headers: { "x-timberline": "1" } };
      assert.equal(
        await site.refusal(`/api/services/web/stop?wait=${word}`, asking),
        "400 bad-request",
        word,
      );
      for (const name of ["around", "limit"])
        assert.equal(
          await site.refusal(`/api/services/web/log?grep=x&${name}=${word}`),
          "400 bad-request",
          `${name}=${word}`,
        );
    }
    for (const wait of ['"Infinity"', "1e999", '"1e999"']) {
      const body = `{"names":["web"],"action":"stop","wait":${wait}}`;
      const headers = { "content-type": "application/json" };
      assert.equal(
        await site.refusal("/api/act", { method: "POST", headers, body }),
        "400 bad-request",
        wait,
      );
    }
    assert.deepEqual(site.said, []);
  });

  test("a path that is none passes the gate, and its answer says what all say", async (t) => {
    const users = await makeUsers(t);
    const site = await TestSite.start(t, [makeTree(t, {})], { users });
    const headers = basic("admin", PASSWORD);
    for (const path of ["/%zz", `/api/services/${"x".repeat(1100)}`]) {
      assert.equal(await site.refusal(path), "401 login-needed");
      assert.equal(
        await site.refusal(path, { headers: { ...headers, host: "evil.example" } }),
        "421 wrong-host",
      );
      assert.equal(
        await site.refusal(path, { headers: { ...headers, origin: "http://evil.example" } }),
        "403 wrong-origin",
      );
      const answer = await site.ask(path, { headers });
      assert.ok([400, 414].includes(answer.status), String(answer.status));
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
    }
  });
});
