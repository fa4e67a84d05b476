/** From supervisord.conf to services that run. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Imported } from "../import/imported.ts";
import { ours } from "../support/commands.ts";

const timeout = 60_000;
const TEXT = `[supervisord]
environment=GREETING="it's",ODD.NAME="1 2"
[unix_http_server]
file=/run/supervisor.sock
[eventlistener:mail]
command=mail
events=TICK_60
[program:web]
command=sh -c 'echo "$GREETING $(pwd) $(umask)"; echo to err >&2; exit 3'
directory=/usr
umask=027
autostart=false
exitcodes=0,3
startsecs=0
stopsignal=INT
stopwaitsecs=2
killasgroup=true
priority=7
stdout_logfile=/var/log/web.log
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=2
stdout_events_enabled=true
[group:workers]
programs=worker
[program:worker]
command=worker %(process_num)d
process_name=%(process_num)d
numprocs=2
autorestart=true
redirect_stderr=true
stdout_logfile=NONE
[program:quiet]
command=quiet
autorestart=false
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
stderr_logfile=NONE
[program:odd]
command=printenv ODD.NAME
[program:old]
command=old
stdout_syslog=true
`;

function run(imported: Imported, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(ours("timberline-import"), args, {
    cwd: imported.directory,
    env: { PATH: "/usr/bin:/bin" },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** Every file below a directory, with its mode and text. */
function tree(path: string): Record<string, string> {
  const names = fs.readdirSync(path, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => fs.statSync(join(path, name)).isFile());
  return Object.fromEntries(
    files.map((name) => {
      const mode = (fs.statSync(join(path, name)).mode & 0o777).toString(8);
      return [name, `${mode} ${fs.readFileSync(join(path, name), "utf8")}`];
    }),
  );
}

describe("timberline import", { concurrency: 2 }, () => {
  test("makes a service directory for each process, and says what became of what", {
    timeout,
  }, (t) => {
    const imported = new Imported(t, TEXT);
    const { status, stdout, stderr } = run(imported, "main.conf", "services/");
    assert.deepEqual([status, stderr], [0, ""]);
    const services = join(imported.directory, "services");
    assert.deepEqual(fs.readdirSync(services).sort(), ["0", "1", "odd", "old", "quiet", "web"]);
    const { run: script, ...web } = tree(join(services, "web"));
    assert.deepEqual(web, {
      down: "644 \n",
      "down-signal": "644 INT\n",
      "exit-codes": "644 0 3\n",
      "kill-group": "644 kill\n",
      "log/script": "644 t\ns1048576\nn3\n./main\n",
      "log-stderr/script": "644 t\ns52428800\nn11\n./main\n",
      "start-retries": "644 3\n",
      "start-seconds": "644 0\n",
      "timeout-kill": "644 2000\n",
    });
    assert.match(script ?? "", /^700 #!\/bin\/sh\n# \[program:web\] of main\.conf\n/);
    const worker = tree(join(services, "0"));
    assert.equal(worker["group"], "644 workers\n");
    assert.deepEqual(Object.keys(worker), [
      "group",
      "run",
      "start-retries",
      "start-seconds",
      "timeout-kill",
    ]);
    assert.match(worker["run"] ?? "", /^exec >\/dev\/null\nexec 2>&1$/m);
    const quiet = tree(join(services, "quiet"));
    assert.equal(quiet["exit-codes"], "644 any\n");
    assert.match(quiet["run"] ?? "", /^exec 2>\/dev\/null$/m);
    assert.equal(tree(join(services, "old"))["log/run"], "755 #!/bin/sh\nexec logger -t 'old'\n");
    for (const part of [
      "services/web, from [program:web]\n",
      "    stopsignal=INT ",
      "! priority=7 has no counterpart",
      "! stdout_events_enabled=true has no counterpart",
      "! [unix_http_server] has no counterpart",
      "! [eventlistener:mail] has no counterpart",
      "! new lines are in web/log/main, /var/log/web.log stays as it is",
    ])
      assert.ok(stdout.includes(part), `${part} in ${stdout}`);
  });

  test("what it made runs as Supervisor would run it", { timeout }, (t) => {
    const imported = new Imported(t, TEXT);
    run(imported, "main.conf", "services");
    const web = join(imported.directory, "services/web/run");
    const { status, stdout, stderr } = spawnSync(web, { cwd: "/", encoding: "utf8" });
    assert.deepEqual([status, stdout, stderr], [3, "it's /usr 0027\n", "to err\n"]);
    const odd = spawnSync(join(imported.directory, "services/odd/run"), { encoding: "utf8" });
    assert.deepEqual([odd.status, odd.stdout], [0, "1 2\n"]);
  });

  test("--dry-run says the same and changes nothing", { timeout }, (t) => {
    const imported = new Imported(t, TEXT);
    const dry = run(imported, "--dry-run", "main.conf", "services");
    assert.ok(!fs.existsSync(join(imported.directory, "services")));
    assert.deepEqual(dry, run(imported, "main.conf", "services"));
  });

  test("what is there already is left alone", { timeout }, (t) => {
    const imported = new Imported(t, TEXT);
    const services = join(imported.directory, "services");
    fs.mkdirSync(join(services, "web"), { recursive: true });
    const first = run(imported, "main.conf", "services");
    assert.equal(first.status, 1);
    assert.equal(
      first.stderr,
      "timberline import: warning: services/web is there already: it was left alone\n",
    );
    assert.deepEqual(fs.readdirSync(join(services, "web")), []);
    assert.deepEqual(fs.readdirSync(services).sort(), ["0", "1", "odd", "old", "quiet", "web"]);
    assert.equal(run(imported, "main.conf", "services").stderr.split("\n").length, 7);
  });

  test("mistakes are named, and nothing is written", { timeout }, (t) => {
    const imported = new Imported(t, `${TEXT}[program:bad]\ncommand=x\nstartsecs=soon\n`);
    const { status, stderr } = run(imported, "main.conf", "services");
    assert.equal(status, 100);
    assert.equal(
      stderr,
      "timberline import: fatal: startsecs of [program:bad]: soon is no whole number\n",
    );
    assert.ok(!fs.existsSync(join(imported.directory, "services")));
    assert.equal(run(imported, "nope.conf", "services").status, 100);
    assert.equal(run(imported, "main.conf").status, 100);
    assert.equal(run(imported, "--nope", "main.conf", "services").status, 100);
    assert.match(run(imported, "--help").stdout, /^Usage: timberline import /);
  });
});
