/**
 * The load: requests over a few kept connections, so many a second, until it is told to end.
 *
 *     client.js PORT RATE
 */
import { Agent, get } from "node:http";

/** Which page how often: mostly good ones. */
const PAGES = ["/", "/", "/", "/orders", "/orders", "/orders", "/slow", "/missing", "/error"];
const TICK_MS = 20;
const CONNECTIONS = 8;

const [port = 0, rate = 0] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const start = performance.now();
let asked = 0;
let answered = 0;
let pending = 0;
let ending = false;

const timer = setInterval(askDue, TICK_MS);
process.on("SIGTERM", end);
process.on("SIGINT", end);
process.on("disconnect", end);

/** As many requests as are due by now; a server that is slow to answer is not buried in them. */
function askDue(): void {
  const due = Math.floor(((performance.now() - start) / 1000) * rate);
  while (asked < due && pending < 4 * CONNECTIONS) ask();
}

function ask(): void {
  const path = PAGES[Math.floor(Math.random() * PAGES.length)] as string;
  asked++;
  pending++;
  const headers = { "x-request-id": String(asked) };
  let settled = false;
  const settle = (): void => {
    if (settled) return;
    settled = true;
    pending--;
    if (ending && pending === 0) leave();
  };
  const request = get({ agent, port, path, headers, host: "127.0.0.1" }, (response) => {
    response.resume();
    response.on("end", () => answered++);
    response.on("close", settle);
  });
  // The server ends before its client: a request that comes then is refused.
  request.on("error", settle);
}

function end(): void {
  if (ending) return;
  ending = true;
  clearInterval(timer);
  if (pending === 0) leave();
}

function leave(): void {
  agent.destroy();
  if (!process.connected) return;
  process.send?.({ asked, answered }, () => process.disconnect());
}
