// scripts/launcher.sh. What it hands over is tested in launch, exec and spawn.
// Not tested: shells other than /bin/sh.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { layOut, run, shell } from "./launched.ts";
import { scratch } from "./scratch.ts";

/** What a caller gets who gives the word `ok`. */
const ANSWER = JSON.stringify([Buffer.from("ok").toString("hex")]);

function command(t: TestContext): { readonly file: string; readonly directory: string } {
  // Deep enough that no `bin/node` of this machine is the one beside a global installation.
  const directory = path.join(scratch(t).path, "one/two/a place; with $signs and 'quotes'");
  return { file: layOut(directory, "arguments"), directory };
}

test("a command runs from a directory with blanks and quotes in its name", (t) => {
  assert.equal(run(command(t).file, ["ok"]).stdout, ANSWER);
});

test("a command runs by a relative path, and by its bare name from the PATH", (t) => {
  const { file } = command(t);
  const bin = path.dirname(file);
  assert.equal(run("./arguments", ["ok"], { cwd: bin }).stdout, ANSWER);
  assert.equal(shell("bin/arguments ok", [], { cwd: path.dirname(bin) }).stdout, ANSWER);
  assert.equal(shell("arguments ok", [], { env: { PATH: `${bin}:/usr/bin:/bin` } }).stdout, ANSWER);
  assert.equal(
    shell("arguments ok", [], { cwd: bin, env: { PATH: ":/usr/bin:/bin" } }).stdout,
    ANSWER,
  );
  assert.equal(shell('sh arguments "$1"', ["ok"], { cwd: bin }).stdout, ANSWER);
});

test("a command runs with an empty environment", (t) => {
  const { file } = command(t);
  assert.equal(shell('env -i "$1" ok', [file]).stdout, ANSWER);
  assert.equal(shell('env -i PATH=/usr/bin:/bin "$1" ok', [file]).stdout, ANSWER);
});

test("a command runs through symbolic links: absolute, relative, several in a row, to a directory", (t) => {
  const { file, directory } = command(t);
  const links = path.join(directory, "links");
  fs.mkdirSync(links);
  const link = (target: string, name: string): string => {
    fs.symlinkSync(target, path.join(links, name));
    return path.join(links, name);
  };
  fs.mkdirSync(path.join(links, "deep"));
  const ways = [
    link(file, "absolute"),
    link("../dist/bin/arguments", "relative"),
    link("relative", "second"),
    link(path.join(links, "second"), "third"),
    link("../third", "deep/fourth"),
    path.join(link("../dist/bin", "directory"), "arguments"),
  ];
  for (const way of ways) {
    const { stdout, stderr } = run(way, ["ok"]);
    assert.deepEqual([stdout, stderr], [ANSWER, ""], way);
  }
});

test("the name behind the links is the command that runs", (t) => {
  const { file, directory } = command(t);
  const alias = path.join(directory, "another name");
  fs.symlinkSync(file, alias);
  assert.equal(run(alias, ["ok"]).stdout, ANSWER);
});

test("the Node that built the tree is taken before the one on the PATH", (t) => {
  const { file, directory } = command(t);
  const bin = path.join(directory, "bin");
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, "node"), "#!/bin/sh\necho from the PATH\n", { mode: 0o755 });
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  assert.equal(run(file, ["ok"], { env }).stdout, ANSWER);
  fs.rmSync(path.join(directory, "dist", "node-path"));
  assert.equal(run(file, ["ok"], { env }).stdout, "from the PATH\n");
  fs.writeFileSync(path.join(directory, "dist", "node-path"), "/no/such/node\n");
  assert.equal(run(file, ["ok"], { env }).stdout, "from the PATH\n");
});

test("the Node beside a global installation is found where PATH has none", (t) => {
  const { path: prefix } = scratch(t);
  const file = layOut(path.join(prefix, "lib/node_modules/timberline"), "arguments");
  fs.rmSync(path.join(prefix, "lib/node_modules/timberline/dist/node-path"));
  fs.mkdirSync(path.join(prefix, "bin"));
  fs.symlinkSync(process.execPath, path.join(prefix, "bin/node"));
  assert.equal(run(file, ["ok"], { env: { PATH: "/nowhere" } }).stdout, ANSWER);
});

test("a copy of a command says what it lacks, and exits 111", (t) => {
  const { file, directory } = command(t);
  const copy = path.join(directory, "copy");
  fs.copyFileSync(file, copy);
  const { status, stdout, stderr } = run(copy, ["ok"]);
  assert.deepEqual([status, stdout], [111, ""]);
  assert.match(stderr, /^copy: fatal: unable to find .*\/lib\/bin\/copy\.cjs: .*link.*\n$/);
});

test("without any Node the command says so, and exits 111", (t) => {
  if (fs.existsSync("/usr/local/bin/node")) return t.skip("/usr/local/bin/node is always found");
  const { file, directory } = command(t);
  fs.rmSync(path.join(directory, "dist", "node-path"));
  const { status, stdout, stderr } = run(file, ["ok"], { env: { PATH: "/nowhere" } });
  assert.deepEqual(
    { status, stdout, stderr },
    {
      status: 111,
      stdout: "",
      stderr: "arguments: fatal: unable to find node: put Node 20.11 or newer on the PATH\n",
    },
  );
});

test("under a low soft limit on memory the command runs, also one that is told no environment", (t) => {
  const directory = scratch(t).path;
  for (const name of ["arguments", "tai64n"]) {
    const file = layOut(directory, name, "arguments");
    const { stdout, stderr } = shell('ulimit -Sv 60000; ulimit -Sd 9000; exec "$1" ok', [file]);
    assert.deepEqual([stdout, stderr], [ANSWER, ""], name);
  }
});

test("under a hard limit on memory that Node cannot live under the command says so, and exits 111", (t) => {
  const { file } = command(t);
  for (const limit of ["-v 60000", "-d 9000"]) {
    const { status, stdout, stderr } = shell(`ulimit ${limit}; exec "$1" ok`, [file]);
    assert.deepEqual([status, stdout], [111, ""], limit);
    assert.match(
      stderr,
      /^arguments: fatal: unable to start Node: out of memory: .*ulimit -Hv.*\n$/,
    );
  }
});

test("arguments come as they are: empty, with blanks, with newlines, with what a shell would read", (t) => {
  const { file } = command(t);
  const words = ["", " a  b ", "line\nline", "$HOME", "`id`", "*", "--", "-x", "\\", "'\""];
  const { stdout } = run(file, words);
  assert.deepEqual(
    JSON.parse(stdout),
    words.map((word) => Buffer.from(word).toString("hex")),
  );
});

test("the caller's variables come through, also where the environment is not handed over", (t) => {
  const file = layOut(scratch(t).path, "multilog", "execute");
  const names = [
    "self",
    "link",
    "bin",
    "dist",
    "fd",
    "fds",
    "key",
    "value",
    "node",
    "all",
    "pieces",
  ];
  const env = Object.fromEntries(names.map((name) => [name, `a ${name}`]));
  const { stdout } = run(file, ["/usr/bin/env"], { env });
  for (const name of names) assert.match(stdout, new RegExp(`^${name}=a ${name}$`, "m"));
});

test("the launcher needs no descriptor of its caller, not even the standard ones", (t) => {
  const { file } = command(t);
  const { status } = shell('exec "$1" ok <&- >&- 2>&-', [file]);
  assert.equal(status, 0);
  const { stdout } = shell('"$1" ok <&- 2>&-', [file]);
  assert.equal(stdout, ANSWER);
});

test("the launcher is a correct script to shells that only read it", () => {
  const launcher = new URL("../../../scripts/launcher.sh", import.meta.url);
  for (const shellName of ["sh", "dash", "bash", "ksh", "busybox"]) {
    const args = shellName === "busybox" ? ["sh", "-n"] : ["-n"];
    const { error, status } = spawnSync(shellName, [...args, launcher.pathname]);
    if (error === undefined) assert.equal(status, 0, shellName);
  }
});
