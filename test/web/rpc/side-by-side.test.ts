/**
 * The same commands of supervisorctl to a supervisord, and to a tree of services that was imported from its
 * configuration: the same words and the same exit codes.
 */
// Not tested here but in supervisorctl.test.ts: shutdown and reload, maintail and pid, which say something else here,
// and what does not end by itself (fg, tail -f).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { RpcStruct, RpcValue } from "../../../src/web/rpc/values.ts";
import { ours, peer } from "../../support/commands.ts";
import { Running } from "../../support/running.ts";
import { until } from "../../support/until.ts";
import { call } from "./http.ts";
import { Served } from "./served.ts";
import { Control, SUPERVISORCTL } from "./supervisorctl.ts";

const timeout = 120_000;
const SUPERVISORD = peer("supervisord");
const PROGRAMS = `
[program:web]
command=/bin/sh -c 'echo hello; echo oops >&2; exec sleep 1000'
[program:quick]
command=/bin/sh -c 'echo quick; exit 3'
startretries=0
[program:done]
command=/bin/sh -c 'exit 0'
startsecs=0
[program:manual]
command=/bin/sh -c 'echo manual; exec sleep 1000'
autostart=false
[program:grp]
command=/bin/sh -c 'echo hello %(process_num)d; exec sleep 1000'
numprocs=2
process_name=p%(process_num)d
startsecs=0
[program:merged]
command=/bin/sh -c 'echo out; echo err >&2; exec sleep 1000'
redirect_stderr=true
startsecs=0
`;

class Pair {
  readonly served: Served;
  private readonly real: string;
  private readonly controls: readonly [Control, Control];

  private constructor(served: Served) {
    this.served = served;
    this.real = join(served.directory, "real.sock");
    const to = (socket: string): Control => new Control(served.directory, `unix://${socket}`);
    this.controls = [to(this.real), to(served.socket)];
  }

  static async start(t: TestContext): Promise<Pair> {
    const served = await Served.over(t, (place) => {
      const file = join(place.directory, "real.conf");
      fs.writeFileSync(file, configuration(place.directory));
      const { status, stderr } = spawnSync(ours("timberline-import"), [file, place.services]);
      assert.equal(status, 0, String(stderr));
      const options = { cwd: place.directory };
      void new Running(t, ours("svscan"), [place.services], options);
      void new Running(t, SUPERVISORD.path, ["-n", "-c", file], options);
    });
    const pair = new Pair(served);
    await until("supervisord", () => fs.existsSync(pair.real));
    await pair.settles();
    return pair;
  }

  /** Waits until nothing is on its way, on either side. */
  async settles(): Promise<void> {
    for (const socket of [this.real, this.served.socket])
      await until("all to settle", async () => {
        const infos = (await call(socket, "supervisor.getAllProcessInfo")) as RpcStruct[];
        return infos.length === 7 && infos.every(({ state }) => !PASSING.includes(state as number));
      });
  }

  /** @returns what the one and the other say, without what is each one's own */
  async ask(...words: string[]): Promise<readonly [string, string]> {
    const [real, own] = await Promise.all(
      this.controls.map(async (control) => {
        const { code, out, err } = await control.run(words);
        return `${plain(out)}${err}exit ${code}`;
      }),
    );
    return [real ?? "", own ?? ""];
  }

  async call(method: string, ...parameters: RpcValue[]): Promise<readonly [RpcValue, RpcValue]> {
    const [real = "", own = ""] = await Promise.all(
      [this.real, this.served.socket].map((socket) => call(socket, method, ...parameters)),
    );
    return [real, own];
  }
}

/** STARTING, BACKOFF, STOPPING. */
const PASSING = [10, 30, 40];

function configuration(directory: string): string {
  return `[supervisord]
logfile=${directory}/real.log
pidfile=${directory}/real.pid
childlogdir=${directory}
[unix_http_server]
file=${directory}/real.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
${PROGRAMS}`;
}

const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{5} /gm;
const UPTIME = /pid \d+, uptime \d:\d\d:\d\d/g;
const STOPPED = /[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g;

/** Lines in order: what is done at once with several comes to its end in any. */
function plain(out: string): string {
  const text = out.replace(STAMP, "").replace(UPTIME, "UPTIME").replace(STOPPED, "TIME");
  const [last, ...lines] = text.split("\n").reverse();
  return [...lines.sort(), last].join("\n");
}

const COMMANDS: readonly (readonly string[])[] = [
  ["status"],
  ["status", "web", "grp:*", "nope", "nope:*"],
  ["version"],
  ["avail"],
  ["reread"],
  ["update"],
  ["update", "nope"],
  ["add", "web", "nope"],
  ["remove", "web", "nope"],
  ["tail", "web"],
  ["tail", "-5", "web", "stderr"],
  ["tail", "merged", "stderr"],
  ["tail", "nope"],
  ["pid", "quick", "nope"],
  ["signal", "NOPE", "web"],
  ["signal", "CONT", "grp:*", "quick", "web"],
  ["signal", "CONT", "all"],
  ["start", "web", "nope"],
  ["start", "nope:*"],
  ["start", "quick"],
  ["start", "manual"],
  ["restart", "grp:*"],
  ["clear", "web", "nope"],
  ["tail", "web"],
  ["stop", "web", "quick", "nope", "nope:*"],
  ["stop", "all"],
  ["start", "grp:*", "web"],
];

/** Of these structs, what must be the same on both sides. */
const SAME = "name group state statename spawnerr exitstatus".split(" ");

describe("supervisorctl", { concurrency: 1 }, () => {
  test("says of an imported tree what it says of the supervisord that it was imported from", {
    timeout,
    skip: SUPERVISORCTL.skip || SUPERVISORD.skip,
  }, async (t) => {
    const pair = await Pair.start(t);
    for (const words of COMMANDS) {
      const [real, own] = await pair.ask(...words);
      assert.equal(own, real, words.join(" "));
      await pair.settles();
    }
    const [real, own] = await pair.ask("status");
    assert.equal(own, real);
    const infos = (await pair.call("supervisor.getAllProcessInfo")) as [RpcStruct[], RpcStruct[]];
    const [realPlain, ownPlain] = infos.map((some) =>
      some.map((info) => SAME.map((name) => info[name])),
    );
    assert.deepEqual(ownPlain, realPlain);
    const [realNames, ownNames] = infos.map((some) => Object.keys(some[0] ?? {}));
    assert.deepEqual(ownNames, realNames);
    const [methods, ownMethods] = await pair.call("system.listMethods");
    assert.deepEqual(ownMethods, methods);
    for (const method of methods as string[]) {
      const [signature, ownSignature] = await pair.call("system.methodSignature", method);
      assert.deepEqual(ownSignature, signature, method);
    }
    const configs = (await pair.call("supervisor.getAllConfigInfo")) as [RpcStruct[], RpcStruct[]];
    for (const [at, config] of configs[0].entries()) {
      const one = configs[1][at] ?? {};
      assert.deepEqual(Object.keys(one), Object.keys(config));
      for (const [name, value] of Object.entries(config)) {
        assert.equal(typeof one[name], typeof value, name);
        if (!OTHER.includes(name)) assert.deepEqual(one[name], value, name);
      }
    }
  });
});

/** What an import makes another thing of. */
const OTHER = [
  "command",
  "directory",
  "stdout_logfile",
  "stderr_logfile",
  "stderr_logfile_backups",
  "stderr_logfile_maxbytes",
  "exitcodes",
];
