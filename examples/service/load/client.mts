/**
 * The load: requests over a few kept connections, RATE of them a second, until it is told to end. Every few
 * seconds it says how they were answered.
 */
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";

/** Which page how often: mostly good ones. */
const PAGES = ["/", "/", "/", "/orders", "/orders", "/orders", "/slow", "/missing", "/error"];
const TICK_MS = 20;
const CONNECTIONS = 8;

const REPORT_MS = 5000;
const AGAIN_MS = 500;

const rate = Number(process.env["RATE"]);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
let start = performance.now();
let asked = 0;
let due = 0;
let pending = 0;
let counts = new Map<string, number>();

const timers = [setInterval(askDue, TICK_MS), setInterval(report, REPORT_MS)];
process.on("SIGTERM", end);

/** As many requests as are due by now; a server that is slow to answer is not buried in them. */
function askDue(): void {
  const now = performance.now();
  if (now < start) return;
  due += ((now - start) / 1000) * rate;
  start = now;
  for (; due >= 1 && pending < 4 * CONNECTIONS; due--) ask();
  due = Math.min(due, CONNECTIONS);
}

function ask(): void {
  const path = PAGES[Math.floor(Math.random() * PAGES.length)] as string;
  asked++;
  pending++;
  const headers = { "x-request-id": String(asked) };
  const request = get({ agent, port: port(), path, headers, host: "127.0.0.1" }, (response) => {
    response.resume();
    response.on("end", () => count(String(response.statusCode)));
    response.on("close", () => pending--);
  });
  request.on("error", () => {
    pending--;
    count("refused");
    // The server is being started again.
    start = performance.now() + AGAIN_MS;
  });
}

/** As the server has it now. */
function port(): number {
  try {
    return Number(readFileSync("../web/port", "utf8"));
  } catch {
    // There is none yet.
    return 1;
  }
}

function count(answer: string): void {
  counts.set(answer, (counts.get(answer) ?? 0) + 1);
}

function report(): void {
  const answers = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map((pair) => pair.join(": "));
  process.stdout.write(`${asked} requests so far; now ${answers.join(", ") || "none answered"}\n`);
  counts = new Map();
}

function end(): void {
  for (const timer of timers) clearInterval(timer);
  report();
  agent.destroy();
}
