/** Answers that nobody takes: bounded all together, and not kept for ever. */
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import fastify from "fastify";
import { Unsent, type UnsentBounds } from "../../src/web/server/unsent.ts";
import { until } from "../support/until.ts";
import { Raw, request } from "./rpc/http.ts";

const timeout = 30_000;
/** More than the system takes in between. */
const LONG = "x".repeat(24 << 20);
const ASK = "GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n";

async function serveLong(
  scope: TestContext,
  bounds: UnsentBounds,
): Promise<{ readonly unsent: Unsent; readonly port: number }> {
  const app = fastify({ forceCloseConnections: true });
  scope.after(() => app.close());
  const unsent = new Unsent(bounds);
  unsent.guard(app);
  app.get("/long", async () => LONG);
  app.get("/short", async () => "short");
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { unsent, port: (app.server.address() as AddressInfo).port };
}

/** Asks, and reads nothing. */
function askOnly(scope: TestContext, port: number, text: string): Raw {
  const raw = new Raw(port, text);
  scope.after(() => void raw.socket.destroy());
  raw.socket.pause();
  return raw;
}

test("what clients do not take has a bound over all; what is short is answered all the same", {
  timeout,
}, async (t) => {
  const { unsent, port } = await serveLong(t, { mostBytes: 40 << 20, longestMs: timeout });
  const idle = askOnly(t, port, ASK);
  await until("it to be answered", () => unsent.heldBytes === LONG.length);
  const refused = await request(port, "/long");
  assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "1"]);
  assert.match(refused.body, /too many answers wait to be taken/);
  assert.equal((await request(port, "/short")).body, "short");
  idle.socket.destroy();
  await until("room", () => unsent.heldBytes === 0);
  assert.equal((await request(port, "/long")).body.length, LONG.length);
  await until("it to be taken", () => unsent.heldBytes === 0);
});

test("who does not take an answer is hung up on, also where answers stand behind it", {
  timeout,
}, async (t) => {
  const { unsent, port } = await serveLong(t, { mostBytes: 100 << 20, longestMs: 200 });
  const idle = askOnly(t, port, ASK + ASK + ASK);
  await until("it to be answered", () => unsent.heldBytes > 0);
  await until("room", () => unsent.heldBytes === 0);
  // Its end stands behind what is to be read.
  idle.socket.resume();
  await until("the end", () => idle.isClosed);
  assert.ok(idle.received.length < LONG.length);
});
