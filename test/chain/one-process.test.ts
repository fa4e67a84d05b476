// A chain of our own commands is one process with one start of Node, and looks like the last of them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ours } from "../support/commands.ts";
import { readLogdir } from "../support/logdir.ts";
import { Running } from "../support/running.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { isRoot, USER } from "./both.ts";

const timeout = 60_000;
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BIN = join(ROOT, "dist/bin");
const PATH = `${BIN}:/usr/bin:/bin`;
const needsRoot = isRoot ? false : "needs root";

const PROCESSOR = "!cat /proc/self/limits /proc/self/environ >&2";

function place(scope: Scope): string {
  const directory = temporaryDirectory(scope);
  fs.chmodSync(directory, 0o777);
  fs.mkdirSync(join(directory, "variables"));
  fs.writeFileSync(join(directory, "variables/AB"), "one\n");
  return directory;
}

/** Copies of our commands whose Node notes each of its starts. */
function countedCommands(directory: string): {
  readonly path: string;
  readonly starts: () => number;
} {
  fs.cpSync(join(ROOT, "dist"), join(directory, "dist"), { recursive: true });
  fs.copyFileSync(join(ROOT, "package.json"), join(directory, "package.json"));
  fs.symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  const count = join(directory, "starts");
  const node = `#!/bin/sh\necho start >>'${count}'\nexec '${process.execPath}' "$@"\n`;
  fs.writeFileSync(join(directory, "node"), node, { mode: 0o755 });
  fs.writeFileSync(join(directory, "dist/node-path"), `${join(directory, "node")}\n`);
  const starts = (): number => {
    const lines = fs.readFileSync(count, "utf8").split("\n").length - 1;
    fs.rmSync(count);
    return lines;
  };
  return { path: `${join(directory, "dist/bin")}:/usr/bin:/bin`, starts };
}

test("commands that follow one another start Node once, however they are named", {
  timeout,
}, (t) => {
  const directory = place(t);
  const { path, starts } = countedCommands(directory);
  const bin = join(directory, "dist/bin");
  fs.symlinkSync(bin, join(directory, "link"));
  fs.symlinkSync(join(bin, "softlimit"), join(directory, "another-name"));
  const say = "setlock -n lock sh -c 'echo ran'";
  const cases: readonly (readonly [line: string, starts: number])[] = [
    [`envdir variables softlimit -o 100 pgrphack ${say}`, 1],
    [`${bin}/envdir variables ./link/pgrphack ./another-name -o 100 ${say}`, 1],
    [`envdir variables env softlimit -o 100 ${say}`, 2],
    [`envdir variables tai64n </dev/null; echo ran`, 1],
    [`envdir variables softlimit -m 3000000 multilog t ./log </dev/null; echo ran`, 1],
  ];
  for (const [line, expected] of cases) {
    const env = { PATH: path };
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", line], {
      cwd: directory,
      env,
      encoding: "utf8",
    });
    assert.deepEqual([stdout, stderr, starts()], ["ran\n", "", expected], line);
  }
});

test("a logger at the end of a chain looks and lives as if started by itself", {
  timeout,
}, async (t) => {
  const cwd = place(t);
  const words = ["t", "s4096", PROCESSOR, "./log"];
  const chain = ["variables", "setlock", "lock", "softlimit", "-o", "70", "-m50000000", "-c", "5"];
  const line = `trap '' HUP; exec envdir "$@"`;
  const args = ["-c", line, "sh", ...chain, "multilog", ...words];
  const logger = new Running(t, "/bin/sh", args, { cwd, env: { PATH } });
  await logger.input.say("a line\n");
  await until("the line in the log", () => readLogdir(cwd, "log").text("current") !== "");
  const about = (file: string): string => fs.readFileSync(`/proc/${logger.pid}/${file}`, "latin1");
  assert.equal(about("cmdline").replace(/\0+$/, ""), ["multilog", ...words].join("\0"));
  assert.equal(about("comm"), "multilog\n");
  assert.match(about("status"), /^SigIgn:\t0*1001001$/m);
  assert.match(about("limits"), /^Max core file size +5 /m);
  assert.match(about("limits"), /^Max address space +unlimited /m);
  const locked = (): number | null =>
    spawnSync(ours("setlock"), ["-n", "lock", "true"], { cwd }).status;
  assert.equal(locked(), 111);

  logger.signal("SIGALRM");
  await logger.says(/AB=one/);
  assert.match(logger.stderr, /^Max open files +70 /m);
  assert.match(logger.stderr, /^Max address space +50000000 /m);
  assert.match(logger.stderr, /^Max core file size +5 /m);
  assert.deepEqual(await logger.stop("SIGTERM"), { code: 0, signal: null });
  assert.equal(locked(), 0);
});

test("the run script of the how-to runs unchanged", { skip: needsRoot, timeout }, async (t) => {
  const cwd = place(t);
  const script = `#!/bin/sh
exec setuidgid nobody multilog t ./main '-*' '+* status: *' =status
`;
  fs.writeFileSync(join(cwd, "run"), script, { mode: 0o755 });
  const logger = new Running(t, join(cwd, "run"), [], { cwd, env: { PATH } });
  await logger.input.say("status: all is well\nanother line\n");
  await until("the line in the log", () =>
    readLogdir(cwd, "main").text("current").includes("another"),
  );
  const owner = fs.statSync(join(cwd, "main/current"));
  assert.equal(owner.uid, USER);
  assert.match(
    fs.readFileSync(`/proc/${logger.pid}/status`, "utf8"),
    /^Uid:\t65534\t65534\t65534\t65534$/m,
  );
  assert.deepEqual(await logger.finish(), { code: 0, signal: null });
  assert.match(
    fs.readFileSync(join(cwd, "status"), "latin1"),
    /^@[0-9a-f]{24} status: all is well\n\n*$/,
  );
});

test("a filter at the end of a chain reads the variables that the chain sets", { timeout }, (t) => {
  const cwd = place(t);
  fs.writeFileSync(join(cwd, "variables/TZ"), "XYZ-5");
  const run = (args: readonly string[]): string =>
    spawnSync(ours("envdir"), args, {
      cwd,
      env: { PATH, TZ: "UTC" },
      encoding: "latin1",
      input: "@400000003b4a39c23294b13c x\n",
    }).stdout;
  assert.equal(run(["variables", "tai64nlocal"]), "2001-07-10 04:09:44.848605500 x\n");
  assert.equal(
    run(["variables", "envuidgid", "root", "tai64nlocal", "--utc"]),
    "2001-07-09 23:09:44.848605500 x\n",
  );
});

test("--help and --version answer as the sole argument, and else are words like others", {
  timeout,
}, (t) => {
  const cwd = place(t);
  const run = (...[command = "", ...args]: string[]) =>
    spawnSync(ours(command), args, { cwd, env: { PATH }, encoding: "latin1" });
  for (const name of [
    "envdir",
    "envini",
    "envuidgid",
    "pgrphack",
    "setlock",
    "setuidgid",
    "setuser",
    "softlimit",
  ]) {
    const { stdout, status } = run(name, "--help");
    assert.deepEqual([stdout.split(" ", 2), status], [["Usage:", name], 0]);
    const { version } = JSON.parse(fs.readFileSync(join(ROOT, "package.json"), "utf8")) as {
      version: string;
    };
    assert.equal(run(name, "--version").stdout, `${version}\n`);
  }
  assert.equal(
    run("pgrphack", "--help", "x").stderr,
    "pgrphack: fatal: unable to run --help: file does not exist\n",
  );
  assert.equal(run("envdir", "variables", "softlimit", "--help").stdout.slice(0, 6), "Usage:");
});
