/**
 * A web server as anybody might have one: it answers on a few routes and writes a line to its
 * standard output for every request.
 *
 *     200 GET /orders 3.1ms 214b #184
 *
 * Standard output, not a log library: what follows the pipe is the logger's business.
 */
import { existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const IDLE_LOOK_MS = 50;
const PORT_FILE = "port";
const READY_FD = 3;

type Route = (response: ServerResponse) => void | Promise<void>;

const ROUTES: Readonly<Record<string, Route>> = {
  "/": (response) => answer(response, 200, "Welcome.\n"),
  "/orders": (response) => answer(response, 200, JSON.stringify({ orders: someOrders() })),
  "/slow": async (response) => {
    await sleep(100 + Math.random() * 200);
    answer(response, 200, "At last.\n");
  },
  "/error": (response) => {
    say("  the database does not answer: giving up on this request");
    answer(response, 500, "Something went wrong.\n");
  },
};

const server = createServer((request, response) => void serve(request, response));
server.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EADDRINUSE") throw error;
  // Somebody has the port of the last time by now: one that is free.
  server.listen(0, "127.0.0.1");
});
server.on("listening", () => {
  const { port } = server.address() as AddressInfo;
  writeFileSync(PORT_FILE, `${port}\n`);
  say(`listening on http://127.0.0.1:${port}`);
  // The supervisor gave us this descriptor, as the file notification-fd asks: a newline is `ready`.
  writeSync(READY_FD, "\n");
});
server.listen(existsSync(PORT_FILE) ? Number(readFileSync(PORT_FILE, "utf8")) : 0, "127.0.0.1");
process.on("SIGTERM", end);
process.on("SIGINT", end);

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const start = performance.now();
  const { method = "?", url = "?" } = request;
  const id = request.headers["x-request-id"] ?? "-";
  response.on("close", () => {
    const took = (performance.now() - start).toFixed(1);
    const bytes = response.getHeader("content-length") ?? 0;
    const code = response.writableFinished ? response.statusCode : 499;
    say(`${code} ${method} ${url} ${took}ms ${String(bytes)}b #${String(id)}`);
  });
  const route = ROUTES[url];
  if (route === undefined) answer(response, 404, "No such page.\n");
  else await route(response);
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  response.setHeader("content-length", Buffer.byteLength(body));
  // Who keeps a connection would keep the server from ending.
  if (!server.listening) response.setHeader("connection", "close");
  response.end(body);
}

function someOrders(): number[] {
  return Array.from({ length: Math.floor(Math.random() * 60) }, (_, n) => 1000 + n);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Answers what has been asked, and ends; nothing that was said is left behind in memory. */
function end(): void {
  if (!server.listening) return;
  say("ending");
  server.close();
  // Those too that become idle now, without waiting for the end of their keep-alive.
  server.closeIdleConnections();
  setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS).unref();
}
