/** How a configuration is read, beside Supervisor itself. */
// Not tested: [DEFAULT], ~ in paths, users that do not exist (Supervisor refuses them).
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { Mistake } from "../../src/import/index.ts";
import { peer } from "../support/commands.ts";
import { Imported } from "./imported.ts";

const { skip } = peer("supervisord");
const timeout = 120_000;
const DAEMON = "[supervisord]\nlogfile=/dev/null\n";
const program = (...lines: string[]): string =>
  `${DAEMON}[program:web]\n${["command=cat", ...lines].join("\n")}\n`;

const GOOD: Record<string, string> = {
  "all there is": program(
    "command=/bin/web --x='a b' \"c\\\"d\" e\\ f 'it'\"'\"'s'",
    "directory=/tmp",
    "umask=027",
    "priority=5",
    "autostart=No",
    "autorestart=ON",
    "startsecs=0",
    "startretries=7",
    "exitcodes=0, 2,255",
    "stopsignal=sigusr1",
    "stopwaitsecs=33",
    "stopasgroup=true",
    "redirect_stderr=true",
    "stdout_logfile=/tmp/%(program_name)s.log",
    "stdout_logfile_maxbytes=1kb",
    "stdout_logfile_backups=0",
    "stderr_logfile=NONE",
    'environment=A=1,B="2,3" , C=\'x="y"\', D=a/b.c:d',
  ),
  "comments, continued lines, keys in capitals, the last of two": `# first\n${program(
    "; comment",
    "COMMAND = a ; b",
    "directory = /tmp;x#y",
    "stdout_logfile : /tmp/a",
    "stdout_logfile : /tmp/b #c",
    "environment=A=1,",
    "  ; in between",
    "  B=2,",
    "",
    "  C=3",
    "killasgroup=true",
  )}`,
  "autorestart=false, signal by number": program("autorestart=0", "stopsignal=9"),
  syslog: program("stdout_syslog=true", "stderr_logfile=syslog"),
  numbers: program(
    "numprocs=3",
    "numprocs_start=9",
    "process_name=%(program_name)s-%(process_num)03d",
    "command=a %(process_num)d %(numprocs)d %(process_num)x %(group_name)s",
    'environment=N="%(process_num)d",M="%(ENV_WHO)s"',
    "directory=/tmp",
    "stdout_logfile=/tmp/%(ENV_N)s",
  ),
  expansions: program(
    "command=%(ENV_WHO)s %(here)s %% %(host_node_name)s %(program_name)-6s|%(program_name).2s|",
  ),
  "a daemon's environment, its percent signs": `[supervisord]\nlogfile=/dev/null\nenvironment=A="1%%%%",B="%(ENV_WHO)s",C=3\n[program:web]\ncommand=x %(ENV_A)s\nenvironment=C=4\n`,
  groups: `${DAEMON}[group:g]\nprograms=a, b\npriority=3\n[program:a]\ncommand=a\n[program:b]\ncommand=b\nnumprocs=2\nprocess_name=b%(process_num)d\n[program:c]\ncommand=c\n`,
  "sections that appear twice": `${program("startsecs=2")}[group:g]\nprograms=web\n[program:web]\nstartsecs=3\n`,
};

const BAD: Record<string, string> = {
  "no section": "a=b\n",
  "no [supervisord]": "[program:web]\ncommand=cat\n",
  "a line that is none": program("nonsense"),
  "no command": `${DAEMON}[program:web]\n`,
  "an unknown name": program("directory=%(nope)s"),
  "an unknown variable": program("directory=%(ENV_NOPE)s"),
  "a percent sign": program("directory=100%"),
  "a percent sign behind": program("directory=50% off"),
  "a number of text": program("directory=%(program_name)d"),
  "no number in the name": program("numprocs=2"),
  "a group of nobody": `${program()}[group:g]\nprograms=nope\n`,
  "a boolean": program("autostart=maybe"),
  "a number": program("startsecs=1s"),
  "a size": program("stdout_logfile_maxbytes=1k"),
  "a signal": program("stopsignal=NOPE"),
  "an exit code": program("exitcodes=256"),
  "an umask": program("umask=9"),
  "kinds of killing": program("stopasgroup=true", "killasgroup=false"),
  "an environment": program("environment=A=a@b"),
  "an environment without an end": program('environment=A="x'),
  "a name": `${DAEMON}[program:a b]\ncommand=cat\n`,
  "[include] without files": `${DAEMON}[include]\n`,
};

describe("a configuration is read as Supervisor reads it", { concurrency: 2, skip }, () => {
  for (const [name, text] of Object.entries(GOOD)) {
    test(name, { timeout }, (t) => {
      const imported = new Imported(t, text);
      const theirs = imported.theirs();
      assert.notEqual(theirs, undefined);
      assert.deepEqual(imported.ours(), theirs);
    });
  }

  for (const [name, text] of Object.entries(BAD)) {
    test(`refused: ${name}`, { timeout }, (t) => {
      const imported = new Imported(t, text);
      assert.equal(imported.theirs(), undefined);
      const ours = imported.ours();
      assert.ok(ours instanceof Mistake, JSON.stringify(ours));
    });
  }

  test("files that are included, each with its own place", { timeout }, (t) => {
    const included = {
      "conf.d/b.conf": "[program:b]\ncommand=b %(here)s\n",
      "conf.d/a.conf": "[program:a]\ncommand=a\ndirectory=%(here)s/x\n[program:web]\nstartsecs=9\n",
      "conf.d/.hidden.conf": "nonsense",
    };
    const text = `${program("command=web %(here)s")}[include]\nfiles = conf.d/*.conf %(here)s/none/*\n  conf.d/nope\n`;
    const imported = new Imported(t, text, included);
    assert.deepEqual(imported.ours(), imported.theirs());
    assert.equal((imported.ours() as unknown[]).length, 3);
  });

  test("environments and commands, however they are written", { timeout }, (t) => {
    const piece = fc.constantFrom(
      "A",
      "B=",
      "=",
      ",",
      '"',
      "'",
      "#",
      " ",
      "x y",
      "\\",
      "é",
      "1",
      ";",
      "a=b",
      "C='1,2'",
    );
    const text = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(""));
    const samples = fc.sample(fc.record({ environment: text, command: text }), 24);
    let read = 0;
    for (const { environment, command } of samples) {
      const value = (one: string): string => one.replaceAll("%", "%%");
      const imported = new Imported(
        t,
        program(`environment=${value(environment)}`, `command=x ${value(command)}`),
      );
      const theirs = imported.theirs();
      const ours = imported.ours();
      if (theirs === undefined) assert.ok(ours instanceof Mistake, `${environment} | ${command}`);
      else assert.deepEqual(ours, theirs, `${environment} | ${command}`);
      if (theirs !== undefined) read++;
    }
    assert.ok(read > 0);
  });
});
