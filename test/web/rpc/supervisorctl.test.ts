/** supervisorctl against svweb: each command by its words and its exit code; what is the same with supervisord, see side-by-side.test.ts. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { ours } from "../../support/commands.ts";
import { Running } from "../../support/running.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";
import { putFiles } from "../site.ts";
import { call } from "./http.ts";
import { Control, type Said, SUPERVISORCTL } from "./supervisorctl.ts";

const timeout = 120_000;
const { skip } = SUPERVISORCTL;
const SLEEPER = "#!/bin/sh\necho $$ here\nexec sleep 1000\n";

/** A tree under svscan; svweb is one of its services. */
class Ground {
  readonly directory: string;
  readonly services: string;
  readonly socket: string;
  readonly control: Control;

  constructor(t: TestContext, services: Readonly<Record<string, string>>) {
    let scanner: Running | undefined;
    t.after(async () => {
      scanner?.signal("SIGTERM");
      await scanner?.ended;
    });
    this.directory = temporaryDirectory(t);
    this.services = join(this.directory, "services");
    this.socket = join(this.directory, "socket");
    putFiles(this.services, { ...services, ...this.ownService() });
    scanner = new Running(t, ours("svscan"), [this.services], { cwd: this.directory });
    this.control = new Control(this.directory, `unix://${this.socket}`);
  }

  private ownService(): Record<string, string> {
    const { socket, services } = this;
    return {
      "control/run": `#!/bin/sh\nexec 2>&1\nexec ${ours("svweb")} --socket ${socket} ${services}\n`,
      "control/log/script": "t\n./main\n",
    };
  }

  async says(words: readonly string[], wanted: string | RegExp, code: number): Promise<void> {
    const said = await this.control.run(words);
    expect(said, wanted, code, words.join(" "));
  }

  /** Waits until what a service is in Supervisor's words. */
  async is(name: string, state: string): Promise<void> {
    await until(`${name} to be ${state}`, async () => (await this.stateOf(name)) === state);
  }

  private async stateOf(name: string): Promise<unknown> {
    try {
      const info = await call(this.socket, "supervisor.getProcessInfo", name);
      return (info as Record<string, unknown>)["statename"];
    } catch {
      // It is not there yet.
      return undefined;
    }
  }
}

function expect(said: Said, wanted: string | RegExp, code: number, what: string): void {
  if (typeof wanted === "string") assert.equal(said.out, wanted, what);
  else assert.match(said.out, wanted, what);
  assert.deepEqual([said.code, said.err], [code, ""], what);
}

const USUAL = {
  "web/run": SLEEPER,
  "web/log/script": "t\n./main\n",
  "web/start-seconds": "0\n",
  "other/run": SLEEPER,
  "other/start-seconds": "0\n",
  "manual/run": SLEEPER,
  "manual/down": "",
  "manual/start-seconds": "0\n",
  // Somebody is about to make it.
  ".half/run": SLEEPER,
};

describe("supervisorctl and svweb", { concurrency: 2, skip }, () => {
  test("tail -f, fg and maintail show what comes; clear empties a log that is written", {
    timeout,
  }, async (t) => {
    const ground = new Ground(t, USUAL);
    await ground.is("web", "RUNNING");
    const log = join(ground.services, "web/log/main/current");
    await until("the first line", () => fs.statSync(log).size > 0);
    let shown = "";
    const following = ground.control.start(["tail", "-f", "web"], undefined, (out) => {
      shown = out;
    });
    await until("the log", () => / \d+ here\n/.test(shown));
    await ground.says(["restart", "web"], "web: stopped\nweb: started\n", 0);
    await until("the next line", () => shown.split(" here\n").length === 3);
    following.signal("SIGINT");
    const { code, out } = await following.ended;
    assert.equal(code, 0);
    assert.match(out, /^==> Press Ctrl-C to exit <==\n(\d{4}-.* \d+ here\n){2}\n$/);
    await ground.says(["clear", "web"], "web: cleared\n", 0);
    await ground.says(["tail", "web"], "\n", 0);
    assert.deepEqual(
      fs.readdirSync(join(log, "..")).filter((name) => name.startsWith("@")),
      [],
    );
    await ground.says(
      ["maintail"],
      /listening on .*\n(.*\n)*.*clear web: its logs were emptied\n/,
      0,
    );
    let typed = "";
    const typing = ground.control.start(["fg", "web"], "hello\n", (said) => {
      typed = said;
    });
    // What its thread shows of the log may stand between.
    await until("fg", () => typed.includes("Exiting foreground"));
    assert.ok(typed.includes("ERROR: <Fault 20: 'NO_FILE: web'>"), typed);
    // Its thread waits for more of the log, up to half a minute.
    typing.signal("SIGKILL");
    await typing.ended;
    const { pid } = (await call(ground.socket, "supervisor.getProcessInfo", "control")) as {
      pid: number;
    };
    await ground.says(["pid"], `${pid}\n`, 0);
  });

  test("services are removed and added, stopped and started, all of them but svweb", {
    timeout,
  }, async (t) => {
    const ground = new Ground(t, USUAL);
    await ground.is("web", "RUNNING");
    await ground.is("other", "RUNNING");
    await ground.says(["remove", "web"], "ERROR: process/group still running: web\n", 1);
    await ground.says(["stop", "web"], "web: stopped\n", 0);
    await ground.says(["remove", "web"], "web: removed process group\n", 0);
    assert.ok(fs.existsSync(join(ground.services, ".web/run")));
    await ground.says(["status", "web"], "web: ERROR (no such process)\n", 4);
    await ground.says(["avail"], /^web +avail +auto +999:999$/m, 0);
    await ground.says(["reread"], "No config updates to processes\n", 0);
    await ground.says(["add", "half"], "ERROR: no such process/group: half\n", 1);
    await ground.says(["add", "web"], "web: added process group\n", 0);
    await ground.is("web", "RUNNING");
    await ground.says(["shutdown"], "Shut down\n", 0);
    await ground.is("web", "STOPPED");
    await ground.says(
      ["status"],
      /^control +RUNNING .*\nmanual +STOPPED +Not started\nother +STOPPED .*\nweb +STOPPED .*\n$/,
      3,
    );
    await ground.says(["reload"], "Restarted supervisord\n", 0);
    for (const name of ["web", "other", "control"]) await ground.is(name, "RUNNING");
    await ground.is("manual", "STOPPED");
    fs.chmodSync(join(ground.services, "web/run"), 0o644);
    fs.rmSync(join(ground.services, "other/run"));
    await ground.says(["stop", "web", "other"], "web: stopped\nother: stopped\n", 0);
    await ground.says(
      ["start", "web", "other"],
      "web: ERROR (file is not executable)\nother: ERROR (no such file)\n",
      1,
    );
  });

  test("a password is asked for where there are users", { timeout }, async (t) => {
    const directory = temporaryDirectory(t);
    const users = join(directory, "users");
    const { status } = spawnSync(ours("svweb"), ["passwd", users, "alice"], {
      input: "a long password\n",
    });
    assert.equal(status, 0);
    const served = new Running(
      t,
      ours("svweb"),
      ["--listen", "127.0.0.1:0", "--users", users, directory],
      { cwd: directory },
    );
    await served.says("listening on ");
    const [url = ""] = /http:\/\/\S+/.exec(served.stderr) ?? [];
    const alice = new Control(directory, url, { user: "alice", password: "a long password" });
    expect(await alice.run(["version"]), "4.2.5\n", 0, "alice");
    const missing = await alice.run(["tail", "-f", "nope"]);
    assert.deepEqual(
      [missing.code, missing.err],
      [0, `${url}/logtail/nope/stdout Cannot read, status code 404\n`],
    );
    for (const login of [{}, { user: "alice", password: "another" }]) {
      const said = await new Control(directory, url, login).run(["version"]);
      expect(said, /^Server requires authentication\n/, 1, "nobody");
    }
    const nowhere = new Control(directory, `unix://${directory}/none`);
    expect(await nowhere.run(["version"]), /no such file\n$/, 7, "no socket");
  });
});
