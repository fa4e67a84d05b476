/** Supervisor's paths over HTTP: what is a call and what is none, and the streams of logs. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { until } from "../../support/until.ts";
import { putFiles } from "../site.ts";
import { call, post, Raw, request } from "./http.ts";
import { Served } from "./served.ts";
import { callText } from "./xml-text.ts";

const timeout = 60_000;
const VERSION = callText("supervisor.getVersion");
const STAMP = "@400000006b0020530754d4c0";
const TIME = /2026-11-20 \d\d:26:17\.12300/;

/** Two services that nobody runs, and their logs. */
function fill({ services }: Served): void {
  putFiles(services, {
    "web/run": "",
    "web/log/script": "t\n./main\n",
    "web/log/main/current": `${STAMP} first\n${STAMP} hä\n`,
    "bare/run": "",
  });
}

const overUsual = (t: TestContext): Promise<Served> => Served.over(t, fill);
const currentOf = ({ services }: Served): string => join(services, "web/log/main/current");
const HEAD = " HTTP/1.1\r\nHost: \r\nAccept-Encoding: chunked\r\nAccept: */*\r\n\r\n\r\n";

// One after the other: what the memory of this process grows by is one test's.
describe("Supervisor's paths", { concurrency: 1 }, () => {
  test("calls are answered over a unix socket and over TCP, below the path as well", {
    timeout,
  }, async (t) => {
    const served = await overUsual(t);
    for (const place of [served.socket, served.port])
      assert.equal(await call(place, "supervisor.getVersion"), "3.0");
    const { status, headers, body } = await post(served.socket, VERSION, "/RPC2/any");
    assert.deepEqual([status, headers["content-type"]], [200, "text/xml"]);
    assert.equal(Number(headers["content-length"]), Buffer.byteLength(body));
    const log = await post(served.socket, callText("supervisor.readProcessLog", "web", 0, 0));
    assert.match(
      log.body,
      new RegExp(`<string>${TIME.source} first\n${TIME.source} hä\n</string>`),
    );
    assert.equal(Number(log.headers["content-length"]), Buffer.byteLength(log.body));
  });

  test("what is no call is refused with a status", { timeout }, async (t) => {
    const { socket } = await overUsual(t);
    const xml = { "content-type": "text/xml" };
    assert.equal((await post(socket, "garbage")).status, 400);
    assert.match((await post(socket, "<!DOCTYPE a><a/>")).body, /document type is refused/);
    assert.equal((await post(socket, "<a>&lt;script></a>")).body.includes("<script>"), false);
    assert.equal((await request(socket, "/RPC2")).status, 404);
    const long = await post(socket, callText("a.b", "x".repeat(300_000)));
    assert.equal(long.status, 413);
    for (const [type, status] of [
      ["text/plain", 403],
      ["application/x-www-form-urlencoded", 403],
      ["application/json", 415],
    ] as const) {
      const headers = { "content-type": type };
      const answer = await request(socket, "/RPC2", { method: "POST", headers, body: VERSION });
      assert.equal(answer.status, status, type);
    }
    const utf8 = { "content-type": "text/xml; charset=utf-8" };
    for (const headers of [xml, utf8]) {
      const answer = await request(socket, "/RPC2", { method: "POST", headers, body: VERSION });
      assert.equal(answer.status, 200);
    }
  });

  test("connections are kept, and calls may come one behind the other", { timeout }, async (t) => {
    const { socket } = await overUsual(t);
    const length = Buffer.byteLength(VERSION);
    const one = `POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: ${length}\r\n\r\n${VERSION}`;
    const raw = new Raw(socket, one + one);
    await until("two answers", () => raw.received.split("<string>3.0</string>").length === 3);
    raw.socket.write(one.replace("HTTP/1.1", "HTTP/1.0"));
    await until("the end", () => raw.isClosed);
    assert.equal(raw.received.split("<string>3.0</string>").length, 4);
  });

  test("names with a slash, channels and logs that are not there are not found", {
    timeout,
  }, async (t) => {
    const { socket } = await overUsual(t);
    for (const path of [
      "nope",
      "web/stderr",
      "web/both",
      "bare",
      "web:*",
      "",
      "../services/web",
      "..%2fweb",
      "%ff",
      "web%00",
    ]) {
      const { status } = await request(socket, `/logtail/${path}`);
      assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    }
    assert.equal((await request(socket, "/mainlogtail")).status, 404);
  });

  test("a stream begins with the last lines, goes on over a rotation, and is text", {
    timeout,
  }, async (t) => {
    const served = await overUsual(t);
    const current = currentOf(served);
    fs.appendFileSync(current, `${"x".repeat(1100)}\nthe last\n`);
    const raw = new Raw(served.socket, `GET /logtail/web/stdout${HEAD}`);
    await until("the last line", () => raw.received.includes("the last\n"));
    const [head = ""] = raw.received.split("\r\n\r\n");
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(head, /^content-type: text\/plain;charset=utf-8\r$/im);
    assert.match(head, /^transfer-encoding: chunked\r?$/im);
    assert.match(head, /^connection: close\r?$/im);
    assert.match(head, /^x-accel-buffering: no\r?$/im);
    assert.ok(!raw.received.includes("first") && !raw.received.includes("xxx"));
    fs.appendFileSync(current, `${STAMP} more\n`);
    await until("more", () => TIME.test(raw.received) && raw.received.includes(" more\n"));
    fs.renameSync(current, join(current, "../@400000006b00300000000000.s"));
    fs.writeFileSync(current, Buffer.from([0x61, 0xff, 0x0a]));
    await until("the new file", () => raw.received.includes("a\ufffd\n"));
    raw.socket.destroy();
  });

  test("a stream reads no file through a link", { timeout }, async (t) => {
    const served = await overUsual(t);
    const current = currentOf(served);
    fs.renameSync(current, join(current, "../@400000006b00300000000000.s"));
    putFiles(served.services, { secret: "a secret line\n" });
    fs.symlinkSync("../../../secret", current);
    const raw = new Raw(served.socket, `GET /logtail/web${HEAD}`);
    await until("the archive", () => raw.received.includes("first"));
    putFiles(join(current, ".."), { new: `${STAMP} the end\n` });
    fs.renameSync(join(current, "../new"), current);
    await until("the file that follows", () => raw.received.includes("the end"));
    assert.ok(!raw.received.includes("secret"));
    raw.socket.destroy();
  });

  test("the end of the server ends a stream, and the connection with it", {
    timeout,
  }, async (t) => {
    const streams: Raw[] = [];
    await t.test("while it serves", async (inner) => {
      const served = await overUsual(inner);
      streams.push(new Raw(served.socket, `GET /logtail/web${HEAD}`));
      await until("the stream", () => streams[0]?.received.includes("first") === true);
    });
    await until("the end", () => streams[0]?.isClosed === true);
    assert.match(streams[0]?.received ?? "", /\r\n0\r\n\r\n$/);
  });

  test("a client that does not read holds up no end of the server", {
    timeout: 30_000,
  }, async (t) => {
    const streams: Raw[] = [];
    await t.test("while it serves", async (inner) => {
      const served = await overUsual(inner);
      const raw = new Raw(served.socket, `GET /logtail/web${HEAD}`);
      streams.push(raw);
      await until("the stream", () => raw.received.includes("first"));
      raw.socket.pause();
      // More than there is room for in between.
      for (let i = 0; i < MEGABYTES; i++) fs.appendFileSync(currentOf(served), MEGABYTE);
    });
    // Its server has ended long before it would have been hung up on.
    streams[0]?.socket.destroy();
  });

  test("a client that does not read costs no memory, and misses nothing when it reads", {
    timeout,
  }, async (t) => {
    const served = await overUsual(t);
    const raw = new Raw(served.socket, `GET /logtail/web${HEAD}`);
    await until("the stream", () => raw.received.includes("first"));
    raw.socket.pause();
    const before = memory();
    for (let i = 0; i < MEGABYTES; i++) fs.appendFileSync(currentOf(served), MEGABYTE);
    fs.appendFileSync(currentOf(served), "the very last\n");
    // Whoever reads on has read all of it by then.
    await sleep(1000);
    const grown = memory() - before;
    assert.ok(grown < (MEGABYTES << 20) / 4, `${grown} bytes more for ${MEGABYTES} MB`);
    let found = 0;
    raw.socket.removeAllListeners("data").on("data", (piece: string) => {
      found += piece.split("y").length - 1;
    });
    raw.socket.resume();
    // One of them is in the last line.
    const wanted = MEGABYTES * 1024 * 1023 + 1;
    await until("the last line", () => found >= wanted);
    assert.equal(found, wanted);
    raw.socket.destroy();
  });

  test("clients that have gone leave nothing open, and many are nothing to warn of", {
    timeout,
  }, async (t) => {
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown): void => void warnings.push(warning);
    process.on("warning", onWarning);
    t.after(() => void process.off("warning", onWarning));
    const served = await overUsual(t);
    const current = currentOf(served);
    const all = Array.from({ length: 15 }, () => new Raw(served.socket, `GET /logtail/web${HEAD}`));
    for (const raw of all) await until("the stream", () => raw.received.includes("first"));
    assert.equal(openTimes(current), all.length);
    for (const raw of all) raw.socket.destroy();
    await until("the file to be closed", () => openTimes(current) === 0);
    assert.deepEqual(warnings, []);
  });
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** More than the buffers of sockets and of the system in between. */
const MEGABYTES = 48;
const MEGABYTE = Buffer.from(`${"y".repeat(1023)}\n`.repeat(1024));

/** Bytes that are in use. */
function memory(): number {
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

/** How often this process has a file open. */
function openTimes(path: string): number {
  return fs.readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      // Of the reading itself.
      return false;
    }
  }).length;
}
