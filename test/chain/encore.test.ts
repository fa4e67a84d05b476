// setuser, envini and setuidgid -s, of daemontools-encore: no C program here to compare with.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours } from "../support/commands.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { isRoot } from "./both.ts";

const timeout = 60_000;
const needsRoot = isRoot ? false : "needs root";

function run(name: string, args: readonly string[], cwd = "/", env: Record<string, string> = {}) {
  const { stdout, stderr, status } = spawnSync(ours(name), args, {
    cwd,
    env: { PATH: "/usr/bin:/bin", ...env },
    encoding: "latin1",
    timeout,
  });
  return { stdout, stderr, status };
}

test("setuser becomes the account, in its home, with its variables", {
  skip: needsRoot,
  timeout,
}, () => {
  const shell = 'pwd; id -u; id -g; id -G; echo "$HOME $SHELL $USER $GID $UID $KEPT"';
  const { stdout, stderr } = run("setuser", ["daemon", "sh", "-c", shell], "/", {
    KEPT: "kept",
    USER: "x",
  });
  const [, uid = "", gid = "", , home = "", login = ""] =
    /^daemon:[^:]*:(\d+):(\d+):([^:]*):([^:]*):(.*)$/m.exec(
      fs.readFileSync("/etc/passwd", "utf8"),
    ) ?? [];
  const groups = spawnSync("id", ["-G", "daemon"], { encoding: "latin1" }).stdout;
  assert.equal(stderr, "");
  assert.equal(
    stdout,
    `${home}\n${uid}\n${gid}\n${groups}${home} ${login} daemon ${gid} ${uid} kept\n`,
  );
});

test("setuser says what it cannot do", { timeout }, () => {
  const usage = { stdout: "", stderr: "setuser: usage: setuser account child\n", status: 100 };
  assert.deepEqual(run("setuser", ["nobody"]), usage);
  const unknown = { stdout: "", stderr: "setuser: fatal: unknown account no-one\n", status: 111 };
  assert.deepEqual(run("setuser", ["no-one", "true"]), unknown);
  // nobody's home is nowhere on purpose, on systems that have it so.
  const home =
    /^nobody:[^:]*:\d+:\d+:[^:]*:([^:]*):/m.exec(fs.readFileSync("/etc/passwd", "utf8"))?.[1] ??
    "/";
  if (fs.existsSync(home)) return;
  const nowhere = `setuser: fatal: unable to chdir to ${home}: file does not exist\n`;
  assert.deepEqual(run("setuser", ["nobody", "true"]), {
    stdout: "",
    stderr: nowhere,
    status: 111,
  });
});

test("setuidgid -s has the supplementary groups of the account, without it there are none", {
  skip: needsRoot,
  timeout,
}, () => {
  // The first account of /etc/group that is a member of a group beside its own.
  const groups = fs.readFileSync("/etc/group", "utf8").split("\n");
  const member = groups.map((line) => line.split(":")[3]?.split(",")[0]).find(Boolean) ?? "daemon";
  const expected = spawnSync("id", ["-G", member], { encoding: "latin1" }).stdout;
  assert.equal(run("setuidgid", ["-s", member, "id", "-G"]).stdout, expected);
  const own = spawnSync("id", ["-g", member], { encoding: "latin1" }).stdout;
  assert.equal(run("setuidgid", [member, "id", "-G"]).stdout, own);
});

const INI = `; a comment
 plain = value  \t
no value at all
  ; another
EMPTY =
a=b=c
[sec]
name = in a section\r
[ blank ]
x = 1
[]
y=2
\t[last]\t
z = \xe9 ; not a comment
`;

test("envini sets variables from the lines of a file, with the sections in their names", {
  timeout,
}, (t) => {
  const cwd = temporaryDirectory(t);
  fs.writeFileSync(join(cwd, "file.ini"), INI, "latin1");
  const lines = (args: readonly string[]): string[] =>
    run("envini", [...args, "file.ini", "env"], cwd)
      .stdout.split("\n")
      .slice(1, -1);
  const expected = [
    "plain=value",
    "EMPTY=",
    "a=b=c",
    "sec_name=in a section",
    " blank _x=1",
    "_y=2",
  ];
  const all = [...expected, "last_z=\xe9 ; not a comment"];
  assert.deepEqual(lines([]), all);
  assert.deepEqual(
    lines(["-p", "P_"]),
    all.map((line) => `P_${line}`),
  );
});

test("envini takes a file that is not there for an empty one, and says what it cannot read", {
  timeout,
}, () => {
  assert.deepEqual(run("envini", ["/no/such/file", "env"]), {
    stdout: "PATH=/usr/bin:/bin\n",
    stderr: "",
    status: 0,
  });
  assert.deepEqual(run("envini", ["/", "env"]), {
    stdout: "",
    stderr: "envini: fatal: unable to read /: is a directory\n",
    status: 111,
  });
  assert.equal(run("envini", ["/"]).status, 111);
});
