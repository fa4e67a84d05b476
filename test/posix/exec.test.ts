// Not tested: macOS, where there is no /proc to look a program over.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { AT_CWD, posix } from "../../src/posix/index.ts";
import { layOut, runProgram, shell } from "./launched.ts";
import { probeThrough, STATES } from "./probe.ts";
import { scratch } from "./scratch.ts";

const timeout = 60_000;

const states = {
  ...STATES,
  "with SIGCHLD ignored": "trap '' CHLD;",
  "without standard error": "exec 2>&-;",
};
for (const [state, preparation] of Object.entries(states)) {
  test(`a program that we become finds what it finds without us, ${state}`, { timeout }, (t) => {
    const { direct, through } = probeThrough(t, "execute", preparation);
    assert.equal(through, direct);
  });
}

test("a descriptor above Node's own reaches the program", { timeout }, (t) => {
  const spare = posix.openAt(AT_CWD, "/dev/null", "read");
  t.after(() => posix.close(spare));
  // 3 to 29, and by that all that Node would take for itself.
  const descriptors = Array.from({ length: 27 }, () => spare);
  const { direct, through } = probeThrough(t, "execute", "", { descriptors });
  assert.equal(through, direct);
  assert.match(direct, /^29$/m);
});

test("arguments come as they are, also what is not UTF-8", (t) => {
  const execute = layOut(scratch(t).path, "execute");
  const line = `exec "$1" /usr/bin/printf '%s.' "$(printf '\\351')" '' 'a b'`;
  const { stdout, stderr } = shell(line, [execute]);
  assert.deepEqual([stdout, stderr], ["\xe9..a b.", ""]);
});

test("the environment is the one that is given, in order, also what is not UTF-8", (t) => {
  const execute = layOut(scratch(t).path, "execute");
  const line = `EXECUTE_ENV="$(printf 'B=\\377|A=1|B=2')" exec "$1" /usr/bin/env`;
  const { stdout, stderr } = shell(line, [execute]);
  assert.deepEqual([stdout, stderr], ["B=\xff\nA=1\nB=2\n", ""]);
});

test("a lock that the caller holds is held by the program as well", { timeout }, (t) => {
  const { path } = scratch(t);
  const execute = layOut(path, "execute");
  const line = `exec 9>"$2/lock"; flock -n 9 || exit 1; exec "$1" /bin/sh -c 'flock -n "$0/lock" true || echo held' "$2"`;
  const { stdout, stderr, status } = shell(line, [execute, path]);
  if (status === 1 || /flock/.test(stderr)) return t.skip("no flock(1) here");
  assert.equal(stdout, "held\n");
});

test("what cannot be run is said, and this program goes on", (t) => {
  const { path } = scratch(t);
  const execute = layOut(path, "execute");
  fs.writeFileSync(`${path}/plain`, "text\n");
  fs.writeFileSync(`${path}/noformat`, "text\n", { mode: 0o755 });
  const cause = (program: string): string => shell('exec "$1" "$2"', [execute, program]).stdout;
  assert.equal(cause(`${path}/missing`), "ENOENT execve");
  assert.equal(cause(`${path}/plain`), "EACCES execve");
  assert.equal(cause(`${path}/plain/below`), "ENOTDIR execve");
  assert.equal(cause(`${path}/noformat`), "ENOEXEC execve");
  assert.equal(cause(path), "EACCES execve");
});

test("signals that the caller blocked are blocked for the program, and others are not", () => {
  // No launcher: its shell may unblock them.
  for (const program of ["execute", "spawn"]) {
    const record = "--launch=1024:none,0,1,2:0000000000000000:0000000000014001:";
    const { stdout, stderr } = runProgram(program, [
      record,
      "/bin/grep",
      "SigBlk",
      "/proc/self/status",
    ]);
    assert.deepEqual([stdout, stderr], ["SigBlk:\t0000000000014001\n", ""], program);
  }
});
