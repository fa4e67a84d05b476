/** Who is let in, and what nobody can do. */
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { posix } from "../../src/posix/index.ts";
import { setPassword } from "../../src/web/index.ts";
import { Scanned, SLEEPER } from "../supervise/against-c/scanned.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { CHANGING, makeTree, raw, type Stream, TestSite } from "./site.ts";
import { basic, makeUsers, PASSWORD } from "./users.ts";

const timeout = 60_000;

describe("who is let in", { concurrency: 2 }, () => {
  test("a user and a password, known and unknown, right and wrong", { timeout }, async (t) => {
    const users = await makeUsers(t);
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })], { users });
    const asked = await site.ask("/api/services");
    assert.deepEqual(
      [asked.status, asked.headers["www-authenticate"]],
      [401, 'Basic realm="timberline", charset="UTF-8"'],
    );
    assert.equal(await site.refusal("/nowhere"), "401 login-needed");
    assert.equal(
      await site.refusal("/api/me", { headers: basic("admin", "wrong") }),
      "401 login-wrong",
    );
    assert.equal(
      await site.refusal("/api/me", { headers: basic("nobody", PASSWORD) }),
      "401 login-wrong",
    );
    for (const header of [
      "",
      "Basic",
      "Basic !!!",
      "Bearer x",
      `Basic ${"A".repeat(3000)}`,
      "Basic YWRtaW4=",
    ])
      assert.equal(
        await site.refusal("/api/me", { headers: { authorization: header } }),
        "401 login-needed",
      );
    const well = await site.ask("/api/me", { headers: basic("admin", PASSWORD) });
    assert.deepEqual([well.status, (well.json() as { user: string }).user], [200, "admin"]);
    // Alone it tells nothing.
    assert.equal((await site.ask("/healthz")).status, 200);
    const act = { method: "POST", headers: { ...CHANGING, ...basic("admin", PASSWORD) } };
    await site.ask("/api/services/web/start", act);
    assert.deepEqual(site.said, [
      "change by admin@127.0.0.1: start web: unable to control web: file does not exist",
    ]);
  });

  test("wrong passwords in a row are not looked at for a while; who is known already is let in", {
    timeout,
  }, async (t) => {
    const users = await makeUsers(t);
    const site = await TestSite.start(t, [makeTree(t, {})], { users });
    const right = { headers: basic("admin", PASSWORD) };
    assert.equal((await site.ask("/api/me", right)).status, 200);
    const codes: string[] = [];
    for (let n = 0; n < 8; n++)
      codes.push(await site.refusal("/api/me", { headers: basic("admin", `guess ${n}`) }));
    assert.deepEqual([...new Set(codes)], ["401 login-wrong", "429 too-many-attempts"]);
    const late = await site.ask("/api/me", { headers: basic("admin", "another") });
    assert.ok(Number(late.headers["retry-after"]) >= 1);
    assert.equal((await site.ask("/api/me", right)).status, 200);
  });

  test("many at once guess no more than one after the other", { timeout }, async (t) => {
    const users = await makeUsers(t);
    const site = await TestSite.start(t, [makeTree(t, {})], { users });
    const guesses = Array.from({ length: 30 }, (_, n) =>
      site.refusal("/api/me", { headers: basic("admin", `guess ${n}`) }),
    );
    const answers = await Promise.all(guesses);
    assert.ok(answers.filter((code) => code.startsWith("401")).length <= 4, answers.join());
    // The same one, as a browser sends it with each of its first requests, is one attempt.
    const other = await TestSite.start(t, [makeTree(t, {})], { users });
    const right = Array.from({ length: 30 }, () =>
      other.ask("/api/me", { headers: basic("admin", PASSWORD) }),
    );
    assert.deepEqual([...new Set((await Promise.all(right)).map(({ status }) => status))], [200]);
  });

  test("one who is unknown is not told from one whose password is wrong by the time it takes", {
    timeout,
  }, async (t) => {
    const users = await makeUsers(t, true);
    const site = await TestSite.start(t, [makeTree(t, {})], { users });
    const spent = async (name: string): Promise<number> => {
      const before = process.cpuUsage();
      await site.ask("/api/me", { headers: basic(name, "guess") });
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    // Processor time, as this machine's clock is everybody's.
    const [known, unknown] = [await spent("admin"), await spent("nobody")];
    assert.ok(unknown > known / 4 && known > unknown / 4, `${known} and ${unknown} µs`);
  });

  test("a change of the users counts at once, and a file that others may read lets nobody in", {
    timeout,
  }, async (t) => {
    const users = await makeUsers(t);
    const site = await TestSite.start(t, [makeTree(t, {})], { users });
    const asAdmin = { headers: basic("admin", PASSWORD) };
    assert.equal((await site.ask("/api/me", asAdmin)).status, 200);
    fs.chmodSync(users, 0o644);
    assert.equal(await site.refusal("/api/me", asAdmin), "401 login-wrong");
    assert.match(
      site.said.join("\n"),
      /warning: .*users: others may read or write it: chmod 600 it; until then nobody/,
    );
    fs.chmodSync(users, 0o600);
    await setPassword(posix, users, "admin", "another one");
    await until("it to be wrong", async () => (await site.ask("/api/me", asAdmin)).status === 401);
    await until(
      "the new one",
      async () =>
        (await site.ask("/api/me", { headers: basic("admin", "another one") })).status === 200,
    );
    assert.equal(fs.statSync(users).mode & 0o777, 0o600);
  });

  test("files of users that are none are refused before anything listens", {
    timeout,
  }, async (t) => {
    const users = await makeUsers(t);
    const tree = makeTree(t, {});
    const start = (file: string): Promise<TestSite> => TestSite.start(t, [tree], { users: file });
    await assert.rejects(
      start(`${users}.none`),
      /there is no such file: make it with svweb passwd/,
    );
    fs.appendFileSync(users, "# a remark\n\nbad line\n");
    await assert.rejects(start(users), /line 4 is no user: write NAME:scrypt/);
  });

  test("in a tree that is only shown nothing is changed", async (t) => {
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })], {
      readOnly: true,
    });
    const asking = { method: "POST", headers: CHANGING };
    assert.equal(await site.refusal("/api/services/web/stop", asking), "403 read-only");
    const me = (await site.ask("/api/me")).json() as { readOnly: boolean };
    assert.equal(me.readOnly, true);
    assert.equal((await site.ask("/api/services/web")).status, 200);
  });
});

describe("other people's pages", { concurrency: 2 }, () => {
  test("a name that was made to lead here is not answered", async (t) => {
    const hosts = ["box.example"];
    const site = await TestSite.start(t, [makeTree(t, {})], { hosts });
    const code = async (host: string): Promise<string> =>
      (await site.ask("/api/me", { headers: { host } })).status === 200
        ? ""
        : site.refusal("/api/me", { headers: { host } });
    assert.deepEqual(await Promise.all(["localhost:1", "127.0.0.1", "Box.Example:8"].map(code)), [
      "",
      "",
      "",
    ]);
    for (const host of ["evil.example", "evil.example:9001", "x.box.example"])
      assert.equal(await code(host), "421 wrong-host");
    assert.match(await raw(site, "GET /api/me HTTP/1.1\r\n\r\n"), /^HTTP\/1\.1 400 /);
    assert.match(await raw(site, "GET /api/me HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 421 /);
  });

  test("their requests change nothing, and are not answered", async (t) => {
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })]);
    const path = "/api/services/web/start";
    const own = `http://127.0.0.1:${site.port}`;
    const post = (headers: Record<string, string>, body?: string) => ({
      method: "POST",
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const host = `127.0.0.1:${site.port}`;
    assert.equal(
      await site.refusal(path, post({ ...CHANGING, origin: "http://evil.example" })),
      "403 wrong-origin",
    );
    assert.equal(
      await site.refusal(path, post({ ...CHANGING, origin: "null" })),
      "403 wrong-origin",
    );
    assert.equal(
      await site.refusal("/api/services", { headers: { origin: "http://evil.example" } }),
      "403 wrong-origin",
    );
    // As an image or a frame asks, which names no origin; another port's page is no more ours.
    for (const from of ["cross-site", "same-site"])
      for (const headers of [
        { "sec-fetch-site": from, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
        { "sec-fetch-site": from, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
        { "sec-fetch-site": from, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
      ])
        assert.equal(await site.refusal("/api/services?glob=*", { headers }), "403 wrong-origin");
    for (const ours of ["same-origin", "none"])
      assert.equal(
        (await site.ask("/api/services", { headers: { "sec-fetch-site": ours } })).status,
        200,
      );
    // As a form sends it.
    for (const type of [
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "text/plain",
    ])
      assert.equal(
        await site.refusal(path, post({ "content-type": type, origin: own, host }, "{}")),
        "403 no-form",
      );
    assert.equal(await site.refusal(path, post({})), "403 no-form");
    // The browser asks before it sends our header from there.
    assert.equal(
      await site.refusal(path, { method: "OPTIONS", headers: { origin: "http://evil.example" } }),
      "403 wrong-origin",
    );
    assert.deepEqual(site.said, []);
    assert.equal((await site.ask(path, post({ ...CHANGING, origin: own, host }))).status, 200);
    assert.equal(
      (
        await site.ask(
          "/api/act",
          post({ "content-type": "application/json" }, '{"names":["web"],"action":"start"}'),
        )
      ).status,
      200,
    );
    assert.equal(site.said.length, 2);
  });

  test("nothing is changed by GET", async (t) => {
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })]);
    for (const { method, url } of site.serving.routes) {
      const isChanging = /act\b|:action/.test(url);
      assert.equal(method, isChanging ? "POST" : url.startsWith("/RPC2") ? "POST" : "GET", url);
    }
    for (const action of ["start", "stop", "restart"])
      assert.equal(await site.refusal(`/api/services/web/${action}`), "404 not-found");
    assert.deepEqual(site.said, []);
  });

  test("each answer says that nothing of others is run, framed or kept", async (t) => {
    const users = await makeUsers(t);
    const site = await TestSite.start(
      t,
      [makeTree(t, { web: { run: SLEEPER, "log/script": "./main\n", "log/main/current": "x\n" } })],
      { users },
    );
    const headers = basic("admin", PASSWORD);
    const answers = await Promise.all([
      site.ask("/api/services"),
      ...[
        "/api/services",
        "/api/services/web/log",
        "/metrics",
        "/nowhere",
        "/api/services/nix",
        "/healthz",
      ].map((path) => site.ask(path, { headers })),
    ]);
    for (const { headers: found, status } of answers) {
      assert.match(
        found["content-security-policy"]?.toString() ?? "",
        /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
        String(status),
      );
      assert.deepEqual(
        [
          found["x-content-type-options"],
          found["x-frame-options"],
          found["cache-control"],
          found["referrer-policy"],
        ],
        ["nosniff", "DENY", "no-store", "no-referrer"],
      );
      assert.equal(found["access-control-allow-origin"], undefined);
    }
    const malformed = await raw(site, "NONSENSE\r\n\r\n");
    assert.match(
      malformed,
      /^HTTP\/1\.1 400 Bad Request\r\n.*x-content-type-options: nosniff.*"malformed-request"/s,
    );
  });
});

describe("bounds", { concurrency: 2 }, () => {
  test("malformed requests are answered or hung up, and the next one is served", {
    timeout,
  }, async (t) => {
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })]);
    const host = "Host: localhost\r\n";
    const cases: [string | Buffer, RegExp][] = [
      ["\0\0\0\0\r\n\r\n", /^HTTP\/1\.1 400 /],
      ["GET / HTTP/9.9\r\n\r\n", /^HTTP\/1\.1 400 /],
      [`GET /${"x".repeat(20_000)} HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 431 /],
      [`GET / HTTP/1.1\r\n${host}X: ${"y".repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
      [
        `POST /api/act HTTP/1.1\r\n${host}X-Timberline: 1\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n`,
        /^HTTP\/1\.1 413 /,
      ],
      [
        `POST /api/act HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        /^HTTP\/1\.1 400 /,
      ],
      [
        `POST /api/act HTTP/1.1\r\n${host}X-Timberline: 1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
        /^HTTP\/1\.1 400 /,
      ],
      [`GET /%zz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [
        Buffer.from(`GET /\xff\xfe HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, "latin1"),
        /^HTTP\/1\.1 40[04] /,
      ],
    ];
    for (const [bytes, expected] of cases) assert.match(await raw(site, bytes), expected);
    assert.equal((await site.ask("/healthz")).status, 200);
  });

  test("no more wait at once than there is room for", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n" },
    });
    await scanned.isUp("web");
    const site = await TestSite.start(t, [scanned.tree]);
    const asked = Array.from({ length: 300 }, () => site.post("/api/services/web/stop?wait=60"));
    const refused = 300 - 256;
    const seen: number[] = [];
    const over = asked.map(async (answer) => void seen.push((await answer).status));
    await until("those that are too many", () => seen.length === refused);
    assert.deepEqual([...new Set(seen)], [503]);
    await site.post("/api/services/web/kill");
    await Promise.all(over);
    assert.equal(seen.filter((status) => status === 200).length, 256);
  });

  test("there are no more viewers, streams and connections than there is room for", {
    timeout,
  }, async (t) => {
    const files = { run: SLEEPER, "log/script": "./main\n", "log/main/current": "hello\n" };
    const site = await TestSite.start(t, [makeTree(t, { web: files })]);
    const open = async (count: number, path: string): Promise<Stream[]> =>
      Promise.all(Array.from({ length: count }, () => site.open(t, path)));
    const viewers = await open(400, "/api/events");
    assert.equal(await site.refusal("/api/events"), "503 too-many-viewers");
    const logs = await open(100, "/api/services/web/log?follow=1");
    assert.equal(await site.refusal("/api/services/web/log"), "503 too-many-streams");
    assert.equal((await site.ask("/api/services")).status, 200);
    const sockets = Array.from({ length: 600 }, () => net.connect(site.port, "127.0.0.1"));
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    let refused = 0;
    for (const socket of sockets) {
      socket.on("error", () => undefined);
      socket.on("close", () => refused++);
    }
    // Of those beside the 500 that are served; what is refused is hung up on.
    await until("the last to be refused", () => refused === 600 - 524);
    for (const stream of [...viewers, ...logs]) stream.response.destroy();
    await until("room for others", async () => {
      const answer = await site.ask("/healthz").catch(() => undefined);
      return answer?.status === 200;
    });
    const again = await site.open(t, "/api/services/web/log?follow=1");
    assert.equal(again.response.statusCode, 200);
  });

  test("hostile names are one line of the record, and cannot be made from outside", async (t) => {
    const tree = makeTree(t, {});
    fs.mkdirSync(join(tree, "a\nchange by root: stop all\u001b[2J"));
    const site = await TestSite.start(t, [tree]);
    const [view] = site.tree.services();
    assert.equal(view?.name, "a\\x0achange by root: stop all\\x1b[2J");
    await site.post(`/api/services/${encodeURIComponent(view.name)}/start`);
    await site.post(`/api/services/${encodeURIComponent("x\ny")}/start`);
    assert.equal(site.said.length, 1);
    assert.match(site.said[0] ?? "", /^change by 127\.0\.0\.1: start a\\x0achange by root[^\n]*$/);
  });
});

describe("a unix socket", () => {
  test("is its owner's alone from the first moment, and says who asks", { timeout }, async (t) => {
    const path = join(temporaryDirectory(t), "web.sock");
    const modes: number[] = [];
    const umask = process.umask(0);
    t.after(() => void process.umask(umask));
    const watcher = fs.watch(join(path, ".."), () => {
      if (fs.existsSync(path)) modes.push(fs.statSync(path).mode & 0o777);
    });
    t.after(() => watcher.close());
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })], {
      listen: { path },
    });
    assert.equal(fs.statSync(path).mode & 0o777, 0o600);
    assert.equal(process.umask(), 0);
    // No browser comes this way: whatever the name.
    assert.equal((await site.ask("/api/me", { headers: { host: "anything" } })).status, 200);
    await site.post("/api/services/web/start");
    assert.match(site.said.join(), new RegExp(`^change by uid ${process.getuid?.()}: start web`));
    await assert.rejects(
      TestSite.start(t, [makeTree(t, {})], { listen: { path } }),
      /web\.sock is in use: another svweb/,
    );
    await site.serving.close();
    assert.equal(fs.existsSync(path), false);
    assert.deepEqual(
      modes.filter((mode) => mode !== 0o600),
      [],
    );
  });

  test("one that was left behind is replaced, a file is not", { timeout }, async (t) => {
    const place = temporaryDirectory(t);
    const path = join(place, "web.sock");
    const dead = net.createServer();
    await new Promise<void>((resolve) => dead.listen(path, resolve));
    fs.renameSync(path, join(place, "kept"));
    await new Promise((resolve) => dead.close(resolve));
    fs.renameSync(join(place, "kept"), path);
    const site = await TestSite.start(t, [makeTree(t, {})], { listen: { path } });
    assert.equal((await site.ask("/healthz")).status, 200);
    const file = join(place, "file");
    fs.writeFileSync(file, "precious");
    await assert.rejects(
      TestSite.start(t, [makeTree(t, {})], { listen: { path: file } }),
      /is there and is no socket/,
    );
    assert.equal(fs.readFileSync(file, "utf8"), "precious");
  });
});
