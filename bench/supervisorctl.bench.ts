/**
 * How long does `supervisorctl status` take, of many services?
 *
 * The same supervisorctl against a svweb and against a supervisord, each with as many services that sleep; and the
 * one call by itself that it makes for that, getAllProcessInfo. The answer is looked at each time: every service
 * is there, and runs.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { inSession, reap, startOnNothing } from "./child.ts";
import { sleep } from "./feed.ts";
import { Bench, OURS } from "./harness.ts";
import { builtCommand, findProgram } from "./machine.ts";
import { makeServices } from "./service-tree.ts";

const STATUS = "ms for supervisorctl status";
const CALL = "ms for getAllProcessInfo";
const THEIRS = "supervisord";
const CALLS = 20;
const GIVE_UP_MS = 60_000;
const LOOK_EVERY_MS = 50;
const REQUEST =
  "<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.getAllProcessInfo</methodName>\n<params>\n</params>\n</methodCall>\n";

interface Contender {
  readonly name: string;
  readonly socket: string;
  /** Processes that lead sessions. */
  readonly pids: readonly number[];
}

const bench = new Bench("supervisorctl", "How long does supervisorctl status take?", 16e6);
bench.headlines.push(STATUS, CALL);
const services = bench.pick(200, 10);
const supervisorctl = findProgram("supervisorctl");
const supervisord = findProgram("supervisord");
const name = `${services} services`;
bench.input[name] = "all of them running, no logs";
if (supervisorctl === undefined) bench.leave(name, OURS, "there is no supervisorctl");
else await measure(supervisorctl);
bench.finish();

async function measure(client: string): Promise<void> {
  const contenders = [
    beginOurs(),
    ...(supervisord === undefined ? [] : [beginTheirs(supervisord)]),
  ];
  try {
    for (const one of contenders) awaitAll(client, one);
    await bench.rounds(name, bench.pick(15, 1), contenders, async (one) => ({
      [STATUS]: status(client, one),
      [CALL]: await call(one),
    }));
    for (const metric of [STATUS, CALL])
      bench.targetRatio(name, metric, OURS, THEIRS, { atMost: 1 });
  } finally {
    for (const pid of contenders.flatMap(({ pids }) => pids)) {
      process.kill(-pid, "SIGKILL");
      reap(pid);
    }
  }
}

function beginOurs(): Contender {
  const directory = join(bench.directory, "service");
  const socket = join(bench.directory, "ours.sock");
  makeServices(directory, services);
  const pids = [
    begin(builtCommand("svscan"), directory),
    begin(builtCommand("svweb"), "--socket", socket, directory),
  ];
  return { name: OURS, socket, pids };
}

function beginTheirs(program: string): Contender {
  const socket = join(bench.directory, "theirs.sock");
  const file = join(bench.directory, "supervisord.conf");
  fs.writeFileSync(
    file,
    `[supervisord]
logfile=/dev/null
logfile_maxbytes=0
pidfile=${bench.directory}/supervisord.pid
[unix_http_server]
file=${socket}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:s]
command=sleep 100000
process_name=s%(process_num)d
numprocs=${services}
stdout_logfile=NONE
stderr_logfile=NONE
`,
  );
  return { name: THEIRS, socket, pids: [begin(program, "-n", "-c", file)] };
}

function begin(command: string, ...args: string[]): number {
  return startOnNothing(inSession({ command, args }));
}

function awaitAll(client: string, one: Contender): void {
  const deadline = performance.now() + GIVE_UP_MS;
  while (running(client, one) < services) {
    if (performance.now() > deadline) throw new Error(`not all services of ${one.name} run`);
    sleep(LOOK_EVERY_MS);
  }
}

function running(client: string, { socket }: Contender): number {
  const { stdout } = spawnSync(client, ["-s", `unix://${socket}`, "status"], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => / RUNNING +pid /.test(line)).length;
}

function status(client: string, one: Contender): number {
  const begun = performance.now();
  const found = running(client, one);
  const ms = performance.now() - begun;
  if (found !== services) throw new Error(`${found} of ${services} services run`);
  return ms;
}

/** The mean of some calls over one connection. */
async function call({ socket }: Contender): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const begun = performance.now();
  for (let at = 0; at < CALLS; at++) {
    const answer = await ask(socket, agent);
    const found = answer.split("<string>RUNNING</string>").length - 1;
    if (found !== services) throw new Error(`${found} of ${services} services run`);
  }
  const ms = (performance.now() - begun) / CALLS;
  agent.destroy();
  return ms;
}

function ask(socketPath: string, agent: http.Agent): Promise<string> {
  const headers = {
    "content-type": "text/xml",
    "content-length": Buffer.byteLength(REQUEST),
    host: "localhost",
  };
  return new Promise((resolve, reject) => {
    const options = { socketPath, agent, path: "/RPC2", method: "POST", headers };
    const request = http.request(options, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => resolve(Buffer.concat(pieces).toString()));
    });
    request.on("error", reject);
    request.end(REQUEST);
  });
}
