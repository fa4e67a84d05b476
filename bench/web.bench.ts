/**
 * What does svweb take for a tree of a thousand services?
 *
 * Over a real svscan with a hosted log each: until the first page is there, how often all services can be asked
 * for, what viewers are told when few services change, memory with a hundred viewers, and how fast a log comes to
 * one client, in which memory.
 */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { formatLabel, fromUnixNanos } from "../src/tai64/index.ts";
import { Bench, OURS } from "./harness.ts";
import { builtCommand } from "./machine.ts";
import { makeServices } from "./service-tree.ts";
import { pssMegabytes } from "./usage.ts";
import { WebClient, WebStream } from "./web-client.ts";

const START = "ms to listening";
const FIRST = "ms of the first page";
const REQUESTS = "all services, requests/s";
const PACKED = "all services packed, requests/s";
const WHOLE = "KB of all services";
const TOLD = "KB told for each service that changed";
const VIEWERS = "MB (PSS) with 100 viewers";
const STREAM = "MB/s of a log to one client";
const STREAM_MB = "MB (PSS) more in the second half of it";
const CHANGED = 10;
const VIEWER_COUNT = 100;
const CONNECTIONS = 8;
const GIVE_UP_MS = 60_000;
const LOG_BYTES = 800e6;
const TEXT =
  "a line of a service, of quite an ordinary length, with a few words in it, and some more";

const bench = new Bench("web", "What does svweb take for a tree of a thousand services?", 1e9);
bench.headlines.push(REQUESTS, STREAM);
const tree = join(bench.directory, "service");
const services = bench.pick(1000, 50);
const name = `${services} services`;
bench.input[name] =
  `${CONNECTIONS} connections, ${VIEWER_COUNT} viewers, ${CHANGED} services restarted, a log of ${bench.pick(LOG_BYTES, LOG_BYTES / 20) / 1e6} MB`;

makeTree();
const svscan = spawn(builtCommand("svscan"), [tree], { stdio: "ignore" });
try {
  await until("the services", () => isRunning(services - 1));
  await bench.rounds(name, bench.pick(3, 1), [{ name: OURS }], () => measure());
} finally {
  await end(svscan);
}
bench.targetValue(name, FIRST, { atMost: 300 });
bench.targetValue(name, REQUESTS, { atLeast: 500 });
bench.targetValue(name, TOLD, { atMost: 5 });
bench.targetValue(name, VIEWERS, { atMost: 150 });
bench.targetValue(name, STREAM, { atLeast: 20 });
bench.targetValue(name, STREAM_MB, { atMost: 30 });
bench.finish();

async function measure(): Promise<Record<string, number>> {
  const begun = performance.now();
  const { web, port } = await startWeb();
  try {
    const startMs = performance.now() - begun;
    return {
      [START]: startMs,
      [FIRST]: await firstPageMs(port),
      ...(await requestRates(port)),
      ...(await viewing(port, web)),
      ...(await streaming(port, web)),
    };
  } finally {
    await end(web);
  }
}

function makeTree(): void {
  bench.clear(tree);
  makeServices(tree, services, { script: "t\n./main\n" });
  makeLog(bench.pick(LOG_BYTES, LOG_BYTES / 20));
}

/** A log that is there already, as archives of 16 MB. */
function makeLog(bytes: number): void {
  const directory = join(tree, "s0/log/main");
  fs.mkdirSync(directory);
  const begin = BigInt(Date.now() - 86_400_000) * 1_000_000n;
  let nanos = begin;
  for (let written = 0; written < bytes; ) {
    const lines: string[] = [];
    for (let size = 0; size < 16e6 && written + size < bytes; nanos += 1000n) {
      const line = `${formatLabel(fromUnixNanos(nanos))} ${TEXT}\n`;
      lines.push(line);
      size += line.length;
    }
    const text = lines.join("");
    written += text.length;
    fs.writeFileSync(join(directory, `${formatLabel(fromUnixNanos(nanos))}.s`), text, {
      mode: 0o744,
    });
  }
}

async function startWeb(): Promise<{ web: ChildProcess; port: number }> {
  const web = spawn(builtCommand("svweb"), ["--listen", "127.0.0.1:0", tree], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  web.stderr?.on("data", (part) => {
    said += String(part);
  });
  await until("svweb", () => /listening on /.test(said));
  return { web, port: Number(/:(\d+)\n/.exec(said)?.[1]) };
}

/** The page, and all services, as a browser asks for them. */
async function firstPageMs(port: number): Promise<number> {
  const begun = performance.now();
  const client = new WebClient(port);
  await client.get("/", "Accept-Encoding: gzip\r\n");
  const { status } = await client.get("/api/services", "Accept-Encoding: gzip\r\n");
  if (status !== 200) throw new Error(`svweb answers ${status}`);
  client.close();
  return performance.now() - begun;
}

async function requestRates(port: number): Promise<Record<string, number>> {
  const probe = new WebClient(port);
  const { bytes } = await probe.get("/api/services");
  probe.close();
  return {
    [WHOLE]: bytes / 1e3,
    [REQUESTS]: await requestRate(port, ""),
    [PACKED]: await requestRate(port, "Accept-Encoding: gzip\r\n"),
  };
}

async function requestRate(port: number, headers: string): Promise<number> {
  const clients = Array.from({ length: CONNECTIONS }, () => new WebClient(port));
  const begun = performance.now();
  const endMs = begun + bench.pick(3000, 300);
  let count = 0;
  const ask = async (client: WebClient): Promise<void> => {
    for (; performance.now() < endMs; count++) await client.get("/api/services", headers);
  };
  await Promise.all(clients.map(ask));
  const seconds = (performance.now() - begun) / 1000;
  for (const client of clients) client.close();
  return count / seconds;
}

/** What a hundred viewers are told while few services change. */
async function viewing(port: number, web: ChildProcess): Promise<Record<string, number>> {
  const viewers = Array.from({ length: VIEWER_COUNT }, () => new WebStream(port, "/api/events"));
  await until("all viewers to have all", () =>
    viewers.every(({ bytes }) => bytes > services * 300),
  );
  await rest(bench.pick(3000, 1000));
  const [viewer] = viewers as [WebStream];
  const before = viewer.bytes;
  const names = Array.from({ length: CHANGED }, (_, at) => `s${at + 1}`);
  const response = await fetch(`http://127.0.0.1:${port}/api/act`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ names, action: "restart", wait: 30 }),
  });
  if (!response.ok) throw new Error(await response.text());
  await rest(bench.pick(3000, 1000));
  const told = viewer.bytes - before;
  const megabytes = pssMegabytes(web.pid ?? 0);
  for (const one of viewers) one.close();
  return { [TOLD]: told / CHANGED / 1e3, [VIEWERS]: megabytes };
}

async function streaming(port: number, web: ChildProcess): Promise<Record<string, number>> {
  const bytes = bench.pick(LOG_BYTES, LOG_BYTES / 20);
  // The most in each half: what it takes to stream is taken in the first.
  const most: [number, number] = [0, 0];
  const begun = performance.now();
  const stream = new WebStream(port, "/api/services/s0/log?last=all");
  const look = setInterval(() => {
    const half = stream.bytes < bytes / 2 ? 0 : 1;
    most[half] = Math.max(most[half], pssMegabytes(web.pid ?? 0));
  }, 100);
  await stream.ended;
  clearInterval(look);
  const seconds = (performance.now() - begun) / 1000;
  if (stream.bytes < bytes) throw new Error(`${stream.bytes} bytes came, less than the log has`);
  return { [STREAM]: bytes / 1e6 / seconds, [STREAM_MB]: most[1] - most[0] };
}

function isRunning(at: number): boolean {
  return fs.existsSync(join(tree, `s${at}`, "log/main/current"));
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited for ${what}`);
    await rest(5);
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  if (child.exitCode === null) await ended;
}
